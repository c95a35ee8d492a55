"""From an answer of the knowledge base to what the patient reads."""

from __future__ import annotations

from itertools import pairwise

import pytest

from actions.compose import compose
from actions.reply import CitedReply, Texts
from evaluation.readability import body, grade
from evaluation.safety_rules import forbidden
from knowledge_base.answer import Answer
from knowledge_base.articles import NOTES
from knowledge_base.glossary import load_glossary
from knowledge_base.index import Entry, Index
from knowledge_base.outcome import Outcome, joined
from knowledge_base.passages import Passage
from knowledge_base.question import Focus
from knowledge_base.search import Hit


def answer_of(index: Index, *ids: str, outcome: Outcome = Outcome.ANSWER, **more: object) -> Answer:
    """An answer that says these passages."""
    hits = tuple(Hit(index.passages[i], 0.9, 0.9, Entry("")) for i in ids)
    focus = Focus()
    if hits:
        first = hits[0].passage
        focus = Focus(first.site, first.article, first.topic, "what", ids)
    return Answer(outcome, focus, hits, **more)  # type: ignore[arg-type]


def fact_ids() -> list[str]:
    """Ids of all lines of all articles."""
    from knowledge_base.articles import load_articles
    from knowledge_base.passages import passages_of

    return [p.id for a in load_articles() for p in passages_of(a) if p.kind == "fact"]


@pytest.mark.parametrize("passage", fact_ids())
def test_every_line_is_said_with_its_source_warnings_and_disclaimer(
    index: Index, texts: Texts, passage: str
) -> None:
    """Whatever line answers, it comes complete, plain, in one piece, and harmless."""
    reply = compose(answer_of(index, passage), texts, index)
    assert isinstance(reply, CitedReply)
    said = index.passages[passage]
    source = index.sources[said.article]
    text = reply.text()
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


@pytest.mark.parametrize("passage", fact_ids())
def test_a_line_names_its_site_where_nobody_has(index: Index, texts: Texts, passage: str) -> None:
    """Whoever did not say which kind is meant reads of which one the line speaks."""
    said = index.passages[passage]
    lead = compose(answer_of(index, passage, inferred=True), texts, index).lines[0]
    named = ("hematoma", "case report", "oih", texts(f"site_{said.site}").lower())
    assert any(name in lead.lower() for name in named)
    assert compose(answer_of(index, passage), texts, index).lines[0] == said.text


def sections() -> list[str]:
    """Ids of all sections."""
    return list(dict.fromkeys(i.rsplit("/", 1)[0] for i in fact_ids()))


@pytest.mark.parametrize("section", sections())
def test_every_section_is_said_line_by_line(index: Index, texts: Texts, section: str) -> None:
    """Several lines read as a leading line and a list, with one warning at most."""
    ids = [i for i in fact_ids() if i.rsplit("/", 1)[0] == section]
    text = compose(answer_of(index, *ids), texts, index).text()
    lines = text.split("\n")
    assert len(lines) == len(set(lines))
    bullets = [line for line in lines if line.startswith("- ")]
    assert bullets == [f"- {index.passages[i].text}" for i in ids[1:]]


def test_the_most_serious_warning_is_said_alone(index: Index, texts: Texts) -> None:
    """A reply has one line of safety: the one that its content needs most."""
    noted = {p.lines[0].note: p for p in index.passages.values() if p.kind == "fact"}
    assert set(noted) >= set(NOTES)
    ordered = [noted[note] for note in NOTES]
    for serious, lesser in pairwise(ordered):
        reply = compose(answer_of(index, lesser.id, serious.id), texts, index)
        assert isinstance(reply, CitedReply)
        alone = compose(answer_of(index, serious.id), texts, index)
        assert isinstance(alone, CitedReply)
        assert reply.note == alone.note
        assert reply.text().count(reply.note) == 1


