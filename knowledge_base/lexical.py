"""The lexical side of search: BM25 over stems, and how much of a message the sources know."""

from __future__ import annotations

import logging
from collections import Counter
from functools import lru_cache

import bm25s
import numpy as np
import numpy.typing as npt
import snowballstemmer

from knowledge_base.normalize import words_of

Scores = npt.NDArray[np.float64]

# bm25s sets itself to DEBUG when imported.
logging.getLogger("bm25s").setLevel(logging.WARNING)

STOP_WORDS = frozenset(
    "a an and are as at be been by can could did do does for from get gets give had has have "
    "her his how i if in into is it its just me might mine more much my no not of on or our "
    "please she he so some tell than that the their them then there these they this to up us "
    "was we were what when where which who why will with would you your yours about after "
    "any anyone because before being but cause even ever every explain happen happens hello "
    "hi kind know like look mean really should someone somebody something sort thing things "
    "think also very want one ones".split()
)

_STEMMER = snowballstemmer.stemmer("english")


class LexicalSearch:
    """Scores documents by the words they share with a message (BM25, Robertson 1994)."""

    def __init__(self, documents: list[str]) -> None:
        """Index normalised documents."""
        stems = [stems_of(document) for document in documents]
        self._documents_with = Counter(stem for document in stems for stem in set(document))
        self._size = len(documents)
        self._bm25 = bm25s.BM25()
        self._bm25.index(stems, show_progress=False)

    def scores(self, normalized: str) -> Scores:
        """Return one score per document, the best of them 1; all 0 if no word is known."""
        known = [stem for stem in stems_of(normalized) if stem in self._documents_with]
        if not known:
            return np.zeros(self._size)
        scores = np.asarray(self._bm25.get_scores(known), dtype=float)
        return np.asarray(scores / max(scores.max(), 1e-9))

    def known_share(self, normalized: str) -> float:
        """Return the share, 0 to 1, of a message's content words that the documents use.

        Each word counts by how much it tells (inverse document frequency). A message
        without any content word holds none that is unknown.
        """
        weight = {stem: self._weight(stem) for stem in set(stems_of(normalized))}
        known = sum(value for stem, value in weight.items() if stem in self._documents_with)
        return known / sum(weight.values()) if weight else 1.0

    def _weight(self, stem: str) -> float:
        return float(np.log1p(self._size / (1 + self._documents_with[stem])))


def stems_of(text: str) -> list[str]:
    """Return the stems of the words of a normalised text that carry meaning."""
    return [_stem(word) for word in words_of(text) if word not in STOP_WORDS]


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word.removesuffix("'s")))
