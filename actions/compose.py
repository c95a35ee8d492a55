"""From an answer of the knowledge base to a reply."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import SlotSet

from actions.reply import Button, Line, Reply, Role, Texts, cited, lines_of, source_line
from knowledge_base.articles import NOT_STATED, NOTES, SITES, Source
from knowledge_base.index import Index
from knowledge_base.outcome import Answer, Outcome
from knowledge_base.passages import Passage
from knowledge_base.question import Focus
from knowledge_base.search import Hit, shared_searcher

# In which order further topics are offered.
_NEXT_TOPICS = (
    "symptoms",
    "treatment",
    "diagnosis",
    "outlook",
    "causes",
    "overview",
    "prevention",
)
_FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s")
_NAMES_ITSELF = ("hematoma", "case report", "oih")
_MOST_BUTTONS = 3


def told(answer: Answer, texts: Texts) -> tuple[Reply, list[dict[str, Any]]]:
    """Return an answer in words, and the event that remembers what it was about."""
    reply = compose(answer, texts, shared_searcher().index)
    return reply, [SlotSet("focus", answer.focus.as_dict())]


def compose(answer: Answer, texts: Texts, index: Index) -> Reply:
    """Put an answer into words.

    Args:
        answer: what the knowledge base found.
        texts: the domain's texts.
        index: the loaded index, for sources and for what can be asked next.
    """
    if answer.outcome is Outcome.NOT_FOUND:
        return _not_found(answer, texts)
    if answer.outcome is Outcome.SMALLTALK:
        titles = (source_line(texts, (one,)).partition(": ")[2] for one in index.sources.values())
        lines = lines_of(Role.PLAIN, texts("sources"), *(f"- {title}" for title in titles))
        return Reply(answer.outcome, lines, site_buttons(texts, "ask_overview"))
    if not answer.passages and not answer.term:
        lines = lines_of(Role.PLAIN, texts("clarify_nothing_left"))
        topics = _topic_buttons(answer.focus, texts, index)[:_MOST_BUTTONS]
        return Reply(Outcome.CLARIFY, lines, topics or site_buttons(texts, "ask_overview"))
    sources = tuple(dict.fromkeys(index.sources[passage.article] for passage in answer.passages))
    doubtful = answer.unsure or any(part.unsure for part in answer.parts)
    unsure = (texts("unsure"),) if doubtful else ()
    where = (_links(sources, texts),) if answer.again == "source" else ()
    passages = [
        {
            "id": hit.passage.id,
            "article": hit.passage.article,
            "topic": hit.passage.topic,
            "similarity": round(hit.similarity, 3),
        }
        for hit in answer.hits
    ]
    return cited(
        answer.outcome,
        (*_lines(answer, texts), *lines_of(Role.PLAIN, *unsure, *where)),
        texts,
        sources,
        _note(answer.passages, texts),
        _buttons(answer, texts, index)[:_MOST_BUTTONS],
        passages=passages,
        answerability=round(answer.answerability, 4),
    )


def _lines(answer: Answer, texts: Texts) -> tuple[Line, ...]:
    if answer.parts:
        return tuple(line for part in answer.parts for line in _lines(part, texts))
    if answer.outcome is Outcome.NOT_FOUND:
        return lines_of(Role.PLAIN, _silence(answer, texts))
    if answer.general:
        compared = "compare_lead" if answer.asked_for == "compare" else "general_lead"
        lead = "clarify_lead" if answer.outcome is Outcome.CLARIFY else compared
        of_each = (f"- {texts('site_' + p.site)}: {p.text}" for p in answer.passages)
        return (*lines_of(Role.LEAD, texts(lead)), *lines_of(Role.PASSAGE, *of_each))
    term = answer.term
    lines = [f"{term.term[:1].upper()}{term.term[1:]}: {term.text}"] if term else []
    if answer.passages:
        first, *others = answer.hits
        lead = _named(first, texts) if answer.inferred else first.text
        lines += [lead, *(f"- {hit.text}" for hit in others)]
    if answer.short:
        lines = [_FIRST_SENTENCE.split(lines[0], maxsplit=1)[0]]
    if answer.verdict:
        lines[0] = f"{texts(answer.verdict + '_lead')} {lines[0]}"
    again = (texts(f"{answer.again}_lead"),) if answer.again else ()
    return (*lines_of(Role.LEAD, *again), *lines_of(Role.PASSAGE, *lines))


def _links(sources: tuple[Source, ...], texts: Texts) -> str:
    urls = [source.url for source in sources if source.url != NOT_STATED]
    return texts("source_link", url=" and ".join(urls)) if urls else texts("source_no_link")


def _named(hit: Hit, texts: Texts) -> str:
    """Return what is said of a passage together with the condition it speaks of."""
    if any(name in hit.text.lower() for name in _NAMES_ITSELF):
        return hit.text
    return f"{texts('site_' + hit.passage.site)}: {hit.text}"


def _silence(answer: Answer, texts: Texts) -> str:
    """Return the sentence that says that the sources say nothing."""
    if answer.missing:
        return texts("not_found", missing=answer.missing)
    if answer.off_topic:
        return texts("out_of_scope")
    return texts(f"not_found_{answer.asked_for or 'nameless'}")


def _note(passages: tuple[Passage, ...], texts: Texts) -> str:
    """Return the most serious of the passages' notes."""
    noted = [(line.note, p.site) for p in passages for line in p.lines if line.note]
    if not noted:
        return ""
    note, site = min(noted, key=lambda pair: NOTES.index(pair[0]))
    return texts(f"note_{note}_{site}" if note == "urgent" else f"note_{note}")


def _not_found(answer: Answer, texts: Texts) -> Reply:
    whom = "what_i_know" if answer.off_topic and not answer.missing else "whom_to_ask"
    return Reply(
        Outcome.NOT_FOUND,
        lines_of(Role.PLAIN, _silence(answer, texts), texts(whom)),
        site_buttons(texts, "ask_overview"),
        data={"answerability": round(answer.answerability, 4)},
    )


def _buttons(answer: Answer, texts: Texts, index: Index) -> tuple[Button, ...]:
    if answer.general:
        return site_buttons(texts, "choose_site")
    more = ({"title": texts("more"), "payload": "/ask_more"},) if answer.more else ()
    return (*more, *_topic_buttons(answer.focus, texts, index))


def _topic_buttons(focus: Focus, texts: Texts, index: Index) -> tuple[Button, ...]:
    return tuple(
        {
            "title": texts(f"topic_{topic}"),
            "payload": f'/ask_{topic}{{"site": "{focus.site}"}}',
        }
        for topic in _NEXT_TOPICS
        if topic != focus.topic and f"{focus.site}/{topic}" in index.passages
    )


def site_buttons(texts: Texts, intent: str) -> tuple[Button, ...]:
    """Return one button per site, which sends the intent with the site."""
    return tuple(
        {"title": texts(f"site_{site}"), "payload": f'/{intent}{{"site": "{site}"}}'}
        for site in SITES
    )
