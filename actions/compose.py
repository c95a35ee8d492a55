"""From an answer of the knowledge base to a reply."""

from collections.abc import Callable
from typing import Any

from actions.reply import Button, Line, Reply, Role, Texts, cited, lines_of, source_line
from knowledge_base.articles import NOT_STATED, NOTES, SITES, Source
from knowledge_base.index import Index
from knowledge_base.outcome import (
    Answer,
    Cited,
    Compared,
    Defined,
    Gap,
    Joined,
    NotFound,
    NothingLeft,
    OfEach,
    OffTopic,
    Said,
    Shortened,
    Simplified,
    SourceList,
    StoodBy,
    Unnamed,
    WhichKind,
    leading,
)
from knowledge_base.passages import Passage
from knowledge_base.question import Focus
from knowledge_base.search import Hit

# In which order further topics are offered.
_NEXT_TOPICS = "symptoms treatment diagnosis outlook causes overview prevention".split()
_NAMES_ITSELF = ("hematoma", "case report", "oih")
_MOST_BUTTONS = 3


def compose(answer: Answer, texts: Texts, index: Index) -> Reply:
    """Put an answer into words.

    Args:
        answer: what the knowledge base found.
        texts: the domain's texts.
        index: the loaded index, for sources and for what can be asked next.
    """
    if isinstance(answer, Cited):
        return _cited(answer, texts, index)
    return _UNCITED[type(answer)](answer, texts, index)


def _cited(answer: Cited, texts: Texts, index: Index) -> Reply:
    sources = tuple(dict.fromkeys(index.sources[passage.article] for passage in answer.passages))
    parts = answer.parts if isinstance(answer, Joined) else (answer,)
    first = leading(answer)
    where = (_links(sources, texts),) if isinstance(first, StoodBy) else ()
    buttons = _topic_buttons(answer.focus, texts, index)
    if isinstance(first, OfEach):
        buttons = site_buttons(texts, "choose_site")
    elif _has_more(first):
        buttons = ({"title": texts("more"), "payload": "/ask_more"}, *buttons)
    return cited(
        answer.outcome,
        (
            *(line for part in parts for line in _LINES[type(part)](part, texts)),
            *lines_of(Role.PLAIN, *where),
        ),
        texts,
        sources,
        _note(answer.passages, texts),
        buttons[:_MOST_BUTTONS],
        passages=[
            {
                "id": hit.passage.id,
                "article": hit.passage.article,
                "topic": hit.passage.topic,
                "similarity": round(hit.similarity, 3),
            }
            for hit in answer.hits
        ],
        answerability=round(answer.answerability, 4),
    )


def _has_more(answer: Answer | None) -> bool:
    if isinstance(answer, Defined):
        return _has_more(answer.said)
    return isinstance(answer, Shortened) or (isinstance(answer, Said) and answer.more)


def _silent(answer: NotFound, texts: Texts, index: Index) -> Reply:
    whom = texts("what_i_know" if isinstance(answer, OffTopic) else "whom_to_ask")
    return Reply(
        answer.outcome,
        (*_silence(answer, texts), *lines_of(Role.PLAIN, whom)),
        site_buttons(texts, "ask_overview"),
        data={"answerability": round(answer.answerability, 4)},
    )


def _nothing_left(answer: NothingLeft, texts: Texts, index: Index) -> Reply:
    topics = _topic_buttons(answer.focus, texts, index)[:_MOST_BUTTONS]
    buttons = topics or site_buttons(texts, "ask_overview")
    return Reply(answer.outcome, lines_of(Role.PLAIN, texts("clarify_nothing_left")), buttons)


def _source_list(answer: SourceList, texts: Texts, index: Index) -> Reply:
    titles = (source_line(texts, (one,)).partition(": ")[2] for one in index.sources.values())
    lines = lines_of(Role.PLAIN, texts("sources"), *(f"- {title}" for title in titles))
    return Reply(answer.outcome, lines, site_buttons(texts, "ask_overview"))


