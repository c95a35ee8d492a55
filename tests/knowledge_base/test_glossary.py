"""The glossary: every medical word that the bot uses, in plain words."""

from __future__ import annotations

import re

import pytest
import textstat

from knowledge_base.articles import load_articles
from knowledge_base.content_guard import broken_rule
from knowledge_base.glossary import Term, load_glossary
from knowledge_base.normalize import canonical
from knowledge_base.search import Searcher

GLOSSARY = load_glossary()
LINES = [line for article in load_articles() for line in article.lines]

# What stands in the articles' parentheses and is itself the plain meaning of the word before
# it, or a plain word beside another: nothing that a patient would ask the meaning of.
EXPLAINS = r"a |dye|blocking|guided|walking|tiny|bone"
PLAIN = frozenset(
    """a bleed that turned to bone|a bleed there|a bulge in an artery that tears|a fast jump|
    a sound wave scan|a spine scan with dye|a thin tube put in the body|blocking a vessel|
    bone in a muscle|bone in a muscle after a bleed|dye pictures|expanding|guided exercise|
    it was smaller|its extent|its site|local|motor vehicle accident|
    nothing a person does prevents it|quality of life|serial exams and monitoring|
    sort it into types|specialists|surgery|tailored|the best outcome|
    tiny cells that help clotting|uncommon|unresponsiveness|unusual|walking practice|
    medicines|abdomen|intestines|injection|deficits""".replace("\n    ", "").split("|")
)


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


def test_each_term_of_art_in_the_articles_is_explained() -> None:
    """A patient can ask for every hard word in parentheses, or before plain words in them."""
    unexplained = []
    for line in LINES:
        for found in re.finditer(r"\(([^)]+)\)", line.text):
            hard = found[1]
            if hard.lower() in PLAIN:
                if hard == "a fast jump" or not re.match(EXPLAINS, hard):
                    continue
                hard = " ".join(line.text[: found.start()].split()[-4:])
            if not GLOSSARY.find(canonical(hard)):
                unexplained.append(hard)
    assert unexplained == []


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
