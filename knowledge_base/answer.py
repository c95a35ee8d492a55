"""From a question, in its conversation, to what is said, or an honest no."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from knowledge_base.answerability import AnswerabilityModel, features, shared_model
from knowledge_base.context import in_context, is_clear, on_its_own, stands_alone
from knowledge_base.finding import SURE, Finder, certain
from knowledge_base.follow_ups import (
    asks_for_only_a_part,
    asks_if_sure,
    asks_of_the_same,
    asks_only_why,
    asks_what_it_means,
    gives_a_reason,
    only_names_a_kind,
    wants_less,
)
from knowledge_base.gaps import (
    CLEARLY_NEARER,
    clearly_outside,
    gap_asked_for,
    name_of_condition,
    name_of_gap,
    names_only_what_we_cover,
)
from knowledge_base.glossary import Glossary, shared_glossary
from knowledge_base.normalize import words_of
from knowledge_base.outcome import Answer, Outcome, joined
from knowledge_base.passages import Passage
from knowledge_base.question import CASE_NAME, CASE_REPORT, SITE_NAMES, Focus, Question
from knowledge_base.search import Evidence, Hit, Searcher, shared_searcher
from knowledge_base.wording import (
    WHETHER,
    asked_for,
    asks,
    asks_for_the_story,
    defined_words,
    is_broad,
)

# From this confidence on, a message is about something else altogether.
OFF_TOPIC = 0.5
# A doubt of so many words or fewer asks for nothing else.
A_FEW_WORDS = 4
# A doubt of more words says what it asks: "that is correct or not, what did the study say".
A_SENTENCE = 7
# From this cosine on to a stored question a message asks it, whatever its intent seems to be
# within the conversation: no example of small talk comes nearer than 0.85.
ASKED = 0.88
# So sure must small talk be where a message is worded as a question; of some never, if above 1.
SURE_OF_SMALL_TALK = 0.7
SURE_ALTHOUGH_IT_ASKS = {"fear": 0.95, "deny": 1.1, "affirm": 1.1}
A_WORD_OR_TWO = 2
# A message of more words than this asks for more than the meaning of one.
A_WORD_ASKED_FOR = 9
MORE_SAID = 4


class Answerer:
    """Answers questions from the index, within a conversation."""

    def __init__(self, searcher: Searcher, glossary: Glossary, model: AnswerabilityModel) -> None:
        """Take the parts; nothing is loaded here."""
        self._searcher = searcher
        self._glossary = glossary
        self._model = model
        self._finder = Finder(searcher, glossary)

    def choose_site(self, question: Question, focus: Focus) -> Answer:
        """Ask the last question again, for the site that the message names.

        A message that names no one site, or asks for more than a site, is answered as it
        stands.
        """
        normalized = self._searcher.normalize(question.text)
        named_one = question.site or question.about_case
        sure = question.confidence("choose_site") >= SURE
        if not named_one or not (sure or is_broad(normalized)):
            return self.answer(question, focus)
        if not is_broad(normalized) and self.is_clear(question.text):
            return self.answer(question, focus)
        return self._ask_again(question, focus)

    def _ask_again(self, question: Question, focus: Focus) -> Answer:
        """Ask the last question for the kind that a message names."""
        name = SITE_NAMES[question.site] if question.site else CASE_NAME
        again = replace(
            question,
            text=f"{focus.question} {name}".strip(),
            bare=focus.question,
            topic=(focus.topic if focus.question else None) or question.topic or "overview",
        )
        if compared := self._finder.compared(question, focus):
            again = replace(again, text=focus.question, sites=compared)
        return self.answer(again, focus)

    def answer(self, question: Question, focus: Focus) -> Answer:
        """Answer a question.

        Args:
            question: the message, understood.
            focus: what the conversation was about before it.

        Returns:
            an answer, a clarification or an honest "not found".
        """
        if question.parts and not self._is_a_near_miss(question, focus):
            return self._each(question.parts, focus)
        another = (question.site or question.about_case) and only_names_a_kind(question.bare)
        if another and focus.question and not only_names_a_kind(focus.question):
            return self._ask_again(question, focus)
        of_the_last = bool(focus.last) and not question.sites
        if of_the_last and wants_less(question.text):
            return self.shorter(question, focus)
        if of_the_last and asks_if_sure(question.text):
            return self.stand_by(question, focus)
        story = self._story(question, focus)
        if story:
            return self._finder.say(story, question, focus)
        alone, evidence = self.look(question, focus)
        reason = self._reason_given(question, focus)
        if reason:
            said = self._finder.say([certain(reason)], question, focus)
            return replace(said, unsure=False, asked_for="why")
        of_the_foreign = focus.foreign and question.topic != "causes"
        if of_the_foreign and not question.sites and not stands_alone(alone.normalized):
            return Answer(Outcome.NOT_FOUND, focus, missing=focus.foreign)
        term = self._finder.defined(alone.normalized)
        score = self._model.score(features(question, alone, evidence))
        if term and not question.sites:
            return self._finder.definition(term, evidence, focus, question)
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
        if declined and not surely_ours and not self._finder.compared(question, focus):
            off_topic = question.confidence("out_of_scope") > OFF_TOPIC
            # "I meant the hip one" asks it again.
            asked = focus if off_topic else replace(focus, question=question.remembered)
            return Answer(
                Outcome.NOT_FOUND,
                replace(asked, foreign=name_of_condition(alone)),
                missing=name_of_gap(alone, evidence),
                asked_for=asked_for(question.text),
                off_topic=off_topic,
                answerability=score,
            )
        answer = self._finder.found(question, focus, alone, evidence)
        doubtful = score < self._model.sure and not surely_ours
        plain = answer.outcome is Outcome.ANSWER and not answer.general and not answer.again
        unsure = answer.unsure or (plain and doubtful)
        verdict = None if unsure else answer.verdict
        return replace(
            answer,
            answerability=score,
            unsure=unsure,
            verdict=verdict,
            asked_for=asked_for(question.text),
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

    def _each(self, parts: tuple[Question, ...], focus: Focus) -> Answer:
        """Answer the questions of a message one after the other, each knowing those before it."""
        answers: list[Answer] = []
        for part in parts:
            # "Do children get it, and is it different in them?" is one gap.
            same_gap = answers and answers[-1].missing and asks_of_the_same(part.text)
            if part.bare == part.text and (focus.foreign or same_gap):
                # "... tendonitis? What's the fix?" asks on about what is not ours.
                continue
            answer = self.answer(part, focus)
            if not (answers and self._was_answered(part, answer, focus)):
                answers.append(answer)
                focus = answer.focus
        if not answers:
            return Answer(Outcome.NOT_FOUND, focus, missing=focus.foreign)
        found = [answer for answer in answers if not _lacks_something_nameless(answer)]
        return joined(found or answers)

    def _is_a_near_miss(self, question: Question, focus: Focus) -> bool:
        """Tell whether a message as a whole asks for a detail that no source tells."""
        found = self.look(question, focus)[1]
        return found.near_miss > found.hits[0].similarity + CLEARLY_NEARER

    def _was_answered(self, part: Question, answer: Answer, focus: Focus) -> bool:
        """Tell whether a part without an answer of its own asks for what was just said."""
        if answer.outcome is not Outcome.NOT_FOUND or answer.missing or not focus.last:
            return False
        return self.look(part, focus)[1].hits[0].passage.id in focus.last

    def look(self, question: Question, focus: Focus) -> tuple[Evidence, Evidence]:
        """Return what search finds for a question alone, and within the conversation."""
        alone = on_its_own(self._searcher, question)
        return alone, in_context(self._searcher, question, focus, alone)

    def is_clear(self, text: str) -> bool:
        """Tell whether a message leans on nothing, and is near to a known question."""
        return is_clear(self._searcher.evidence(text))

    def asks(self, question: Question, intent: str, focus: Focus) -> bool:
        """Tell whether a message that seems to be small talk asks something.

        It does if it wants less of what was said, if by itself it asks what is stored in nearly
        the same words, or if it is worded as a question and its intent is not sure enough for that.
        """
        if focus.last and wants_less(question.text):
            return True
        evidence = self._searcher.evidence(question.text)
        if asks(question.text) and len(words_of(question.text)) > A_WORD_OR_TWO:
            sure = SURE_ALTHOUGH_IT_ASKS.get(intent, SURE_OF_SMALL_TALK)
            if question.confidence(intent) < sure or name_of_condition(evidence):
                return True
        return evidence.hits[0].similarity >= ASKED

    def more(self, question: Question, focus: Focus) -> Answer:
        """Say what has not been said yet of the section in focus."""
        if focus.last and asks_for_only_a_part(question.text):
            return self.shorter(question, focus)
        if question.confidence("ask_more", "affirm") < SURE:
            return self.answer(question, focus)
        section = self._searcher.index.passages.get(f"{focus.article}/{focus.topic}")
        lines = self._finder.lines(section) if section else []
        left = [passage for passage in lines if passage.id not in focus.shown]
        if not section or not left:
            return Answer(Outcome.CLARIFY, focus)
        said = left[:MORE_SAID]
        return self._finder.say(
            [certain(line) for line in said], Question("", focus.question), focus
        )

    def shorter(self, question: Question, focus: Focus) -> Answer:
        """Say the first passage of the last answer alone; a message that asks is answered."""
        sure = question.confidence("ask_shorter") >= SURE or wants_less(question.text)
        if question.sites or not sure:
            return self.answer(question, focus)
        if not focus.last:
            return Answer(Outcome.CLARIFY, focus)
        if asks_for_only_a_part(question.text):
            section = f"{focus.article}/{focus.topic}"
            hits = self.look(question, focus)[1].hits
            part = next(hit for hit in hits if hit.passage.section == section)
            return self._finder.say([part], question, focus)
        leading = self._searcher.index.passages[focus.last[0]]
        return Answer(Outcome.ANSWER, focus, (certain(leading),), short=True, more=True)

    def stand_by(self, question: Question, focus: Focus) -> Answer:
        """Say the last answer again, as what its source says; a message that asks is answered.

        Returns:
            small talk without passages if nothing has been said yet.
        """
        words = len(words_of(question.text))
        sure = question.confidence("ask_source") >= SURE and words <= A_SENTENCE
        doubts = sure or asks_if_sure(question.text) or words <= A_FEW_WORDS
        if question.sites or not doubts:
            return self.answer(question, focus)
        if not focus.last:
            return Answer(Outcome.SMALLTALK, focus)
        said = tuple(certain(self._searcher.index.passages[name]) for name in focus.last)
        return Answer(Outcome.ANSWER, focus, said, again="source")

    def explain(self, question: Question, focus: Focus) -> Answer:
        """Explain a medical word; a message that asks for more than a word is answered."""
        normalized = self._searcher.normalize(question.text)
        terms = self._glossary.find(defined_words(normalized) or normalized)
        if not terms and asks_what_it_means(question.text):
            terms = self._glossary.find(self._searcher.normalize(focus.question))
        if not terms or len(words_of(normalized)) > A_WORD_ASKED_FOR:
            return self.answer(question, focus)
        evidence = self._searcher.evidence(question.text, focus.site)
        return self._finder.definition(terms[0], evidence, focus, question)


def _lacks_something_nameless(answer: Answer) -> bool:
    """Tell whether an honest no names nothing: "is that a real thing" asks for nothing more."""
    nameless = not answer.missing and answer.asked_for in ("", WHETHER)
    return answer.outcome is Outcome.NOT_FOUND and nameless


@lru_cache(maxsize=1)
def shared_answerer() -> Answerer:
    """Return the one answerer of this process."""
    return Answerer(shared_searcher(), shared_glossary(), shared_model())
