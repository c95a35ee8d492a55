"""From one question to what the sources say to it, at which grain, or an honest no."""

from dataclasses import replace

from knowledge_base.answerability import AnswerabilityModel, features
from knowledge_base.articles import SITES
from knowledge_base.context import in_context, is_clear, on_its_own, stands_alone
from knowledge_base.follow_ups import (
    asks_of_each,
    asks_only_why,
    asks_to_compare,
    asks_what_else,
    gives_a_reason,
    leans_on_the_answer,
)
from knowledge_base.gaps import (
    clearly_outside,
    gap_asked_for,
    name_of_condition,
    name_of_gap,
    names_only_what_we_cover,
)
from knowledge_base.glossary import Glossary, Term
from knowledge_base.listing import NAMING, asked_items
from knowledge_base.outcome import (
    Answer,
    Cited,
    Compared,
    Defined,
    Gap,
    NotFound,
    OfEach,
    OffTopic,
    Said,
    Shortened,
    Unnamed,
    WhichKind,
)
from knowledge_base.passages import Passage
from knowledge_base.question import CASE_REPORT, SITE_NAMES, Focus, Question, Request
from knowledge_base.reranker import Reranker
from knowledge_base.search import Evidence, Hit, Searcher, certain
from knowledge_base.sites import best_of_each, last_two, sites_compared, sites_meant
from knowledge_base.verdict import LEAST_ANSWERABILITY, verdict_on
from knowledge_base.wording import (
    asked_for,
    asks_for_the_story,
    asks_which_is_worse,
    defined_words,
    is_broad,
    says_which_is_worse,
)

# From this chance on, a message is about something else altogether.
OFF_TOPIC = 0.5
# From this chance on, a request is taken at its word; below, it is taken for a question.
SURE = 0.8
# From this cosine on to a known question, "how did they fix it?" asks for what that one asks for,
# not for the whole topic: right for 19 of 21 fresh messages, the line that leads the topic for 16.
KNOWN_QUESTION = 0.8
# From this cosine on, what was said answers another question, too.
NEAR_ENOUGH_TO_REPEAT = 0.85
CARE_DIFFERS = ("treatment",)


