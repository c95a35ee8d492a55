"""Every fact of the four sources is in the articles, once, and can be found in the index."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from knowledge_base.articles import Line, load_articles
from knowledge_base.index import Index

EVIDENCE: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "facts.yml").read_text(encoding="utf-8")
)
SHARED_FACTS = Path(__file__).parents[3] / "shared" / "facts.jsonl"

ARTICLES = load_articles()
LINES: list[Line] = [line for article in ARTICLES for line in article.lines]
LINE_OF = {line.fact: line for line in LINES}


def lacking(words: list[str], text: str) -> list[str]:
    """The words that do not stand in the text."""
    return [word for word in words if str(word).lower() not in text.lower()]


@pytest.mark.parametrize("fact", EVIDENCE)
def test_each_fact_is_said_by_the_line_that_names_it(fact: str) -> None:
    """A patient who is shown the line of a fact really reads that fact."""
    assert fact in LINE_OF, "no line carries this fact"
    assert not lacking(EVIDENCE[fact], LINE_OF[fact].text)


def test_each_fact_is_traced_once_and_no_other_is() -> None:
    """Every sentence leads to its facts, and every fact to exactly one sentence."""
    traced = Counter(line.fact for line in LINES)
    assert set(traced) == set(EVIDENCE)
    assert [fact for fact, times in traced.items() if times > 1] == []
    assert len(EVIDENCE) == 170


def test_each_line_carries_a_fact_of_its_own_article() -> None:
    """Nothing that a patient reads is made up, and nothing is credited to another source."""
    for article in ARTICLES:
        for section in article.sections:
            for line in section.lines:
                assert line.fact.rsplit("-", 1)[0] == article.source.id, line.text


def test_the_evidence_tells_facts_apart() -> None:
    """A line cannot pass for a fact that it does not carry: the evidence fits few lines."""
    for fact, words in EVIDENCE.items():
        article = fact.rsplit("-", 1)[0]
        fitting = [
            line
            for line in LINES
            if line.fact.rsplit("-", 1)[0] == article and not lacking(words, line.text)
        ]
        assert len(fitting) <= 3, f"{fact}: {words} fits {len(fitting)} lines"


def test_each_fact_is_in_the_index(index: Index) -> None:
    """Every fact can be found: its line is a passage of its own, with its vector."""
    embedded = {entry.passage for entry in index.entries}
    for fact, line in LINE_OF.items():
        (passage,) = [p for p in index.passages.values() if p.kind == "fact" and fact in p.facts]
        assert passage.text == line.text
        assert passage.id in embedded


def test_each_fact_can_be_asked_for(index: Index) -> None:
    """For every fact there is at least one way in which people ask that leads to its line."""
    asked = {
        e.passage
        for e in index.entries
        if e.passage and not e.text.endswith(index.passages[e.passage].text)
    }
    missing = [
        fact
        for passage in index.passages.values()
        if passage.kind == "fact" and passage.id not in asked
        for fact in passage.facts
    ]
    assert missing == []


@pytest.mark.skipif(not SHARED_FACTS.is_file(), reason="the folder ../shared is not here")
def test_no_fact_of_the_sources_was_forgotten() -> None:
    """Nothing that the sources say was left out of the articles or of this test."""
    told = [json.loads(line) for line in SHARED_FACTS.read_text(encoding="utf-8").splitlines()]
    assert {fact["id"] for fact in told} == set(LINE_OF)
    for fact in told:
        line = LINE_OF[fact["id"]].text.lower()
        words = {w.strip(".,();:%").lower() for w in fact["fact"].split()}
        numbers = {w for w in words if any(c.isdigit() for c in w)}
        assert all(number in line for number in numbers), (fact["id"], numbers)
