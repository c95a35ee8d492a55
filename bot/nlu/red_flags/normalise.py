"""Bring a message into one plain form before any rule reads it.

People write with their thumbs, in pain, in a second language, or to fool a filter:
capitals, no spaces, "w e a k legs", zero-width characters, look-alike letters, slips.
Each step below undoes one of these. The result is small ASCII letters and digits,
single spaces, no apostrophes ("can't" -> "cant"), punctuation as separate words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Cyrillic and Greek letters that look like Latin ones (a subset of Unicode TR39 confusables).
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u04bb\u0455\u0432\u043d\u043a\u043c\u0442"
    "\u03b1\u03b5\u03bf\u03c1\u03c5\u03ba\u03b9\u03bd\u03c4\u03c7",
    "aeopcyxijhsbhkmtaeopukivtx",
)
_APOSTROPHES = re.compile(r"(?<=\w)[\u2018\u2019\u02bc\u00b4`'](?=\w)|['`\u2018\u2019]")
# "foot's flopping", "mum's head": the owner or the thing is what matters.
_POSSESSIVE = re.compile(
    r"(?<=[a-z])(?<!\bit)(?<!\bhe)(?<!\bshe)(?<!\bthat)(?<!\bwhat)(?<!\bwho)(?<!\bhow)(?<!\bthere)"
    r"[\u2018\u2019\u02bc\u00b4`']s(?![a-z])"
)
_SPACED = re.compile(r"(?<![a-z0-9])(?:[a-z][ .\-_*]{1,3}){2,}[a-z](?![a-z])")
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z]+|[0-9]+(?:[a-z]+)?|[.!?;,\n:]")
_ENDS = str.maketrans({"&": " and ", "+": " and ", "/": " ", "@": " at "})

_SHORTEST_CORRECTED = 5
_SHORTEST_SPLIT = 12
_LONGEST_SPLIT = 400
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _swaps(word: str) -> set[str]:
    return {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}


def _edits(word: str) -> set[str]:
    """Return every word one slip away (Damerau 1964: swap, drop, change, add)."""
    halves = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    drops = {a + b[1:] for a, b in halves if b}
    changes = {a + c + b[1:] for a, b in halves if b for c in _LETTERS}
    adds = {a + c + b for a, b in halves for c in _LETTERS}
    return _swaps(word) | drops | changes | adds


class Normaliser:
    """Turns a raw message into the form the rules are written for."""

    def __init__(
        self,
        english: Mapping[str, int],
        short_forms: Mapping[str, str],
        targets: Iterable[str],
        swapped: Iterable[str],
        joined: Iterable[str],
    ) -> None:
        """Prepare the tables.

        Args:
            english: known words and their rank by frequency; these are never "corrected".
            short_forms: fixed replacements, such as "bck" -> "back".
            targets: words that misspelt words may be corrected to.
            swapped: short words, corrected only where two letters have changed places.
            joined: words that may be found in text without spaces, besides `english`.
        """
        self._english = english
        self._short = dict(short_forms)
        self._known = set(english) | set(targets) | set(joined)
        self._corrections: dict[str, str] = {}
        for target in targets:
            if len(target) >= _SHORTEST_CORRECTED:
                for slip in _edits(target) - self._known:
                    # The first letter is the one people get right.
                    if slip[:1] == target[:1]:
                        self._corrections.setdefault(slip, target)
        for word in swapped:
            for slip in _swaps(word) - self._known:
                self._corrections.setdefault(slip, word)
        ranks = {word: rank for word, rank in english.items() if len(word) > 2}
        ranks.update(dict.fromkeys(joined, 2000))
        ranks.update(dict.fromkeys("a i my in on no of to is it me he we up so at".split(), 1000))
        self._costs = {word: math.log(rank + 10) for word, rank in ranks.items()}

    def __call__(self, text: str) -> str:
        """Return the plain form of a message.

        Args:
            text: what the person wrote.

        Returns:
            Words and punctuation marks, each set off by one space.
        """
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf").casefold()
        text = text.translate(_LOOKALIKES)
        letters = unicodedata.normalize("NFD", text)
        text = "".join(c for c in letters if not unicodedata.combining(c))
        text = _POSSESSIVE.sub("", text)
        text = _APOSTROPHES.sub("", text).translate(_ENDS)
        text = _SPACED.sub(self._joined, text)
        words = (self._word(word) for word in _TOKEN.findall(text))
        return " ".join(word for word in words if word)

    def _joined(self, found: re.Match[str]) -> str:
        """Close up "w e a k"; wider gaps, if any, part the words."""
        words = re.split(r" {2,}", found.group()) if "  " in found.group() else [found.group()]
        letters = [re.sub(r"[^a-z]", "", word) for word in words]
        return " ".join(w if self._is_known(w) else self._split(w) for w in letters)

    def _is_known(self, word: str) -> bool:
        return word in self._known or word in self._short

    def _word(self, word: str) -> str:
        if not word[0].isalpha():
            return self._short.get(word, word)
        if word in self._short:
            return self._short[word]
        if word in self._known:
            return word
        short = _LONG_RUN.sub(r"\1", word)
        if short in self._known:
            return short
        if short in self._corrections:
            return self._corrections[short]
        if len(word) >= _SHORTEST_SPLIT:
            return self._split(short[:_LONGEST_SPLIT])
        return short

    @lru_cache(maxsize=64)  # noqa: B019 - one normaliser per process
    def _split(self, word: str) -> str:
        """Split letters without spaces into the likeliest words, or return them as they are."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(word) + 1):
            options = (
                (best[start][0] + self._costs[word[start:end]] + 1.0, start)
                for start in range(max(0, end - 16), end)
                if word[start:end] in self._costs
            )
            best.append(min(options, default=(math.inf, 0)))
        if math.isinf(best[-1][0]):
            return word
        parts: list[str] = []
        end = len(word)
        while end:
            start = best[end][1]
            parts.append(word[start:end])
            end = start
        return " ".join(self._short.get(part, part) for part in reversed(parts))