class Finder:
    """Looks one question up, and makes an answer of what is found."""

    def __init__(
        self,
        searcher: Searcher,
        reranker: Reranker,
        glossary: Glossary,
        model: AnswerabilityModel,
    ) -> None:
        """Take the parts; nothing is loaded here."""
        self._searcher = searcher
        self._reranker = reranker
        self._glossary = glossary
        self._model = model

    def answer(self, question: Question, focus: Focus) -> Answer:
        """Return what the sources say to a question, or an honest no.

        Args:
            question: the message, or its part, that asks one thing.
            focus: what the conversation was about before it.
        """
        alone, evidence = self.look(question, focus)
        story = self._story(question, focus, alone)
        if story:
            return self.say(story, question, focus)
        reason = self._reason_given(question, focus)
        if reason:
            return replace(self.say([certain(reason)], question, focus), unsure=False)
        of_the_foreign = focus.foreign and question.topic != "causes"
        if of_the_foreign and not question.sites and not stands_alone(alone.normalized):
            return Gap(focus, name_of_condition(alone) or focus.foreign)
        term = self._defined(alone.normalized)
        # "What is the outlook?" asks on, and not for the meaning of a word.
        of_a_topic = focus.last and question.topic != "overview" and is_broad(alone.normalized)
        if term and not question.sites and not of_a_topic:
            return self.definition(term, evidence, focus, question)
        score = self._model.score(features(question, alone, evidence))
        ours = question.sites or question.about_case
        declined = (
            score < self._model.threshold
            or clearly_outside(evidence)
            or bool(name_of_condition(alone) and not ours)
            or gap_asked_for(alone, evidence) is not None
        )
        surely_ours = names_only_what_we_cover(alone)
        if asks_only_why(question.text) and evidence.hits[0].passage.id in focus.last:
            # The reason is not in what was said, and nothing else is nearer.
            declined, surely_ours = True, False
        if declined and not surely_ours and not sites_compared(question, focus):
            off_topic = question.chance(Request.OFF_TOPIC) > OFF_TOPIC
            # "I meant the hip one" asks it again.
            asked = focus if off_topic else replace(focus, question=question.remembered)
            asked = replace(asked, foreign=name_of_condition(alone))
            if missing := name_of_gap(alone, evidence):
                return Gap(asked, missing, answerability=score)
            unnamed = OffTopic if off_topic else Unnamed
            return unnamed(asked, asked_for(question.text), answerability=score)
        answer = self._found(question, focus, alone, evidence)
        if isinstance(answer, Said):
            doubtful = score < self._model.sure and not surely_ours
            unsure = answer.unsure or (doubtful and not answer.repeated)
            verdict = None if unsure or score < LEAST_ANSWERABILITY else answer.verdict
            answer = replace(answer, unsure=unsure, verdict=verdict)
        return replace(answer, answerability=score)

    def search(self, question: Question, focus: Focus) -> tuple[Evidence, Evidence]:
        """Return what search finds for a question alone, and within the conversation."""
        alone = on_its_own(self._searcher, question)
        return alone, in_context(self._searcher, question, focus, alone)

    def look(self, question: Question, focus: Focus) -> tuple[Evidence, Evidence]:
        """Return the same as `search`, the nearest passages in the order that reading gives."""
        alone, found = self.search(question, focus)
        read = self._reranker.reranked(found, question.text, question.before)
        return (read if found is alone else alone), read

    def is_clear(self, text: str) -> bool:
        """Tell whether a message leans on nothing, and is near to a known question."""
        return is_clear(self._searcher.evidence(text))

    def _reason_given(self, question: Question, focus: Focus) -> Passage | None:
        """Return what was just said, if a bare "why?" asks for the reason that stands in it."""
        if question.sites or not focus.last or not asks_only_why(question.text):
            return None
        said = self._searcher.index.passages[focus.last[0]]
        return said if gives_a_reason(said.text) else None

    def _story(self, question: Question, focus: Focus, alone: Evidence) -> list[Hit]:
        """Return the lines that tell of the patient of whom a message asks to be told."""
        if not asks_for_the_story(alone.normalized):
            return []
        named = CASE_REPORT if question.about_case else question.site or focus.article
        sources = self._searcher.index.sources
        source = sources[named or alone.hits[0].passage.article]
        if not source.story_facts:
            # "What happened to the woman with the hip bleed?": the other article on it tells.
            of_the_site = (one for one in sources.values() if one.site == source.site)
            source = next((one for one in of_the_site if one.story_facts), source)
        passages = self._searcher.index.passages.values()
        told = {fact: p for p in passages if p.kind == "fact" for fact in p.facts}
        return [certain(told[fact]) for fact in source.story_facts]

    def _found(
        self, question: Question, focus: Focus, alone: Evidence, evidence: Evidence
    ) -> Cited | NotFound:
        """Answer a question that the sources answer.

        Args:
            question: see `answer`.
            focus: see `answer`.
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
        hits = [hit for hit in evidence.hits if hit.passage.site == site]
        said = hits[0].passage.id in focus.last
        known = not said and hits[0].similarity >= max(KNOWN_QUESTION, evidence.near_miss)
        if broad and not known and question.topic and not question.about_case:
            of_the_case = focus.article == CASE_REPORT and not question.sites
            article = hits[0].passage.article if of_the_case else site
            section = f"{article}/{question.topic}"
            if section not in self._searcher.index.passages:
                moved = Focus(site=site, question=focus.question)
                return Gap(moved, f"{question.topic} of {SITE_NAMES[site]}")
            return self.say([evidence.hit_of(self.lines(section)[0])], question, focus)
        if focus.last and focus.article != CASE_REPORT and asks_what_else(question.text):
            # The line that leads a section names all of them.
            leading = self.lines(f"{focus.article}/{focus.topic}")[0]
            if leading.id not in focus.last:
                hits = [evidence.hit_of(leading)]
        return self.say(asked_items(hits, question.text), question, focus)

    def _general(
        self,
        question: Question,
        focus: Focus,
        evidence: Evidence,
        sites: tuple[str, ...],
        broad: bool,
    ) -> Cited | Unnamed:
        if broad:
            named = question.sites or SITES
            topic = question.topic or "overview"
            leading = [line for site in named for line in self.lines(f"{site}/{topic}")[:1]]
            hits = [evidence.hit_of(line) for line in leading]
        else:
            hits = best_of_each(sites, evidence)
        if not hits:
            return Unnamed(focus, asked_for(question.text))
        not_yet_said = [hit for hit in hits if hit.passage.id not in focus.last]
        compares = asked_for(question.text) == "compare"
        of_each = compares or asks_of_each(question.text)
        if len(not_yet_said) == 1 < len(hits) and not of_each:
            # "And for the hip muscle, is it the same?": the other one was just said.
            return self.say(not_yet_said, question, focus)
        about = Focus(topic=question.topic, question=question.remembered, sites=last_two(sites))
        if question.topic in CARE_DIFFERS and not asks_to_compare(question.text):
            return WhichKind(about, tuple(hits))
        if not compares:
            return OfEach(about, tuple(hits))
        topic = hits[0].passage.topic
        lines = [line for site in sites for line in self.lines(f"{site}/{topic}")]
        worse = [line for line in lines if says_which_is_worse(line.text)]
        if worse and asks_which_is_worse(question.text):
            return self.say([evidence.hit_of(worse[0])], question, focus)
        return Compared(about, tuple(hits))

    def definition(
        self, term: Term, evidence: Evidence, focus: Focus, question: Question
    ) -> Defined:
        """Say what a word means, and the passage that speaks of it, if one is near."""
        found = evidence.hits[:NAMING]
        named = [h for h in found if any(name in h.passage.text.lower() for name in term.names)]
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

    def _defined(self, normalized: str) -> Term | None:
        """Return the term whose meaning, and nothing else, a normalised message asks for."""
        words = defined_words(normalized)
        terms = self._glossary.find(words)
        return terms[0] if len(terms) == 1 and words in terms[0].names else None

    def say(self, hits: list[Hit], question: Question, focus: Focus) -> Said:
        """Make an answer of passages, the one that answers first."""
        about = hits[0].passage
        verdict = verdict_on(self._searcher, question, about, focus)
        ids = tuple(hit.passage.id for hit in hits)
        before = focus.shown if (focus.article, focus.topic) == (about.article, about.topic) else ()
        same_answer = ids == focus.last
        repeated = same_answer and question.repeats(focus)
        shown = tuple(dict.fromkeys((*before, *ids)))
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
            tuple(hits[:1] if same_answer else hits),
            # Another question that leads to the same line is hardly answered by it, unless it is
            # near: then it was for 9 of 11 fresh messages.
            unsure=same_answer and not repeated and hits[0].similarity < NEAR_ENOUGH_TO_REPEAT,
            verdict=verdict,
            repeated=repeated,
            inferred=about.site != focus.site and not (question.sites or question.about_case),
            more=any(line.id not in shown for line in self.lines(about.section)),
        )

    def last_said(self, focus: Focus) -> tuple[Hit, ...]:
        """Return the passages that were said last."""
        return tuple(certain(self._searcher.index.passages[name]) for name in focus.last)

    def shorter(self, focus: Focus) -> Shortened:
        """Say the last answer in one sentence; a story, or two answers, in two."""
        said = self.last_said(focus)
        sections = {hit.passage.section for hit in said}
        ends = said[:1] if len(sections) == 1 else (said[0], said[-1])
        asked = [self._searcher.as_asked(hit, focus.question, "") for hit in ends]
        numbers = [hit.sentences or hit.passage.lines[0].numbers for hit in asked]
        first_ones = zip(asked, numbers, strict=True)
        hits = tuple(replace(hit, sentences=n[:1]) for hit, n in first_ones)
        return Shortened(focus, hits, easier=len(asked) == len(numbers[0]) == 1)

    def lines(self, section: str) -> list[Passage]:
        """Return the fact passages of the section with an id, in order; none if there is none."""
        passages = self._searcher.index.passages.values()
        return [p for p in passages if p.kind == "fact" and p.section == section]
