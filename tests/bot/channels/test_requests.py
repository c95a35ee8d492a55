"""Words that steer the channel are heard, and no question is mistaken for them."""

import pytest

from bot.channels.requests import ChannelRequest, number_in, request_in


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("STOP", ChannelRequest.STOP),
        ("Unsubscribe!", ChannelRequest.STOP),
        ("Stop. Thank you", ChannelRequest.STOP),
        ("START", ChannelRequest.START),
        ("help?", ChannelRequest.HELP),
        ("Please delete all of my data!", ChannelRequest.ERASE),
        ("erase this conversation, please", ChannelRequest.ERASE),
        ("delete everything I told you", ChannelRequest.ERASE),
        ("i'd like you to erase all my personal data", ChannelRequest.ERASE),
        ("Get rid of all the info you have on me", ChannelRequest.ERASE),
        ("More", ChannelRequest.MORE),
    ],
)
def test_a_request_is_heard_however_it_is_written(text: str, request_: ChannelRequest) -> None:
    """Case, blanks and stops make no difference."""
    assert request_in(text) is request_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Should I stop my blood thinner?",
        "When can I start to walk?",
        "help me, I can't feel my legs",
        "more pain since today",
        "I forgot my medicine",
        "the rest of my leg is numb",
        "forget it",
        "How do I delete my data?",
        "please stop the pain",
    ],
)
def test_a_question_is_not_a_request(text: str) -> None:
    """Words of a longer message are about the person's health, and go to the bot."""
    assert request_in(text) is None


def test_a_number_is_read_however_it_is_written() -> None:
    """Choices are numbered where a platform has no buttons; a message with more in it is none."""
    for text in ("2", " 2. ", "#2", "2\ufe0f\u20e3", "two", "Option 2", "number two", "2 please"):
        assert number_in(text) == 2
    for text in ("", "123", "2 weeks", "two days ago", "1 or 2", "-", "one of them"):
        assert number_in(text) is None
