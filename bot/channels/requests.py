"""Words that steer the channel itself, as people know them from other services."""

from __future__ import annotations

import re
from enum import Enum


class ChannelRequest(str, Enum):
    """What a person asks of the channel."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    ERASE = "erase"
    MORE = "more"


# The words for stop, start and help are those that phone carriers and Twilio listen to.
_WORDS = {
    ChannelRequest.STOP: "stop|stopall|unsubscribe|end|quit",
    ChannelRequest.START: "start|unstop",
    ChannelRequest.HELP: "help|info",
    ChannelRequest.ERASE: (
        r"(please )?(delete|erase|remove|wipe|forget) "
        r"((all )?(of )?(my|our|this|the) (data|chat|chats|conversation|messages|history|info"
        r"|information)|me)( please)?"
    ),
    ChannelRequest.MORE: "more|read more|the rest",
}
_PATTERNS = {request: re.compile(words) for request, words in _WORDS.items()}


def request_in(text: str) -> ChannelRequest | None:
    """Return what the whole text asks of the channel, or None for an ordinary message."""
    said = " ".join(re.findall(r"\w+", text.lower()))
    return next((r for r, pattern in _PATTERNS.items() if pattern.fullmatch(said)), None)
