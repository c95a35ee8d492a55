"""Ranks count from one, and distractors really compete."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.items import Question
from evaluation.library import DISTRACTOR, Found, Library, load_distractors
from evaluation.retrieval import by_group, rank_all


def _question(name: str, fact: str, article: str, topic: str) -> Question:
    return Question(name, "text", "in_scope", article, (), topic, (fact,), (), "")


def _search(_: str, k: int) -> list[Found]:
    facts = [("a-01",), ("a-02",), (), ("b-01",)]
    return [Found(f"p/{n}", "a", "causes", f, 1.0 - n / 10) for n, f in enumerate(facts)][:k]


def test_ranks_and_sums_by_hand() -> None:
    """First, second, fourth and not at all: recall@1 1/4, recall@3 2/4, MRR 0.4375."""
    ranked = rank_all(
        _search,
        [
            _question("1", "a-01", "a", "causes"),
            _question("2", "a-02", "a", "outlook"),
            _question("3", "b-01", "b", "causes"),
            _question("4", "c-01", "b", "causes"),
        ],
    )
    assert [one.rank for one in ranked] == [1, 2, 4, None]
    table = by_group(ranked)
    assert (table["all"].at_1.share, table["all"].at_3.share) == (0.25, 0.5)
    assert table["all"].mrr.value == pytest.approx(0.4375)
    assert table["article b"].at_3.share == 0.0
    assert table["topic outlook"].at_3.share == 1.0


def test_distractors_are_found_for_their_own_questions() -> None:
    """A question on another condition finds its distractor, so these passages do compete."""
    distractors = load_distractors()
    assert len(distractors) >= 60
    found = Library(distractors).search("black nail after I shut it in a door", 1)
    assert found[0].article == DISTRACTOR
    alone = Library().search("black nail after I shut it in a door", 1)
    assert alone[0].article != DISTRACTOR


def test_a_bad_distractor_is_named(tmp_path: Path) -> None:
    """An entry without text says which one it is."""
    path = tmp_path / "distractors.yml"
    path.write_text("- title: A\n  topic: overview\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match='entry 1: field "text"'):
        load_distractors(path)
