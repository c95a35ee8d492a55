"""Words that steer the channel itself, as people know them from other services."""

import re
from enum import Enum


class ChannelRequest(str, Enum):
    """What a person asks of the channel."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    ERASE = "erase"
    MORE = "more"


_I_WANT = "i (?:want|need|would like|d like)"
_KEPT = (
    "(?:data|details|chats?|conversations?|messages?|history|info|information|records?|stuff|"
    "account|everything|questions?)"
)
_WHOSE = "(?:all|any|every|of|my|our|this|the|that|whole|personal|chat| )*"
_OURS = (
    "(?:(?:i|we) (?:have |ve |just )?(?:said|wrote|written|typed|told|sent|asked|shared)|"
    "you (?:have|keep|hold|stored))"
)
_WHERE = (
    "(?: (?:from|in|on) (?:here|me|(?:your|the|this) \\w+)| (?:about|of) me| with you| you| here)*"
)
_ERASE = (
    f"(?:(?:can|could|would|will) you |{_I_WANT} (?:you )?to |just |now )*"
    "(?:delete|erase|remove|wipe|forget|clear|destroy|get rid of) "
    f"(?:(?:me|all|{_WHOSE}{_KEPT})(?: (?:that )?{_OURS})?"
    f"|(?:whatever|(?:all )?(?:of )?what) {_OURS}){_WHERE}"
    f"|{_I_WANT} {_WHOSE}{_KEPT} (?:deleted|erased|removed|gone){_WHERE}"
)
# The words for stop, start and help are those that phone carriers, Meta and Twilio listen to.
_WORDS = {
    ChannelRequest.STOP: "stop(?: ?all)?|unsubscribe|end|quit|cancel|opt ?out|revoke",
    ChannelRequest.START: "start|unstop",
    ChannelRequest.HELP: "help|info",
    ChannelRequest.ERASE: _ERASE,
    ChannelRequest.MORE: "more|read more|the rest",
}
_POLITE = "(?:please|pls|plz|thanks|thank you|ta|cheers|now)"
_PATTERNS = {
    request: re.compile(f"(?:(?:{_POLITE}|ok|hi|hello) )*(?:{words})(?: {_POLITE})*")
    for request, words in _WORDS.items()
}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_CHOICE = re.compile(f"(?:(?:option|number|choice|no|nr) )?{_NUMBER}(?: {_POLITE})*")


def request_in(text: str) -> ChannelRequest | None:
    """Return what the whole text asks of the channel, or None for an ordinary message."""
    said = _said(text)
    return next((r for r, pattern in _PATTERNS.items() if pattern.fullmatch(said)), None)


def number_in(text: str) -> int | None:
    """Return the number of a choice, if the whole text is one: "2", "#2", "option two, please"."""
    match = _CHOICE.fullmatch(_said(text))
    if not match:
        return None
    word = match["number"]
    return _NUMBERS.index(word) + 1 if word in _NUMBERS else int(word)


def _said(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
