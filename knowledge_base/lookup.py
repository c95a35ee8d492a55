"""One question looked up in the sources: what they say to it, or an honest no."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.answerability import AnswerabilityModel, features
from knowledge_base.context import in_context, is_clear, on_its_own, stands_alone
from knowledge_base.finding import Finder, certain
from knowledge_base.follow_ups import asks_only_why, gives_a_reason
from knowledge_base.gaps import (
    clearly_outside,
    gap_asked_for,
    name_of_condition,
    name_of_gap,
    names_only_what_we_cover,
)
from knowledge_base.glossary import Glossary
from knowledge_base.outcome import Answer, NotFound, OffTopic, Said
from knowledge_base.passages import Passage
from knowledge_base.question import CASE_REPORT, Focus, Question, Request
from knowledge_base.search import Evidence, Hit, Searcher
from knowledge_base.sites import sites_compared
from knowledge_base.wording import asked_for, asks_for_the_story

# From this chance on, a message is about something else altogether.
OFF_TOPIC = 0.5


class Lookup:
    """Looks questions up, each within its conversation."""

    def __init__(self, searcher: Searcher, glossary: Glossary, model: AnswerabilityModel) -> None:
        """Take the parts; nothing is loaded here."""
        self._searcher = searcher
        self._model = model
        self.finder = Finder(searcher, glossary)

    def answer(self, question: Question, focus: Focus) -> Answer:
        """Return what the sources say to a question, or an honest no.

        Args:
            question: the message, or its part, that asks one thing.
            focus: what the conversation was about before it.
        """
        story = self._story(question, focus)
        if story:
            return self.finder.say(story, question, focus)
        alone, evidence = self.look(question, focus)
        reason = self._reason_given(question, focus)
        if reason:
            return replace(self.finder.say([certain(reason)], question, focus), unsure=False)
        of_the_foreign = focus.foreign and question.topic != "causes"
        if of_the_foreign and not question.sites and not stands_alone(alone.normalized):
            return NotFound(focus, focus.foreign)
        term = self.finder.defined(alone.normalized)
        if term and not question.sites:
            return self.finder.definition(term, evidence, focus, question)
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
            return self._decline(question, focus, alone, evidence, score)
        answer = self.finder.found(question, focus, alone, evidence)
        if isinstance(answer, Said):
            doubtful = score < self._model.sure and not surely_ours
            unsure = answer.unsure or (doubtful and not answer.repeated)
            verdict = None if unsure else answer.verdict
            answer = replace(answer, unsure=unsure, verdict=verdict)
        return replace(answer, answerability=score)

    def _decline(
        self,
        question: Question,
        focus: Focus,
        alone: Evidence,
        evidence: Evidence,
        score: float,
    ) -> NotFound:
        off_topic = question.chance(Request.OFF_TOPIC) > OFF_TOPIC
        missing = name_of_gap(alone, evidence)
        # "I meant the hip one" asks it again.
        asked = focus if off_topic else replace(focus, question=question.remembered)
        return (OffTopic if off_topic and not missing else NotFound)(
            replace(asked, foreign=name_of_condition(alone)),
            missing,
            asked_for(question.text),
            score,
        )

    def _reason_given(self, question: Question, focus: Focus) -> Passage | None:
        """Return what was just said, if a bare "why?" asks for the reason that stands in it."""
        if question.sites or not focus.last or not asks_only_why(question.text):
            return None
        said = self._searcher.index.passages[focus.last[0]]
        return said if gives_a_reason(said.text) else None

    def _story(self, question: Question, focus: Focus) -> list[Hit]:
        """Return the lines that tell of the patient of whom a message asks to be told."""
        article = CASE_REPORT if question.about_case else question.site or focus.article
        source = self._searcher.index.sources.get(article or "")
        if not source or not asks_for_the_story(self._searcher.normalize(question.text)):
            return []
        passages = self._searcher.index.passages.values()
        told = {fact: p for p in passages if p.kind == "fact" for fact in p.facts}
        return [certain(told[fact]) for fact in source.story_facts]

    def look(self, question: Question, focus: Focus) -> tuple[Evidence, Evidence]:
        """Return what search finds for a question alone, and within the conversation."""
        alone = on_its_own(self._searcher, question)
        return alone, in_context(self._searcher, question, focus, alone)

    def is_clear(self, text: str) -> bool:
        """Tell whether a message leans on nothing, and is near to a known question."""
        return is_clear(self._searcher.evidence(text))
