"""From what search found to an answer: which passages are said, at which grain."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.articles import SITES
from knowledge_base.context import is_clear
from knowledge_base.follow_ups import asks_to_compare, asks_what_else, leans_on_the_answer
from knowledge_base.glossary import Glossary, Term
from knowledge_base.index import Entry
from knowledge_base.normalize import words_of
from knowledge_base.outcome import Cited, Defined, NotFound, OfEach, Said, WhichKind
from knowledge_base.passages import Passage
from knowledge_base.question import CASE_REPORT, SITE_NAMES, Focus, Question
from knowledge_base.search import Evidence, Hit, Searcher
from knowledge_base.sites import last_two, sites_compared, sites_meant
from knowledge_base.verdict import verdict_on
from knowledge_base.wording import (
    asked_for,
    asks_for_a_list,
    defined_words,
    is_broad,
    names_several,
)

# How far below the best passage, in units of the search score, another item of a list is said.
NEAR = 0.15
# From this confidence on, an intent is taken at its word; below, a message that steers the
# conversation is taken for a question within it.
SURE = 0.8
LIST_SAID = 8
# From this cosine on, what was said answers another question, too.
NEAR_ENOUGH_TO_REPEAT = 0.9
# Among so many of the best passages, one that holds a word says what it is about.
NAMING = 3
CARE_DIFFERS = ("treatment",)


class Finder:
    """Chooses among found passages, and makes an answer of them."""

    def __init__(self, searcher: Searcher, glossary: Glossary) -> None:
        """Take the parts; nothing is loaded here."""
        self._searcher = searcher
        self._glossary = glossary

    def found(
        self, question: Question, focus: Focus, alone: Evidence, evidence: Evidence
    ) -> Cited | NotFound:
        """Answer a question that the sources answer.

        Args:
            question: the message.
            focus: what the conversation was about before it.
            alone: what search found for the message alone.
            evidence: what it found within the conversation.
        """
        sites = sites_meant(question, focus, evidence)
        if compared := sites_compared(question, focus):
            return self._general(question, focus, alone, compared, broad=False)
        asks_on = bool(focus.last) and not question.sites and leans_on_the_answer(question.text)
        broad = is_broad(alone.normalized) and not asks_on
        if len(sites) != 1:
            return self._general(question, focus, evidence, sites, broad)
        site = sites[0]
        article = evidence.hits[0].passage.article
        if broad and question.topic and not question.about_case:
            of_the_case = focus.article == CASE_REPORT and not question.sites
            if not of_the_case and site in self._searcher.index.sources:
                article = site
            section = self._searcher.index.passages.get(f"{article}/{question.topic}")
            if section is None:
                moved = Focus(site=site, question=focus.question)
                return NotFound(moved, f"{question.topic} of {SITE_NAMES[site]}")
            unsure_topic = question.topics.get(question.topic, 0.0) < SURE
            if unsure_topic or (question.sites and is_clear(evidence)):
                found = self._searcher.index.passages[evidence.hits[0].passage.section]
                section = found if found.article == article else section
            return self.say([evidence.hit_of(self.lines(section)[0])], question, focus)
        hits = [hit for hit in evidence.hits if hit.passage.site == site]
        if focus.last and focus.article != CASE_REPORT and asks_what_else(question.text):
            # The line that leads a section names all of them.
            section = self._searcher.index.passages[f"{focus.article}/{focus.topic}"]
            leading = self.lines(section)[0]
            if leading.id not in focus.last:
                hits = [evidence.hit_of(leading)]
        if not asks_for_a_list(question.text):
            return self.say(hits[:1], question, focus)
        first = hits[0].passage
        # The line that leads a section is a list by itself.
        summary = f"{first.section}/1"
        if first.id == summary:
            return self.say(hits[:1], question, focus)
        near = [
            hit
            for hit in hits
            if hit.score > hits[0].score - NEAR
            and hit.passage.section == first.section
            and hit.passage.id != summary
        ]
        if naming := [hit for hit in near[:NAMING] if names_several(hit.passage.text)]:
            near = naming[:1]
        return self.say(near[:LIST_SAID], question, focus)

    def _general(
        self,
        question: Question,
        focus: Focus,
        evidence: Evidence,
        sites: tuple[str, ...],
        broad: bool,
    ) -> OfEach | NotFound:
        if broad:
            named = question.sites or SITES
            topic = question.topic or "overview"
            sections = [self._searcher.index.passages.get(f"{s}/{topic}") for s in named]
            hits = [evidence.hit_of(self.lines(one)[0]) for one in sections if one]
        else:
            hits = _best_of_each(sites, evidence)
        if not hits:
            return NotFound(focus, asked_for=asked_for(question.text))
        differs = question.topic in CARE_DIFFERS and not asks_to_compare(question.text)
        return (WhichKind if differs else OfEach)(
            Focus(topic=question.topic, question=question.remembered, sites=last_two(sites)),
            tuple(hits),
            compared=asked_for(question.text) == "compare",
        )

    def definition(
        self, term: Term, evidence: Evidence, focus: Focus, question: Question
    ) -> Defined:
        """Say what a word means, and the passage that speaks of it, if one is near."""
        names = {name.lower() for name in (term.term, *term.aliases)}
        named = [
            hit
            for hit in evidence.hits[:NAMING]
            if any(name in hit.passage.text.lower() for name in names)
        ]
        foreign = f"how to treat or find {term.term}" if term.condition else ""
        said = self.say(named[:1], question, focus) if named else None
        if said:
            said = replace(said, verdict=None, repeated=False)
        return Defined(
            replace(said.focus if said else focus, foreign=foreign),
            said.hits if said else (),
            bool(said and said.unsure),
            term=term,
            said=said,
        )

    def defined(self, normalized: str) -> Term | None:
        """Return the term whose meaning, and nothing else, a normalised message asks for."""
        words = defined_words(normalized)
        terms = self._glossary.find(words) if words else []
        return terms[0] if len(terms) == 1 and _only(words, terms[0]) else None

    def say(self, hits: list[Hit], question: Question, focus: Focus) -> Said:
        """Make an answer of passages, the one that answers first."""
        best = hits[0]
        verdict = verdict_on(self._searcher, question, best.passage, focus)
        about = best.passage
        ids = tuple(hit.passage.id for hit in hits)
        before = focus.shown if (focus.article, focus.topic) == (about.article, about.topic) else ()
        same_answer = ids == focus.last
        repeated = same_answer and _is_asked_again(question, focus)
        if same_answer:
            hits = hits[:1]
        shown = tuple(dict.fromkeys((*before, *ids)))
        section = self.lines(self._searcher.index.passages[about.section])
        hits = [self._searcher.as_asked(hit, question.text, question.before) for hit in hits]
        return Said(
            Focus(
                about.site,
                about.article,
                about.topic,
                question.remembered,
                shown,
                ids,
                sites=last_two((*focus.sites, about.site)),
            ),
            tuple(hits),
            # Another question that leads to the same line is hardly answered by it, unless it is
            # near: then it was for 9 of 11 fresh messages.
            unsure=same_answer and not repeated and best.similarity < NEAR_ENOUGH_TO_REPEAT,
            verdict=verdict,
            repeated=repeated,
            inferred=about.site != focus.site and not (question.sites or question.about_case),
            more=any(passage.id not in shown for passage in section),
        )

    def lines(self, section: Passage) -> list[Passage]:
        """Return the fact passages of a section, in order."""
        passages = self._searcher.index.passages
        return [passages[f"{section.id}/{n}"] for n in range(1, len(section.lines) + 1)]


def _is_asked_again(question: Question, focus: Focus) -> bool:
    return words_of(question.remembered) == words_of(focus.question)


def _best_of_each(sites: tuple[str, ...], evidence: Evidence) -> list[Hit]:
    """Return the best hit of each site, all on the one topic that they speak of best."""
    on_topic: dict[str, dict[str, Hit]] = {}
    for hit in reversed(evidence.hits):
        on_topic.setdefault(hit.passage.topic, {})[hit.passage.site] = hit
    of_all = [hits for hits in on_topic.values() if set(sites) <= hits.keys()]
    if of_all:
        best = max(of_all, key=lambda hits: sum(hits[site].score for site in sites))
    else:
        best = {hit.passage.site: hit for hit in reversed(evidence.hits)}
    return [best[site] for site in sites if site in best]


def certain(passage: Passage) -> Hit:
    """Return a passage as a hit that nobody doubts."""
    return Hit(passage, 1.0, 1.0, Entry(passage.text, passage.id))


def _only(words: str, term: Term) -> bool:
    return any(words == name.lower() for name in (term.term, *term.aliases))
