"""Every fact of the four sources is in the articles, once, and can be found in the index."""

import json
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
    """A patient who is shown the line of a fact reads that fact, by words that fit few lines."""
    assert fact in LINE_OF, "no line carries this fact"
    assert not lacking(EVIDENCE[fact], LINE_OF[fact].text)
    (article,) = (one for one in ARTICLES if one.source.id == fact.rsplit("-", 1)[0])
    assert sum(not lacking(EVIDENCE[fact], line.text) for line in article.lines) <= 3


def test_each_fact_is_traced_once_and_no_other_is() -> None:
    """Every sentence leads to its facts, and every fact to exactly one sentence."""
    assert sorted(line.fact for line in LINES) == sorted(EVIDENCE)
    assert len(EVIDENCE) == 170


def test_each_fact_can_be_found_and_asked_for(index: Index) -> None:
    """Each line is a passage with a vector of its own, and of at least one way to ask for it."""
    for fact, line in LINE_OF.items():
        (passage,) = [p for p in index.passages.values() if p.kind == "fact" and fact in p.facts]
        assert passage.text == line.text
        ways = [e.text.endswith(line.text) for e in index.entries if e.passage == passage.id]
        assert set(ways) == {True, False}, fact


@pytest.mark.skipif(not SHARED_FACTS.is_file(), reason="the folder ../shared is not here")
def test_no_fact_of_the_sources_was_forgotten() -> None:
    """Nothing that the sources say was left out of the articles or of this test."""
    told = [json.loads(line) for line in SHARED_FACTS.read_text(encoding="utf-8").splitlines()]
    assert {fact["id"] for fact in told} == set(LINE_OF)
    for fact in told:
        words = {w.strip(".,();:%").lower() for w in fact["fact"].split()}
        numbers = [w for w in words if any(c.isdigit() for c in w)]
        assert not lacking(numbers, LINE_OF[fact["id"]].text), fact["id"]
