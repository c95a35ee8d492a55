"""The lexical side of search: BM25 over stems, and how much of a message the sources know."""

import logging
from collections import Counter
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import snowballstemmer

from knowledge_base.normalize import words_of
from knowledge_base.optional import absent

# It takes jax, where that is installed, to sort what it finds: 1 s and 60 MB at every start,
# and here only its scores are used.
with absent("jax"):
    import bm25s

Scores = npt.NDArray[np.float64]
WordScores = npt.NDArray[np.float32]

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
        bm25 = bm25s.BM25()
        bm25.index(stems, show_progress=False)
        self._number_of = bm25.vocab_dict
        self._starts: list[int] = bm25.scores["indptr"].tolist()
        self._rows = bm25.scores["indices"]
        self._values = bm25.scores["data"]

    def scores(self, normalized: str) -> WordScores:
        """Return one BM25 score per document; all 0 if no word is known.

        bm25s has weighed every word of every document beforehand; what it adds up by
        ``np.add.at``, 15 times as slowly, is added here in the same order.
        """
        scores: WordScores = np.zeros(self._size, dtype=np.float32)
        for stem in stems_of(normalized):
            if stem not in self._documents_with:
                continue
            rows, values = self._uses(self._number_of[stem])
            scores[rows] += values
        return scores

    def _uses(self, number: int) -> tuple[npt.NDArray[np.int32], WordScores]:
        # A document stands here at most once per stem, so its score may be added directly.
        part = slice(self._starts[number], self._starts[number + 1])
        return self._rows[part], self._values[part]

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


# A large library has some 20,000 different words, and stemming one takes 0.1 ms.
@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word.removesuffix("'s")))