def _said(answer: Said, texts: Texts) -> tuple[Line, ...]:
    first, *others = answer.hits
    line = _named(first, texts) if answer.inferred else first.text
    if answer.verdict:
        line = f"{texts(answer.verdict + '_lead')} {line}"
    leads = {"unsure_lead": answer.unsure, "repeat_lead": answer.repeated}
    lead = lines_of(Role.LEAD, *(texts(name) for name, applies in leads.items() if applies))
    return (*lead, *lines_of(Role.PASSAGE, line, *(f"- {hit.text}" for hit in others)))


def _shortened(answer: Shortened, texts: Texts) -> tuple[Line, ...]:
    in_short = answer.passages[0].lines[0].in_short if answer.easier else ""
    said = [in_short] if in_short else [hit.text for hit in answer.hits]
    return lines_of(Role.PASSAGE, *said)


def _simplified(answer: Simplified, texts: Texts) -> tuple[Line, ...]:
    lines = (line.easier or line.text for passage in answer.passages for line in passage.lines)
    return (*lines_of(Role.LEAD, texts("easier_lead")), *lines_of(Role.PASSAGE, *lines))


def _stood_by(answer: StoodBy, texts: Texts) -> tuple[Line, ...]:
    first, *others = answer.passages
    lines = (first.text, *(f"- {passage.text}" for passage in others))
    lead = texts("sure_lead" if answer.sure else "source_lead")
    return (*lines_of(Role.LEAD, lead), *lines_of(Role.PASSAGE, *lines))


def _defined(answer: Defined, texts: Texts) -> tuple[Line, ...]:
    name = answer.term.term
    meaning = lines_of(Role.PASSAGE, f"{name[:1].upper()}{name[1:]}: {answer.term.text}")
    return (*meaning, *(_said(answer.said, texts) if answer.said else ()))


_LEADS = {OfEach: "general_lead", Compared: "compare_lead", WhichKind: "clarify_lead"}


def _of_each(answer: OfEach, texts: Texts) -> tuple[Line, ...]:
    lines = (f"- {texts('site_' + p.site)}: {p.text}" for p in answer.passages)
    return (*lines_of(Role.LEAD, texts(_LEADS[type(answer)])), *lines_of(Role.PASSAGE, *lines))


_SILENCE: dict[type[Answer], Callable[[Any, Texts], str]] = {
    Gap: lambda answer, texts: texts("not_found", missing=answer.missing),
    Unnamed: lambda answer, texts: texts(f"not_found_{answer.asked_for or 'nameless'}"),
    OffTopic: lambda _, texts: texts("out_of_scope"),
}


def _silence(answer: NotFound, texts: Texts) -> tuple[Line, ...]:
    return lines_of(Role.PLAIN, _SILENCE[type(answer)](answer, texts))


# What is said of each answer, alone or as a part of one.
_LINES: dict[type[Answer], Callable[[Any, Texts], tuple[Line, ...]]] = {
    Said: _said,
    Shortened: _shortened,
    Simplified: _simplified,
    StoodBy: _stood_by,
    Defined: _defined,
    OfEach: _of_each,
    Compared: _of_each,
    WhichKind: _of_each,
    Gap: _silence,
    Unnamed: _silence,
    OffTopic: _silence,
}
# The replies that rest on no source.
_UNCITED: dict[type[Answer], Callable[[Any, Texts, Index], Reply]] = {
    Gap: _silent,
    Unnamed: _silent,
    OffTopic: _silent,
    NothingLeft: _nothing_left,
    SourceList: _source_list,
}


def _links(sources: tuple[Source, ...], texts: Texts) -> str:
    urls = [source.url for source in sources if source.url != NOT_STATED]
    return texts("source_link", url=" and ".join(urls)) if urls else texts("source_no_link")


def _named(hit: Hit, texts: Texts) -> str:
    """Return what is said of a passage together with the condition it speaks of."""
    if any(name in hit.text.lower() for name in _NAMES_ITSELF):
        return hit.text
    return f"{texts('site_' + hit.passage.site)}: {hit.text}"


def _note(passages: tuple[Passage, ...], texts: Texts) -> str:
    """Return the most serious of the passages' notes."""
    noted = [(line.note, p.site) for p in passages for line in p.lines if line.note]
    if not noted:
        return ""
    note, site = min(noted, key=lambda pair: NOTES.index(pair[0]))
    return texts(f"note_{note}_{site}" if note == "urgent" else f"note_{note}")


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
