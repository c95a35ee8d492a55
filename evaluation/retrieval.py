"""Retrieval by itself: at which rank search finds a passage that carries a right fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.intervals import Mean, Rate, bootstrap_mean
from evaluation.items import GENERAL, Question
from evaluation.library import Found

# Ranks beyond this count as not found.
DEPTH = 20

Search = Callable[[str, int], list[Found]]


@dataclass(frozen=True)
class Ranked:
    """Where the first right passage stood for one question; rank None means not found."""

    question: Question
    rank: int | None
    first: str


@dataclass(frozen=True)
class Scores:
    """Recall and mean reciprocal rank over some questions.

    Source of MRR: E. M. Voorhees (1999), "The TREC-8 question answering track report".
    """

    at_1: Rate
    at_3: Rate
    mrr: Mean


def rank_all(search: Search, questions: Sequence[Question]) -> list[Ranked]:
    """Search for every in-scope question.

    A passage is right when it carries one of the question's facts. Follow-ups are left out:
    without their context nobody could find them.

    Args:
        search: gives passages for a text, best first, at most as many as asked.
        questions: labelled questions of any kind.
    """
    ranked = []
    for question in questions:
        if question.kind != "in_scope":
            continue
        found = search(question.text, DEPTH)
        wanted = set(question.facts)
        rank = next((n for n, one in enumerate(found, start=1) if wanted & set(one.facts)), None)
        ranked.append(Ranked(question, rank, found[0].passage if found else ""))
    return ranked


def scores(ranked: Sequence[Ranked]) -> Scores:
    """Sum up ranks."""
    return Scores(
        Rate.of(one.rank is not None and one.rank <= 1 for one in ranked),
        Rate.of(one.rank is not None and one.rank <= 3 for one in ranked),
        bootstrap_mean([1 / one.rank if one.rank else 0.0 for one in ranked]),
    )


def by_group(ranked: Sequence[Ranked]) -> dict[str, Scores]:
    """Sum up ranks over all, per article and per topic."""
    table = {"all": scores(ranked)}
    for name, key in (("article", _article), ("topic", _topic)):
        for value in sorted({key(one) for one in ranked}):
            table[f"{name} {value}"] = scores([one for one in ranked if key(one) == value])
    return table


def _article(ranked: Ranked) -> str:
    return ranked.question.article or GENERAL


def _topic(ranked: Ranked) -> str:
    return ranked.question.section or "none"
