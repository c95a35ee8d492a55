"""The glossary: every medical word that the bot uses, in plain words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import textstat

from knowledge_base.articles import load_articles
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.glossary import Term, load_glossary
from knowledge_base.normalize import canonical
from knowledge_base.search import Searcher

GLOSSARY = load_glossary()
LINES = [line for article in load_articles() for line in article.lines]

# What stands in the articles' parentheses and is itself the plain meaning of the word before
# it, or a plain word beside another: nothing that a patient would ask the meaning of.
PLAIN = frozenset(
    """a bleed that turned to bone|a bleed there|a bulge in an artery that tears|a fast jump|
    a sound wave scan|a spine scan with dye|a thin tube put in the body|blocking a vessel|
    bone in a muscle|bone in a muscle after a bleed|dye pictures|expanding|guided exercise|
    it was smaller|its extent|its site|local|motor vehicle accident|
    nothing a person does prevents it|quality of life|serial exams and monitoring|
    sort it into types|specialists|surgery|tailored|the best outcome|
    tiny cells that help clotting|uncommon|unresponsiveness|unusual|walking practice|
    medicines|abdomen|intestines|injection|deficits""".replace("\n", "")
    .replace("|    ", "|")
    .split("|")
)


def in_parentheses() -> list[tuple[str, str]]:
    """What stands in parentheses in an article, with the words before it."""
    return [
        (line.text[: found.start()], found[1])
        for line in LINES
        for found in re.finditer(r"\(([^)]+)\)", line.text)
    ]


@pytest.mark.parametrize("term", GLOSSARY.terms, ids=lambda term: term.term)
def test_each_meaning_reads_at_grade_8_or_below(term: Term) -> None:
    """Whoever asks for a word gets a meaning that most people can read, in one breath."""
    assert textstat.flesch_kincaid_grade(term.text) <= 8
    assert len(term.text.split()) <= 25
    assert term.text.endswith(".")


@pytest.mark.parametrize("term", GLOSSARY.terms, ids=lambda term: term.term)
def test_no_meaning_gives_a_dose_or_an_order(term: Term) -> None:
    """The meaning of a drug's name is never advice to take or to leave it."""
    assert not re.search(r"\d+ ?(?:mg|ml|mcg)\b", term.text, re.IGNORECASE)
    assert not re.search(
        r"\b(?:you should|stop taking|take (?:one|two|it))\b", term.text, re.IGNORECASE
    )


def test_each_name_stands_once() -> None:
    """A word has one meaning, so nobody is told the wrong one."""
    names = Counter(
        canonical(name) for term in GLOSSARY.terms for name in {term.term, *term.aliases}
    )
    # A British and an American spelling of one entry are one name.
    owners = {
        name: {t.term for t in GLOSSARY.terms if name in map(canonical, (t.term, *t.aliases))}
        for name in names
    }
    assert {name: terms for name, terms in owners.items() if len(terms) > 1} == {}
    exact = Counter(name.lower() for t in GLOSSARY.terms for name in (t.term, *t.aliases))
    assert [name for name, times in exact.items() if times > 1] == []


def test_each_term_of_art_in_the_articles_is_explained() -> None:
    """A patient can ask for every hard word in parentheses that an article shows."""
    unexplained = [
        words
        for _, words in in_parentheses()
        if not GLOSSARY.find(canonical(words)) and words.lower() not in PLAIN
    ]
    assert unexplained == []


def test_each_word_that_an_article_explains_can_be_asked_for() -> None:
    """Where the plain words stand in parentheses, the hard word before them is explained too."""
    unexplained = [
        (" ".join(before.split()[-4:]), words)
        for before, words in in_parentheses()
        if words.lower() in PLAIN
        and words.startswith(("a ", "dye", "blocking", "guided", "walking", "tiny", "bone"))
        and not GLOSSARY.find(canonical(" ".join(before.split()[-4:])))
        and words != "a fast jump"
    ]
    assert unexplained == []


@pytest.mark.parametrize(
    ("message", "term"),
    [
        ("what does laminectomy mean", "laminectomy"),
        ("what is an MRI scan", "MRI"),
        ("what is haemophilia", "hemophilia"),
        ("what does incontinent mean", "incontinence"),
        ("what is the inferior vena cava", "inferior vena cava"),
        ("what is warfrin", "warfarin"),
    ],
)
def test_a_word_is_found_in_a_message(searcher: Searcher, message: str, term: str) -> None:
    """A word is found in the middle of a question, misspelt or British too."""
    found = GLOSSARY.find(searcher.normalize(message))
    assert found
    assert term.lower() in found[0].term.lower()


def test_the_longest_name_wins() -> None:
    """A name of two words is not explained as one of its words."""
    (first, *_) = GLOSSARY.find("what is spinal fluid")
    assert first.term == "spinal fluid"


def test_a_part_of_a_word_is_no_name() -> None:
    """ "Inform" does not ask for a word that happens to stand inside it."""
    assert GLOSSARY.find("scanner predictable informational") == []


@pytest.mark.parametrize(
    "content", ["- term: a\n  aliases: [b]\n", "just words", "- [a, b]\n", "- term: [broken\n"]
)
def test_it_says_when_the_file_is_malformed(tmp_path: Path, content: str) -> None:
    """A mistake in the word list ends in a sentence that names the file."""
    path = tmp_path / "glossary.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match=r"glossary\.yml"):
        load_glossary(path)
