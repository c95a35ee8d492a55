"""The dense side of search: passages by the cosine of sentence vectors."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import DIMENSION, Encoder
from knowledge_base.index import Index
from knowledge_base.passages import Passage
from knowledge_base.questions import NEAR_MISS, NotCovered
from knowledge_base.vectors import nearest

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

# How many of the nearest texts are looked at; a passage has some ninety.
NEAREST_TEXTS = 1500

# A passage ranks by the mean of so many of its nearest texts: one may be near by chance. Of 1,545
# questions that nothing was taught of, the right passage came first for 1,354 by the nearest text,
# for 1,365 by two and by four.
NEAREST_OF_ONE = 2

# What the log of the chance that a message asks for a passage counts, in units of the cosine; the
# likeliest of a site has 1, since which site is meant is decided elsewhere. Of 299 fresh questions
# the right passage came first for 271 without it, for 279 with it; of 167 follow-ups, 134 and 142.
CHANCE_WEIGHT = 0.03
LEAST_CHANCE = 1e-6

_NONE = -1
# Less than any cosine.
_FAR = -2.0


@dataclass(frozen=True)
class Near:
    """What is near a message.

    Attributes:
        similarities: the cosine of each fact passage with its nearest text, or, if that is not
            looked at, the lowest of all.
        ranks: the mean of those with its `NEAREST_OF_ONE` nearest texts, and what the chance that
            it is asked for adds; by this it ranks.
        outside: the nearest thing outside the sources that has a name, with its cosine; or None.
        near_miss: the cosine of the nearest question on a detail that no source tells.
    """

    similarities: Scores
    ranks: Scores
    outside: tuple[NotCovered, float] | None
    near_miss: float


class DenseSearch:
    """Compares a message, read in its context, with all texts."""

    def __init__(self, index: Index, encoder: Encoder, facts: list[Passage]) -> None:
        """Note what each text leads to.

        Args:
            index: texts and vectors.
            encoder: gives the vector of a message.
            facts: the passages to find, in the order of their numbers.
        """
        self._index = index
        self._encoder = encoder
        self._things = list(index.not_covered.values())
        self._misses = np.array([thing.id == NEAR_MISS.id for thing in self._things], dtype=bool)
        number_of = {passage.id: number for number, passage in enumerate(facts)}
        thing_of = {thing.id: number for number, thing in enumerate(self._things)}
        found = [(entry.passage or "", entry.not_covered or "") for entry in index.entries]
        self._fact_of = np.array([number_of.get(fact, _NONE) for fact, _ in found])
        self._thing_of = np.array([thing_of.get(thing, _NONE) for _, thing in found])
        self._count = len(facts)
        self._asked = np.array([number_of[asked.passage] for asked in index.asks.classes])
        _, self._site_of = np.unique([fact.site for fact in facts], return_inverse=True)

    def look(self, text: str, before: str) -> Near:
        """Find what is near a message.

        Args:
            text: the message.
            before: what it is read after.
        """
        (layers,) = self._encoder.layers([text], before)
        message = layers[-DIMENSION:]
        found, found_rows = nearest(self._index.vectors, message, NEAREST_TEXTS)
        # Ascending, so that the best of several texts of one passage is written last.
        values, rows = found[::-1].astype(np.float64), found_rows[::-1]
        facts = self._fact_of[rows]
        cosines = _written(values, facts, self._count)
        outside = _written(values, self._thing_of[rows], len(self._things))
        chances = np.bincount(self._asked, self._index.asks.chances(layers), self._count)
        likeliest = np.zeros(self._count)
        np.maximum.at(likeliest, self._site_of, chances)
        ranks = _means(values[::-1], facts[::-1], self._count)
        ranks += CHANCE_WEIGHT * np.log((chances / likeliest[self._site_of]).clip(LEAST_CHANCE))
        return Near(cosines, ranks, *self._nearest_things(outside))

    def _nearest_things(self, cosines: Scores) -> tuple[tuple[NotCovered, float] | None, float]:
        """Return the nearest thing with a name, and the cosine of the nearest near miss."""
        miss = float(cosines[self._misses].max(initial=_FAR))
        named = np.where(self._misses, _FAR, cosines)
        if not len(named) or named.max() <= _FAR:
            return None, miss
        best = int(np.argmax(named))
        return (self._things[best], float(named[best])), miss


def _means(values: Scores, targets: Rows, count: int) -> Scores:
    """Return the mean of the best values of each target; a missing value is the lowest of all."""
    order = np.argsort(targets, kind="stable")
    grouped = targets[order]
    rank = np.arange(len(grouped)) - np.searchsorted(grouped, grouped)
    best = (rank < NEAREST_OF_ONE) & (grouped != _NONE)
    sums = np.bincount(grouped[best], values[order][best], count)
    missing = NEAREST_OF_ONE - np.bincount(grouped[best], minlength=count)
    return (sums + missing * float(values[-1])) / NEAREST_OF_ONE


def _written(values: Scores, targets: Rows, count: int) -> Scores:
    """Spread ascending values over their targets; what none leads to gets the lowest."""
    spread = np.full(count, values[0])
    spread[targets[targets != _NONE]] = values[targets != _NONE]
    return spread
