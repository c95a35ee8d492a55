"""A text carries a fact when the article line stands in it, whatever its dress."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.facts import FactJudge, load_wording

LINES = [
    ("It occurs in 0.6% to 6.6% of people.", ("a-01", "a-02")),
    ("Blood thinners (anticoagulants) raise the risk.", ("a-03",)),
]


@pytest.mark.parametrize(
    "text",
    [
        "Yes. It occurs in 0.6% to 6.6% of people. Ask your doctor.",
        "- **It occurs** in 0.6 % to 6.6 %\n  of people",
        "IT OCCURS IN 0.6% TO 6.6% OF PEOPLE!",
    ],
)
def test_dress_does_not_count(text: str) -> None:
    """Case, Markdown, punctuation and line breaks do not hide a fact."""
    assert FactJudge(LINES).carried(text, ["a-01", "a-03"]) == ["a-01"]


@pytest.mark.parametrize(
    "text",
    [
        "It occurs in 0.6% to 66% of people.",
        "It occurs in 6.6% of people.",
        "Blood thinners raise the risk.",
        "",
    ],
)
def test_a_wrong_number_or_a_missing_word_does(text: str) -> None:
    """Another number or half a line is not the fact."""
    assert FactJudge(LINES).carried(text, ["a-01", "a-03"]) == []


def test_a_word_is_not_found_inside_another() -> None:
    """Only whole words match."""
    assert FactJudge([("risk of ice", ("a-01",))]).carried("brisk of icecream", ["a-01"]) == []


def test_an_unknown_fact_is_named() -> None:
    """A label with a fact that no article carries is an error of the label, and says so."""
    judge = FactJudge(LINES)
    judge.check([("q-1", "a-01")])
    with pytest.raises(EvaluationError, match='question q-2: field "facts": a-99'):
        judge.check([("q-1", "a-01"), ("q-2", "a-99")])


def test_wording_is_read_and_checked(tmp_path: Path) -> None:
    """The facts file gives the report its words; a bad line is named."""
    path = tmp_path / "facts.jsonl"
    path.write_text('{"id": "a-01", "fact": "It occurs."}\n', encoding="utf-8")
    assert load_wording(path) == {"a-01": "It occurs."}
    path.write_text('{"id": "a-01"}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"facts\.jsonl, line 1"):
        load_wording(path)
