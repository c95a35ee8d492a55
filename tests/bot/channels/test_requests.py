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
        # Words of a longer message are about the person's health, and go to the bot.
        ("", None),
        ("Should I stop my blood thinner?", None),
        ("When can I start to walk?", None),
        ("help me, I can't feel my legs", None),
        ("more pain since today", None),
        ("I forgot my medicine", None),
        ("the rest of my leg is numb", None),
        ("forget it", None),
        ("How do I delete my data?", None),
        ("please stop the pain", None),
    ],
)
def test_a_request_is_heard_and_no_question_is(text: str, request_: ChannelRequest | None) -> None:
    """Case, blanks and stops make no difference, but any more words than the request do."""
    assert request_in(text) is request_


def test_a_number_is_read_however_it_is_written() -> None:
    """Choices are numbered where a platform has no buttons; a message with more in it is none."""
    for text in ("2", " 2. ", "#2", "2\ufe0f\u20e3", "two", "Option 2", "number two", "2 please"):
        assert number_in(text) == 2
    for text in ("", "123", "2 weeks", "two days ago", "1 or 2", "-", "one of them"):
        assert number_in(text) is None
