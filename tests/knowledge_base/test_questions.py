"""Search phrases and things not covered: their files, and what is said when one is wrong."""

from __future__ import annotations

import pytest

from knowledge_base.articles import load_articles
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.questions import load_asks, load_not_covered
from tests.knowledge_base.conftest import Files


def test_phrases_know_their_fact_and_their_verdict(files: Files) -> None:
    """A phrase leads to its fact, and to "yes" or "no" where the fact answers so."""
    asks = {ask.text: ask for ask in load_asks(load_articles(files.articles), files.questions)}
    assert (asks["is it rare"].fact, asks["is it rare"].verdict) == ("spinal-02", "yes")
    assert asks["is it frequent"].verdict == "no"
    assert asks["tumble"].verdict is None
    assert [text for text, ask in asks.items() if ask.near_miss] == ["how high a fall"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("spinal-99:\n  asks: [x]\n", "spinal-99"),
        ("spinal-02:\n  maybe: [x]\n", "maybe"),
        ("spinal-02: [broken\n", "spinal.yml"),
        ("spinal-02: [a, list]\n", "spinal-02"),
    ],
)
def test_it_names_the_file_and_the_place(files: Files, content: str, named: str) -> None:
    """Whoever adds phrases learns where the mistake is."""
    (files.questions / "spinal.yml").write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match=r"spinal\.yml") as error:
        load_asks(load_articles(files.articles), files.questions)
    assert named in str(error.value)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("- id: a\n  kind: gap\n", "name"),
        ("- id: a\n  name: b\n  kind: other\n", "kind"),
        ("id: a\n", "list"),
    ],
)
def test_it_names_the_entry_that_is_not_covered_well(
    files: Files, content: str, named: str
) -> None:
    """Whoever adds something not covered learns which entry is wrong."""
    files.not_covered.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match=r"not_covered\.yml") as error:
        load_not_covered(files.not_covered)
    assert named in str(error.value)
