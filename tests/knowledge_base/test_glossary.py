"""The glossary: every medical word that the bot uses, in plain words."""

import pytest
import textstat

from knowledge_base.content_guard import broken_rule
from knowledge_base.glossary import Term, load_glossary
from knowledge_base.normalize import canonical
from knowledge_base.search import Searcher

GLOSSARY = load_glossary()


@pytest.mark.parametrize("term", GLOSSARY.terms, ids=lambda term: term.term)
def test_each_meaning_reads_at_grade_8_or_below_and_gives_no_order(term: Term) -> None:
    """A meaning is read in one breath, and is never advice to take a drug or to leave it."""
    assert textstat.flesch_kincaid_grade(term.text) <= 8
    assert len(term.text.split()) <= 25
    assert term.text.endswith(".")
    assert broken_rule(term.text) is None


def test_each_name_stands_once() -> None:
    """A word has one meaning, so nobody is told the wrong one."""
    owners: dict[str, set[str]] = {}
    for term in GLOSSARY.terms:
        # A British and an American spelling of one entry are one name.
        for name in map(canonical, (term.term, *term.aliases)):
            owners.setdefault(name, set()).add(term.term)
    assert {name: terms for name, terms in owners.items() if len(terms) > 1} == {}


@pytest.mark.parametrize(
    ("message", "term"),
    [
        ("what is haemophilia", "hemophilia"),
        ("what is warfrin", "warfarin"),
        # The longest name wins, and a part of a word is none.
        ("what is spinal fluid", "spinal fluid"),
        ("scanner predictable informational", None),
    ],
)
def test_a_word_is_found_in_a_message(searcher: Searcher, message: str, term: str | None) -> None:
    """A word is found in the middle of a question, misspelt or British too."""
    first = [found.term for found in GLOSSARY.find(searcher.normalize(message))][:1]
    assert (term.lower() in first[0].lower()) if term else not first
