"""The dense side of search: passages by the cosine of sentence vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import Encoder, Vectors
from knowledge_base.index import Index
from knowledge_base.passages import Passage
from knowledge_base.questions import NotCovered
from knowledge_base.vectors import kind_of, nearest, similarities
from knowledge_base.wording import aspect

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

# How much the message without the condition's name counts, against the whole message.
ASPECT_SHARE = 0.5
# How many of the nearest texts an exact search looks at; a passage has about twenty.
NEAREST_TEXTS = 600
# How many any other search looks at per view. Only what is found is scored then, but by all of
# its texts: on the 425 evaluation questions 64 texts lead to the same first passage as 600 do
# for 99 %, and to the same answer for 98 %.
NEAREST_OF_MANY = 64

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
        outside: the nearest thing outside the sources, with its cosine; or None.
    """

    facts: Rows
    similarities: Scores
    entries: Rows
    outside: tuple[NotCovered, float] | None


class DenseSearch:
    """Compares a message, whole and without the name of its condition, with all texts."""

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

    def prepare(self, normalized: Iterable[str]) -> None:
        """Encode in one pass what `look` will ask for; the encoder remembers it."""
        self._encoder.encode([view for text in normalized for view in views_of(text)])

    def look(self, normalized: str, proposed: Rows) -> Near:
        """Find what is near a normalised message.

        Args:
            normalized: the message.
            proposed: passages to look at besides those found, where not all are.

        Returns:
            all passages if the search is exact, else those found and proposed.
        """
        asked = aspect(normalized)
        views = [(self._index.vectors, normalized, 1 - ASPECT_SHARE if asked else 1.0)]
        if asked:
            views.append((self._index.aspects, asked, ASPECT_SHARE))
        seen = [
            _View(index, self._encoder.encode([text])[0], share) for index, text, share in views
        ]
        return self._all(seen) if self.exact else self._some(seen, proposed)

    def _all(self, views: list[_View]) -> Near:
        cosines, outside = np.zeros(len(self._all_facts)), np.zeros(len(self._things))
        entries = np.full(len(cosines), NO_ENTRY)
        for number, view in enumerate(views):
            found, found_rows = nearest(view.index, view.message, NEAREST_TEXTS)
            # Ascending, so that the best of several texts of one passage is written last.
            values, rows = found[::-1].astype(np.float64), found_rows[::-1]
            cosines += view.share * _written(values, self._fact_of[rows], len(cosines))
            outside += view.share * _written(values, self._thing_of[rows], len(outside))
            if number == 0:
                facts = self._fact_of[rows]
                entries[facts[facts != _NONE]] = rows[facts != _NONE]
        return Near(self._all_facts, cosines, entries, self._nearest_thing(outside))

    def _some(self, views: list[_View], proposed: Rows) -> Near:
        rows = [nearest(view.index, view.message, NEAREST_OF_MANY)[1] for view in views]
        facts = np.append(self._fact_of[np.concatenate(rows)], proposed)
        facts = self._texts_of_facts.with_members(np.unique(facts[facts != _NONE]))
        texts, starts = self._texts_of_facts.members(facts)
        cosines, outside = np.zeros(len(facts)), np.full(len(self._things), _FAR)
        outside[self._told_things] = 0.0
        entries = np.full(len(facts), NO_ENTRY)
        asked_for = np.append(texts, self._outside_texts)
        for number, view in enumerate(views):
            values = similarities(view.index, view.message, asked_for).astype(np.float64)
            near, far = values[: len(texts)], values[len(texts) :]
            best = _best_of_each(near, starts)
            cosines += view.share * best
            outside[self._told_things] += view.share * _best_of_each(far, self._outside_starts)
            if number == 0:
                group = np.repeat(np.arange(len(facts)), np.diff(np.append(starts, len(texts))))
                is_best = near == best[group]
                entries[group[is_best]] = texts[is_best]
        return Near(facts, cosines, entries, self._nearest_thing(outside))

    def _nearest_thing(self, cosines: Scores) -> tuple[NotCovered, float] | None:
        if not len(cosines):
            return None
        best = int(np.argmax(cosines))
        return self._things[best], float(cosines[best])


def views_of(normalized: str) -> list[str]:
    """Return the texts whose vectors `DenseSearch.look` asks for: the message, its aspect."""
    return [normalized, *filter(None, [aspect(normalized)])]


class _View(NamedTuple):
    """One set of vectors, the message's vector in it, and how much it counts."""

    index: faiss.Index
    message: Vectors
    share: float


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
