"""Passages: an article cut at two grains."""

from __future__ import annotations

from knowledge_base.articles import load_articles
from knowledge_base.index import Index
from knowledge_base.passages import passages_of
from tests.knowledge_base.conftest import Files


def test_an_article_is_cut_into_sections_and_lines(files: Files) -> None:
    """A whole topic can be answered, and one fact of it as well."""
    (article,) = load_articles(files.articles)
    passages = passages_of(article)
    assert [(p.id, p.kind) for p in passages] == [
        ("spinal/overview", "section"),
        ("spinal/overview/1", "fact"),
        ("spinal/overview/2", "fact"),
        ("spinal/causes", "section"),
        ("spinal/causes/1", "fact"),
    ]
    assert passages[0].text == "A bleed near the spine. It is rare."
    assert passages[0].facts == ("spinal-01", "spinal-02")
    assert passages[2].section == passages[0].section == "spinal/overview"
    assert {(p.article, p.site) for p in passages} == {("spinal", "spinal")}


def test_a_section_says_exactly_what_its_lines_say(index: Index) -> None:
    """Nothing is lost or added between the two grains."""
    sections = [p for p in index.passages.values() if p.kind == "section"]
    assert len(sections) > 20
    for section in sections:
        lines = [p for p in index.passages.values() if p.kind == "fact" and p.section == section.id]
        assert " ".join(line.text for line in lines) == section.text


def test_no_passage_shows_its_trace_to_a_reader(index: Index) -> None:
    """The marks that trace a sentence to its fact never reach a patient."""
    for passage in index.passages.values():
        assert "<!--" not in passage.text
        assert "-->" not in passage.text
        assert not passage.text.startswith("-")
