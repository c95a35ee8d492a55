"""Words that steer the channel are heard, and no question is mistaken for them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.requests import ChannelRequest, request_in


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("STOP", ChannelRequest.STOP),
        ("  stop. ", ChannelRequest.STOP),
        ("Unsubscribe!", ChannelRequest.STOP),
        ("stopall", ChannelRequest.STOP),
        ("End", ChannelRequest.STOP),
        ("quit", ChannelRequest.STOP),
        ("START", ChannelRequest.START),
        ("unstop", ChannelRequest.START),
        ("Help", ChannelRequest.HELP),
        ("help?", ChannelRequest.HELP),
        ("INFO", ChannelRequest.HELP),
        ("delete my data", ChannelRequest.ERASE),
        ("Please delete all of my data!", ChannelRequest.ERASE),
        ("erase this conversation, please", ChannelRequest.ERASE),
        ("Forget me.", ChannelRequest.ERASE),
        ("delete my\nmessages", ChannelRequest.ERASE),
        ("More", ChannelRequest.MORE),
        ("read more", ChannelRequest.MORE),
        ("the rest", ChannelRequest.MORE),
    ],
)
def test_a_request_is_heard_however_it_is_written(text: str, request_: ChannelRequest) -> None:
    """Case, blanks and stops make no difference."""
    assert request_in(text) is request_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "/stop_medicine?",
        "Should I stop my blood thinner?",
        "stop warfarin",
        "When can I start to walk?",
        "help me, I can't feel my legs",
        "more pain since today",
        "Does it end?",
        "delete the hematoma",
        "I forgot my medicine",
        "the rest of my leg is numb",
        "stop stop",
    ],
)
def test_a_question_is_not_a_request(text: str) -> None:
    """Words of a longer message are about the person's health, and go to the bot."""
    assert request_in(text) is None


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Whatever is typed, reading it ends in a request or in none."""
    assert request_in(text) is None or request_in(text) in ChannelRequest
