"""From an answer of the knowledge base to what the patient reads."""

import re
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from actions.compose import compose
from actions.reply import ENDING, Reply, Role, Texts
from evaluation.readability import body, grade
from evaluation.safety_rules import forbidden
from knowledge_base.articles import NOTES, SITES, load_articles
from knowledge_base.glossary import load_glossary
from knowledge_base.index import Index
from knowledge_base.outcome import (
    Cited,
    Defined,
    Gap,
    Outcome,
    Said,
    Simplified,
    StoodBy,
    WhichKind,
    joined,
)
from knowledge_base.passages import passages_of
from knowledge_base.question import Focus
from knowledge_base.search import Hit

FACTS = [p.id for a in load_articles() for p in passages_of(a) if p.kind == "fact"]
SECTIONS = list(dict.fromkeys(i.rsplit("/", 1)[0] for i in FACTS))


def answer_of(
    index: Index, *ids: str, kind: type[Cited] = Said, sentences: tuple[int, ...] = (), **more: Any
) -> Cited:
    """An answer that says these passages, or these sentences of each."""
    hits = tuple(Hit(index.passages[i], 0.9, 0.9, sentences) for i in ids)
    first = hits[0].passage
    return kind(Focus(first.site, first.article, first.topic, "what", ids), hits, **more)


def lines_in(reply: Reply) -> list[str]:
    """What a reply says before note, source and disclaimer."""
    return [line.text for line in reply.lines if line.role not in ENDING]


@pytest.mark.parametrize("passage", FACTS)
def test_every_line_is_said_with_its_source_warnings_and_disclaimer(
    index: Index, texts: Texts, passage: str
) -> None:
    """Whatever line answers, it comes complete, plain and harmless, and names its site if asked."""
    reply = compose(answer_of(index, passage), texts, index)
    said = index.passages[passage]
    source = index.sources[said.article]
    text = reply.text
    lines = text.split("\n")
    assert said.text in text
    assert lines[-1] == source.disclaimer
    assert source.title in lines[-2]
    assert all(line.strip() for line in lines)
    note = said.lines[0].note
    name = f"{note}_{said.site}" if note == "urgent" else note
    assert not note or lines[-3] == texts(f"note_{name}")
    framing = (source.title, source.disclaimer)
    assert grade(body(text, framing)) <= 8
    assert forbidden(text, (source.title, source.publisher)) == []
    lead = compose(answer_of(index, passage, inferred=True), texts, index).lines[0].text.lower()
    named = ("hematoma", "case report", "oih", texts(f"site_{said.site}").lower())
    assert any(name in lead for name in named)


@pytest.mark.parametrize("passage", FACTS)
def test_any_sentence_of_a_line_may_be_said_alone(index: Index, texts: Texts, passage: str) -> None:
    """A patient who asks for the second half of a line can read it by itself."""
    (line,) = index.passages[passage].lines
    for number, sentence in enumerate(line.sentences, start=1):
        reply = compose(answer_of(index, passage, sentences=(number,)), texts, index)
        assert lines_in(reply)[0].startswith(sentence)
        assert number == 1 or not re.match(r"(?:It|They|This|That|So|But|And|Other)\b", sentence)


@pytest.mark.parametrize("passage", FACTS)
def test_every_line_has_easier_words(index: Index, texts: Texts, passage: str) -> None:
    """Who did not understand reads the same, plainer, with the same source and warning."""
    plain = compose(answer_of(index, passage), texts, index)
    easier = compose(answer_of(index, passage, kind=Simplified), texts, index)
    (line,) = index.passages[passage].lines
    assert lines_in(easier)[1:] == [line.easier] != lines_in(plain)
    assert easier.lines[-3:] == plain.lines[-3:] or not line.note
    assert grade(line.easier) <= 7.5
    assert forbidden(line.easier, ()) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_said_line_by_line(index: Index, texts: Texts, section: str) -> None:
    """Several lines read as a leading line and a list, with one warning at most, each plain."""
    ids = [i for i in FACTS if i.rsplit("/", 1)[0] == section]
    said = [index.passages[i].text for i in ids]
    lines = compose(answer_of(index, *ids), texts, index).text.split("\n")
    assert len(lines) == len(set(lines))
    assert [line for line in lines if line.startswith("- ")] == [f"- {text}" for text in said[1:]]
    assert grade("\n".join(said)) <= 8
    assert all(grade(text) <= 9 for text in said)


