"""Names, in a message, of what the sources do not cover."""

from __future__ import annotations

import re
from collections.abc import Callable

from knowledge_base.lexical import STOP_WORDS
from knowledge_base.normalize import canonical
from knowledge_base.questions import NotCovered

_KIND = re.compile(r"\b([a-z]{3,}) hematomas?\b")
_SIZES = frozenset("big bigger huge tiny massive bad worst normal simple real actual".split())


class NamePattern:
    """Finds the names of some things, longest first."""

    def __init__(self, things: list[NotCovered]) -> None:
        """Take the things with their aliases."""
        self._thing_of = {canonical(alias): thing for thing in things for alias in thing.aliases}
        names = sorted(self._thing_of, key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names)) or '(?!)'})\b")

    def find(self, normalized: str) -> NotCovered | None:
        """Return the first thing named in a normalised message, or None."""
        match = self._pattern.search(normalized)
        return self._thing_of[match[0]] if match else None


def other_kind(normalized: str, knows: Callable[[str], bool]) -> str:
    """Return the word before "hematoma" that the sources never use, or "".

    Args:
        normalized: a normalised message.
        knows: tells whether the sources use a word.
    """
    for word in _KIND.findall(normalized):
        if word not in STOP_WORDS | _SIZES and not knows(word):
            return str(word)
    return ""