def test_each_part_of_a_question_gets_its_answer(index: Index, texts: Texts) -> None:
    """Asked two things, the bot says both, and says so of what no source answers."""
    known = answer_of(index, "spinal/causes/1")
    silent = Answer(Outcome.NOT_FOUND, known.focus, missing="the cost of it")
    reply = compose(joined([known, silent]), texts, index)
    assert reply.outcome is Outcome.ANSWER
    assert reply.lines == (
        index.passages["spinal/causes/1"].text,
        "My sources say nothing about the cost of it.",
    )
    assert joined([known, known]).hits == known.hits
    assert joined([silent, silent]).outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize("verdict", ["yes", "no"])
def test_a_verdict_leads(index: Index, texts: Texts, verdict: str) -> None:
    """A yes/no question gets its word first."""
    reply = compose(answer_of(index, "spinal/overview/5", verdict=verdict), texts, index)
    assert reply.lines[0].startswith("Yes. " if verdict == "yes" else "No. ")


def test_a_general_answer_names_each_site(index: Index, texts: Texts) -> None:
    """Each line of a general answer says which kind it is about, and each source is cited."""
    ids = ("spinal/causes/1", "iliopsoas/causes/1", "ossified/causes/1")
    reply = compose(answer_of(index, *ids, general=True), texts, index)
    assert reply.lines[0] == texts("general_lead")
    for passage in ids:
        site = passage.split("/")[0]
        assert f"- {texts('site_' + site)}: {index.passages[passage].text}" in reply.lines
        assert index.sources[site].title in reply.text()
    assert {b["title"] for b in reply.offered()} == {
        texts(f"site_{site}") for site in ("spinal", "iliopsoas", "ossified")
    }


def test_a_clarification_asks_and_offers_the_sites(index: Index, texts: Texts) -> None:
    """When care differs, the bot asks which kind is meant, with a button for each."""
    ids = ("spinal/treatment/1", "iliopsoas/treatment/1", "ossified/treatment/1")
    reply = compose(answer_of(index, *ids, outcome=Outcome.CLARIFY, general=True), texts, index)
    assert reply.outcome is Outcome.CLARIFY
    assert reply.lines[0] == texts("clarify_lead")
    assert [b["payload"] for b in reply.offered()] == [
        f'/choose_site{{"site": "{site}"}}' for site in ("spinal", "iliopsoas", "ossified")
    ]


def test_an_honest_no_names_what_is_missing(index: Index, texts: Texts) -> None:
    """The bot says what it has nothing on, what it can tell, and whom to ask."""
    reply = compose(
        Answer(Outcome.NOT_FOUND, Focus(), missing="a bleed in the liver"), texts, index
    )
    text = reply.text()
    assert text.startswith("My sources say nothing about a bleed in the liver.")
    assert "doctor" in text
    assert "{missing}" not in text
    nameless = compose(Answer(Outcome.NOT_FOUND, Focus()), texts, index).text()
    assert nameless.startswith(texts("not_found_nameless"))
    assert "doctor" in nameless


def test_nothing_left_to_say_offers_something_else(index: Index, texts: Texts) -> None:
    """When a section is told, other topics of the same kind are offered."""
    focus = Focus("spinal", "spinal", "symptoms", "what signs", ())
    reply = compose(Answer(Outcome.CLARIFY, focus), texts, index)
    assert reply.outcome is Outcome.CLARIFY
    assert reply.offered()
    assert all('"spinal"' in button["payload"] for button in reply.offered())


def test_the_first_button_offers_more_where_there_is_more(index: Index, texts: Texts) -> None:
    """ "Tell me more" is offered only if something is left to say."""
    more = compose(answer_of(index, "spinal/symptoms/1", more=True), texts, index)
    assert more.offered()[0] == {"title": texts("more"), "payload": "/ask_more"}
    none = compose(answer_of(index, "spinal/symptoms/1", more=False), texts, index)
    assert "/ask_more" not in {button["payload"] for button in none.offered()}