def test_the_most_serious_warning_is_said_alone(index: Index, texts: Texts) -> None:
    """A reply has one line of safety: the one that its content needs most."""
    noted = {p.lines[0].note: p for p in index.passages.values() if p.kind == "fact"}
    assert set(noted) >= set(NOTES)
    ordered = [noted[note] for note in NOTES]
    for serious, lesser in pairwise(ordered):
        reply = compose(answer_of(index, lesser.id, serious.id), texts, index)
        alone = compose(answer_of(index, serious.id), texts, index)
        note = alone.part(Role.NOTE)
        assert reply.part(Role.NOTE) == note
        assert reply.text.count(note) == 1


def test_each_part_of_a_question_gets_its_answer(index: Index, texts: Texts) -> None:
    """Asked two things, the bot says both, and says so of what no source answers."""
    known = answer_of(index, "spinal/causes/1")
    silent = Gap(known.focus, "the cost of it")
    reply = compose(joined([known, silent]), texts, index)
    assert reply.outcome is Outcome.ANSWER
    assert lines_in(reply) == [
        index.passages["spinal/causes/1"].text,
        "My sources say nothing about the cost of it.",
    ]


@pytest.mark.parametrize(
    ("passage", "more", "first"),
    [
        ("spinal/overview/5", {"verdict": "yes"}, "Yes. "),
        ("spinal/overview/1", {"repeated": True}, "As I said:"),
    ],
)
def test_what_was_asked_for_leads(
    index: Index, texts: Texts, passage: str, more: dict[str, Any], first: str
) -> None:
    """A verdict, or that this was said before, comes first."""
    reply = compose(answer_of(index, passage, **more), texts, index)
    assert reply.text.startswith(first)


def test_what_is_only_near_is_said_as_such(index: Index, texts: Texts) -> None:
    """Where the bot is not sure that a line answers, it says so first."""
    reply = compose(answer_of(index, "spinal/overview/1", unsure=True), texts, index)
    line = index.passages["spinal/overview/1"].text
    assert lines_in(reply) == [texts("unsure_lead"), line]


def test_a_general_answer_names_each_site(index: Index, texts: Texts) -> None:
    """Each line says which kind it is about, each source is cited, each kind has a button.

    When care differs, the bot asks which kind is meant.
    """
    ids = [f"{site}/treatment/1" for site in SITES]
    reply = compose(answer_of(index, *ids, kind=WhichKind), texts, index)
    assert (reply.outcome, reply.lines[0].text) == (Outcome.CLARIFY, texts("clarify_lead"))
    names = [texts(f"site_{site}") for site in SITES]
    for site, passage, name in zip(SITES, ids, names, strict=True):
        assert f"- {name}: {index.passages[passage].text}" in lines_in(reply)
        assert index.sources[site].title in reply.text
    assert [button["title"] for button in reply.buttons] == names


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("more", [True, False])
def test_buttons_lead_only_where_there_is_an_answer(
    index: Index, texts: Texts, site: str, more: bool
) -> None:
    """No button ends in an honest no, and the first offers more where something is left."""
    buttons = compose(answer_of(index, f"{site}/overview/1", more=more), texts, index).buttons
    offer = {"title": texts("more"), "payload": "/ask_more"}
    assert (offer in buttons) == (buttons[0] == offer) == more
    topics = [b["payload"].removeprefix("/ask_").split("{")[0] for b in buttons if b != offer]
    assert topics
    assert all(f"{site}/{topic}" in index.passages for topic in topics)


@pytest.mark.parametrize(("sure", "named"), [(True, "sure_lead"), (False, "source_lead")])
def test_a_doubted_answer_stands_and_says_where_to_read_it(
    index: Index, texts: Texts, sure: bool, named: str
) -> None:
    """Asked "are you sure?" or "says who?", the bot shows where its answer comes from."""
    doubted = partial(answer_of, index, kind=StoodBy, sure=sure)
    lead, line, link = lines_in(compose(doubted("spinal/overview/1"), texts, index))
    assert (lead, line) == (texts(named), index.passages["spinal/overview/1"].text)
    assert index.sources["spinal"].url in link
    report = compose(doubted("iliopsoas_case/overview/1"), texts, index)
    assert lines_in(report)[2] == texts("source_no_link")


def test_every_word_of_the_glossary_is_explained_completely(index: Index, texts: Texts) -> None:
    """A word's meaning, too, comes with its origin and a disclaimer."""
    for term in load_glossary().terms:
        reply = compose(Defined(Focus(), (), term=term, said=None), texts, index)
        lines = reply.text.split("\n")
        assert lines[0].endswith(term.text)
        assert lines[-2:] == [texts("source_glossary"), texts("default_disclaimer")]
        assert forbidden(reply.text) == []
