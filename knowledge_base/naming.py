"""Names, in a message, of what the sources do not cover."""

import re
from collections.abc import Callable
from dataclasses import replace

from knowledge_base.lexical import STOP_WORDS
from knowledge_base.normalize import canonical
from knowledge_base.questions import NotCovered

_KIND = re.compile(r"(?<!-)\b([a-z]{3,}) hematomas?\b")
_OF_A_PART = re.compile(
    r"\b(?:hematoma|bleed|bleeding|bruise|clot|blood) (?:on|in|inside|at|behind|under|around) "
    r"(?:(?:the|a|an|my|your|his|her|their|our) )?(?P<bleeds>[a-z]{3,})\b"
    r"|\b(?P<gets>[a-z]{3,}) (?:gets?|got|have|has) (?:a |an )?(?:hematoma|bleed)\b"
)
_NO_KIND = frozenset(
    "big bigger huge tiny massive bad worst normal simple real actual cover covers".split()
)


# A name of so many words or fewer can be said back; longer ones are often half a sentence.
_SAID_BACK = 2


class NamePattern:
    """Finds the names of some things, longest first."""

    def __init__(self, things: list[NotCovered]) -> None:
        """Take the things with their aliases."""
        self._thing_of = {canonical(alias): thing for thing in things for alias in thing.aliases}
        names = sorted(self._thing_of, key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names)) or '(?!)'})\b")

    def find(self, normalized: str) -> NotCovered | None:
        """Return the first thing named in a normalised message, or None.

        A condition whose name is short is called as the message calls it: who asks for a mattress
        is not told of low back pain.
        """
        # "A hematoma on the liver" is a liver hematoma.
        parts = (
            f"{part['bleeds'] or part['gets']} hematoma" for part in _OF_A_PART.finditer(normalized)
        )
        match = self._pattern.search(" . ".join((normalized, *parts)))
        if not match:
            return None
        thing = self._thing_of[match[0]]
        said_back = thing.kind == "condition" and len(match[0].split()) <= _SAID_BACK
        return replace(thing, name=f'"{match[0]}"') if said_back else thing


def other_kind(normalized: str, knows: Callable[[str], bool]) -> str:
    """Return the word before "hematoma" that the sources never use, or "".

    Args:
        normalized: a normalised message.
        knows: tells whether the sources use a word.
    """
    for word in _KIND.findall(normalized):
        if word not in STOP_WORDS | _NO_KIND and not knows(word):
            return str(word)
    return ""
