"""Search phrases and things not covered: their files, and what is said when one is wrong."""

import re
from typing import Any

import pytest

from knowledge_base.articles import load_articles
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.glossary import load_glossary
from knowledge_base.questions import load_asks, load_not_covered
from tests.knowledge_base.conftest import Files


def test_phrases_know_their_fact_and_their_verdict(files: Files) -> None:
    """A phrase leads to its fact, and to "yes" or "no" where the fact answers so."""
    asks = {ask.text: ask for ask in load_asks(load_articles(files.articles), files.questions)}
    assert (asks["is it rare"].fact, asks["is it rare"].verdict) == ("spinal-02", "yes")
    assert asks["is it frequent"].verdict == "no"
    assert asks["tumble"].verdict is None
    assert [text for text, ask in asks.items() if ask.near_miss] == ["how high a fall"]
    assert (asks["and a fall"].context, asks["and a fall"].before) == (("causes",), "causes")


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("spinal.yml", "spinal-99:\n  asks: [x]\n", "spinal-99"),
        ("spinal.yml", "spinal-02:\n  maybe: [x]\n", "maybe"),
        ("spinal.yml", "spinal-02: [broken\n", "spinal.yml"),
        ("spinal.yml", "spinal-02: [a, list]\n", "spinal-02"),
        ("spinal.yml", "spinal-02:\n  asks: [2: how often]\n", "spinal-02 has 1 sentences"),
        ("spinal.yml", "spinal-02:\n  asks: [why: is it]\n", "in quotation marks"),
        ("not_covered.yml", "- id: a\n  kind: gap\n", "name"),
        ("not_covered.yml", "- id: a\n  name: b\n  kind: other\n", "kind"),
        ("not_covered.yml", "id: a\n", "list"),
        ("glossary.yml", "- term: a\n  aliases: [b]\n", "text"),
        ("glossary.yml", "just words\n", "glossary"),
        ("glossary.yml", "- term: [broken\n", "glossary"),
    ],
)
def test_it_names_the_file_and_the_place(files: Files, name: str, content: str, named: str) -> None:
    """Whoever adds phrases, gaps or words learns where the mistake is."""
    folder = files.questions if name == "spinal.yml" else files.questions.parent
    (folder / name).write_text(content, encoding="utf-8")
    read: Any = {
        "spinal.yml": lambda: load_asks(load_articles(files.articles), files.questions),
        "not_covered.yml": lambda: load_not_covered(files.not_covered),
        "glossary.yml": lambda: load_glossary(folder / name),
    }
    with pytest.raises(KnowledgeBaseError, match=re.escape(name)) as error:
        read[name]()
    assert named in str(error.value)