@pytest.mark.parametrize("site", ["spinal", "iliopsoas", "ossified"])
def test_buttons_lead_only_where_there_is_an_answer(index: Index, texts: Texts, site: str) -> None:
    """No button ends in an honest no."""
    reply = compose(answer_of(index, f"{site}/overview/1"), texts, index)
    assert reply.buttons
    for button in reply.buttons:
        topic = button["payload"].removeprefix("/ask_").split("{")[0]
        if topic != "more":
            assert f"{site}/{topic}" in index.passages


def test_a_repeat_says_so(index: Index, texts: Texts) -> None:
    """The bot admits that it said this before."""
    reply = compose(answer_of(index, "spinal/overview/1", again="repeat"), texts, index)
    assert reply.lines[0] == texts("repeat_lead")


def test_what_is_only_near_is_said_as_such(index: Index, texts: Texts) -> None:
    """Where the bot is not sure that a line answers, it says so behind it."""
    reply = compose(answer_of(index, "spinal/overview/1", unsure=True), texts, index)
    line = index.passages["spinal/overview/1"].text
    assert reply.lines == (line, texts("unsure"))


@pytest.mark.parametrize(
    ("passage", "asked_for", "first"),
    [
        ("iliopsoas/outlook/1", "how_long", "The source gives no recovery time."),
        ("iliopsoas/outlook/1", "", "Finding and treating it in good time is vital."),
        ("spinal/overview/5", "how_often", "The source gives no number."),
        ("iliopsoas_case/causes/3", "how_many", "I do not give doses."),
        ("iliopsoas_case/treatment/10", "when", "I do not give doses or dates for medicines."),
    ],
)
def test_silence_of_the_source_is_said_first(
    index: Index, texts: Texts, passage: str, asked_for: str, first: str
) -> None:
    """Who asks how long it takes reads at once that nobody says so."""
    reply = compose(answer_of(index, passage, asked_for=asked_for), texts, index)
    assert reply.lines[0].startswith(first)


def test_a_doubted_answer_stands_and_says_where_to_read_it(index: Index, texts: Texts) -> None:
    """Asked "are you sure?", the bot shows where its answer comes from."""
    spinal = compose(answer_of(index, "spinal/overview/1", again="source"), texts, index)
    assert spinal.lines[0] == texts("source_lead")
    assert spinal.lines[1] == index.passages["spinal/overview/1"].text
    assert index.sources["spinal"].url in spinal.lines[2]
    report = compose(answer_of(index, "iliopsoas_case/overview/1", again="source"), texts, index)
    assert report.lines[2] == texts("source_no_link")


def test_every_word_of_the_glossary_is_explained_completely(index: Index, texts: Texts) -> None:
    """A word's meaning, too, comes with its origin and a disclaimer."""
    for term in load_glossary().terms:
        reply = compose(Answer(Outcome.ANSWER, Focus(), term=term), texts, index)
        lines = reply.text().split("\n")
        assert lines[0].endswith(term.text)
        assert lines[-2:] == [texts("source_glossary"), texts("default_disclaimer")]
        assert forbidden(reply.text()) == []


def test_the_payload_names_what_was_said(index: Index, texts: Texts) -> None:
    """A page can show the source and check the passages without reading the text."""
    payload = compose(answer_of(index, "spinal/overview/1"), texts, index).payload()
    assert payload["outcome"] == "answer"
    assert payload["passages"] == [
        {"id": "spinal/overview/1", "article": "spinal", "topic": "overview", "similarity": 0.9}
    ]
    assert payload["source"]["title"] == index.sources["spinal"].title
    assert payload["disclaimer"] == index.sources["spinal"].disclaimer


def test_a_passage_is_the_one_that_is_indexed(index: Index) -> None:
    """The tests above looked at every line there is."""
    lines = [p for p in index.passages.values() if p.kind == "fact"]
    assert {p.id for p in lines} == set(fact_ids())
    assert all(isinstance(p, Passage) for p in lines)
