"""The dense side of search: passages by the cosine of sentence vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import Encoder, Vectors
from knowledge_base.index import Index
from knowledge_base.passages import Passage
from knowledge_base.questions import NEAR_MISS, NotCovered
from knowledge_base.vectors import kind_of, nearest, similarities

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

# How many of the nearest texts an exact search looks at; a passage has some forty.
NEAREST_TEXTS = 1500
# How many any other search looks at per view. Only what is found is scored then, but by all of
# its texts: on the 425 evaluation questions 64 texts lead to the same first passage as 600 do
# for 99 %, and to the same answer for 98 %.
NEAREST_OF_MANY = 128

NO_ENTRY = -1
_NONE = -1
# Less than any cosine: a thing that no text leads to is never the nearest.
_FAR = -2.0


@dataclass(frozen=True)
class Near:
    """What is near a message.

    Attributes:
        facts: numbers of the fact passages looked at.
        similarities: the cosine of each with its nearest text.
        entries: number of that text in the index, or `NO_ENTRY`.
        outside: the nearest thing outside the sources that has a name, with its cosine; or None.
        near_miss: the cosine of the nearest question on a detail that no source tells.
    """

    facts: Rows
    similarities: Scores
    entries: Rows
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
        entries = index.entries
        self._fact_of = _numbers([number_of.get(e.passage or "", _NONE) for e in entries])
        self._thing_of = _numbers([thing_of.get(e.not_covered or "", _NONE) for e in entries])
        self._all_facts: Rows = np.arange(len(facts))
        self._texts_of_facts = _Groups(self._fact_of, len(facts))
        texts_of_things = _Groups(self._thing_of, len(self._things))
        self._told_things = texts_of_things.with_members(np.arange(len(self._things)))
        self._outside_texts, self._outside_starts = texts_of_things.members(self._told_things)

    @property
    def exact(self) -> bool:
        """Every passage is looked at, not only the nearest."""
        return kind_of(self._index.vectors) == "flat"

    def look(self, text: str, before: str, proposed: Rows) -> Near:
        """Find what is near a message.

        Args:
            text: the message.
            before: what it is read after.
            proposed: passages to look at besides those found, where not all are.

        Returns:
            all passages if the search is exact, else those found and proposed.
        """
        message = self._encoder.encode([text], before)[0]
        return self._all(message) if self.exact else self._some(message, proposed)

    def _all(self, message: Vectors) -> Near:
        found, found_rows = nearest(self._index.vectors, message, NEAREST_TEXTS)
        # Ascending, so that the best of several texts of one passage is written last.
        values, rows = found[::-1].astype(np.float64), found_rows[::-1]
        facts = self._fact_of[rows]
        entries = np.full(len(self._all_facts), NO_ENTRY)
        entries[facts[facts != _NONE]] = rows[facts != _NONE]
        cosines = _written(values, facts, len(self._all_facts))
        outside = _written(values, self._thing_of[rows], len(self._things))
        return Near(self._all_facts, cosines, entries, *self._nearest_things(outside))

    def _some(self, message: Vectors, proposed: Rows) -> Near:
        _, rows = nearest(self._index.vectors, message, NEAREST_OF_MANY)
        facts = np.append(self._fact_of[rows], proposed)
        facts = self._texts_of_facts.with_members(np.unique(facts[facts != _NONE]))
        texts, starts = self._texts_of_facts.members(facts)
        asked_for = np.append(texts, self._outside_texts)
        values = similarities(self._index.vectors, message, asked_for).astype(np.float64)
        near, far = values[: len(texts)], values[len(texts) :]
        cosines = _best_of_each(near, starts)
        group = np.repeat(np.arange(len(facts)), np.diff(np.append(starts, len(texts))))
        is_best = near == cosines[group]
        entries = np.full(len(facts), NO_ENTRY)
        entries[group[is_best]] = texts[is_best]
        outside = np.full(len(self._things), _FAR)
        outside[self._told_things] = _best_of_each(far, self._outside_starts)
        return Near(facts, cosines, entries, *self._nearest_things(outside))

    def _nearest_things(self, cosines: Scores) -> tuple[tuple[NotCovered, float] | None, float]:
        """Return the nearest thing with a name, and the cosine of the nearest near miss."""
        miss = float(cosines[self._misses].max(initial=_FAR))
        named = np.where(self._misses, _FAR, cosines)
        if not len(named) or named.max() <= _FAR:
            return None, miss
        best = int(np.argmax(named))
        return (self._things[best], float(named[best])), miss


class _Groups:
    """The texts of each passage, or of each thing, one group behind the other."""

    def __init__(self, group_of: Rows, count: int) -> None:
        self._members = np.argsort(group_of, kind="stable")[int(np.sum(group_of == _NONE)) :]
        self._sizes = np.bincount(group_of[group_of != _NONE], minlength=count)
        self._starts = np.cumsum(self._sizes) - self._sizes

    def with_members(self, groups: Rows) -> Rows:
        """Return those of the groups that are not empty."""
        return np.asarray(groups[self._sizes[groups] > 0])

    def members(self, groups: Rows) -> tuple[Rows, Rows]:
        """Return the texts of some groups, and where in them each group starts."""
        sizes = self._sizes[groups]
        starts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(self._starts[groups] - starts, sizes)
        return self._members[places], starts


def _numbers(values: list[int]) -> Rows:
    return np.array(values, dtype=np.int64)


def _written(values: Scores, targets: Rows, count: int) -> Scores:
    """Spread ascending values over their targets; what none leads to gets the lowest."""
    spread = np.full(count, values[0])
    spread[targets[targets != _NONE]] = values[targets != _NONE]
    return spread


def _best_of_each(values: Scores, starts: Rows) -> Scores:
    if not len(starts):
        return np.empty(0)
    return np.asarray(np.maximum.reduceat(values, starts))
