"""From a message, in its conversation, to what is said: each request is met in its own way."""

from dataclasses import replace
from functools import lru_cache

from knowledge_base.answerability import AnswerabilityModel, shared_model
from knowledge_base.finding import SURE, Finder
from knowledge_base.follow_ups import (
    asks_for_easier_words,
    asks_for_only_a_part,
    asks_if_sure,
    asks_of_the_same,
    asks_what_it_means,
    goes_on_asking,
    only_names_a_kind,
    wants_less,
)
from knowledge_base.gaps import CLEARLY_NEARER, name_of_condition
from knowledge_base.glossary import Glossary, shared_glossary
from knowledge_base.normalize import words_of
from knowledge_base.outcome import (
    Answer,
    CareAdvice,
    Cited,
    Declined,
    Gap,
    NotFound,
    NothingLeft,
    Outcome,
    Simplified,
    SmallTalk,
    SourceList,
    StoodBy,
    Unnamed,
    joined,
)
from knowledge_base.question import CASE_NAME, CASE_REPORT, SITE_NAMES, Focus, Question, Request
from knowledge_base.reranker import Reranker, shared_reranker
from knowledge_base.search import Searcher, certain, shared_searcher
from knowledge_base.sites import sites_compared
from knowledge_base.wording import (
    WHETHER,
    asked_for,
    asking_sentence,
    asks,
    asks_to_be_told,
    asks_what_to_do,
    asks_whether_it_will_hurt,
    defined_words,
    speaks_of_oneself,
    speaks_of_someone,
    tells_a_result,
)

# What may be a doubt asks for nothing else with so few words, what surely is one with so few; more
# words say what they ask: "that is correct or not, what did the study say".
A_WORD_OR_TWO, A_FEW_WORDS, A_SENTENCE = 2, 4, 7
# From these cosines on to a stored question, by itself and after what was said, a message asks it;
# doubts and small talk come no nearer than 0.85 and 0.91.
ASKED, ASKED_ON = 0.88, 0.92
# So sure must small talk be where a message is worded as a question; of some never, if above 1.
SURE_OF_SMALL_TALK = 0.7
SURE_ALTHOUGH_IT_ASKS = {Request.FEAR: 0.95, Request.DENY: 1.1}
# A message of more words than this asks for more than the meaning of one.
A_WORD_ASKED_FOR = 9
MORE_SAID = 4
# A part of a message that is less near to anything asks nothing of ours, however it is worded.
ABOUT_US = 0.6
SMALL_TALK = (Request.TALK, Request.TELL, Request.FEAR, Request.DENY, Request.MISUSE)


class Answerer:
    """Answers questions from the index, within a conversation."""

    def __init__(
        self,
        searcher: Searcher,
        reranker: Reranker,
        glossary: Glossary,
        model: AnswerabilityModel,
    ) -> None:
        """Take the parts; nothing is loaded here."""
        self._searcher = searcher
        self._glossary = glossary
        self.finder = Finder(searcher, reranker, glossary, model)
        self._ways = {
            Request.MORE: self._more,
            Request.SHORTER: self._shorter,
            Request.DOUBT: self._stand_by,
            Request.EXPLAIN: self._explain,
            Request.ADVICE: self._advise,
            **dict.fromkeys((Request.CARE, Request.WHOM), self._say_whom_to_call),
            **dict.fromkeys(SMALL_TALK, self._talk),
        }

    def reply_to(self, question: Question, focus: Focus) -> Answer:
        """Reply to a message as what it seems to be.

        Whatever it seems to be, a message that turns out to be a question is answered.

        Args:
            question: the message, understood.
            focus: what the conversation was about before it.
        """
        return self._ways.get(question.request, self._ask)(question, focus)

    def _ask(self, question: Question, focus: Focus) -> Answer:
        """Answer, unless nobody can say it of the writer: whether it will hurt, or what to do."""
        if asks_whether_it_will_hurt(question.text):
            return Declined(focus, "hurts")
        if asks_what_to_do(question.text):
            return Declined(focus, asked_for(question.text))
        of_the_case = question.about_case or focus.article == CASE_REPORT
        speaks = speaks_of_oneself if of_the_case else speaks_of_someone
        if speaks(question.text) and tells_a_result(question.text):
            return Declined(focus, "results")
        if question.request is Request.CHOOSE:
            return self._choose(question, focus)
        return self._answer(question, focus)

    def _choose(self, question: Question, focus: Focus) -> Answer:
        """Ask the last question again, for the site that the message names.

        A message that names no one site, or asks for more than a site, is answered as it
        stands.
        """
        named_one = question.site or question.about_case
        only_a_kind = not question.bare or only_names_a_kind(question.bare)
        sure = question.chance(Request.CHOOSE) >= SURE
        chosen = named_one and (only_a_kind or (sure and not self.finder.is_clear(question.text)))
        return (self._ask_again if chosen else self._answer)(question, focus)

    def _ask_again(self, question: Question, focus: Focus) -> Answer:
        """Ask the last question for the kind that a message names."""
        name = SITE_NAMES[question.site] if question.site else CASE_NAME
        again = replace(
            question,
            text=f"{focus.question} {name}".strip(),
            bare=focus.question,
            topic=(focus.topic if focus.question else None) or question.topic or "overview",
        )
        if compared := sites_compared(question, focus):
            again = replace(again, text=focus.question, sites=compared)
        return self._answer(again, focus)

    def _answer(self, question: Question, focus: Focus) -> Answer:
        """Answer a question, or each of a message; some of them only lean on the last answer."""
        of_the_last = bool(focus.last) and not question.sites
        if of_the_last and asks_if_sure(question.text):
            return self._stand_by(question, focus)
        if question.parts and not self._is_a_near_miss(question, focus):
            answer = self._each(question.parts, focus)
            # What no part of a message says by itself, the whole of it may.
            whole = self.finder.answer(question, focus) if isinstance(answer, Unnamed) else None
            return whole if isinstance(whole, Cited) and not whole.unsure else answer
        another = (question.site or question.about_case) and only_names_a_kind(question.bare)
        if another and focus.question and not only_names_a_kind(focus.question):
            return self._ask_again(question, focus)
        if of_the_last and wants_less(question.text):
            return self._shorter(question, focus)
        return self.finder.answer(question, focus)

    def _each(self, parts: tuple[Question, ...], focus: Focus) -> Answer:
        """Answer the questions of a message one after the other, each knowing those before it."""
        answers: list[Answer] = []
        asked_in_vain: list[tuple[Unnamed, str]] = []
        for part in parts:
            # "Do children get it, and is it different in them?" is one gap.
            same_gap = answers and isinstance(answers[-1], Gap) and asks_of_the_same(part.text)
            if part.bare == part.text and (focus.foreign or same_gap):
                # "... tendonitis? What's the fix?" asks on about what is not ours.
                continue
            answer = self._answer(part, focus)
            if isinstance(answer, Unnamed):
                nearest = self.finder.look(part, focus)[1].hits[0]
                about_us = nearest.similarity >= ABOUT_US
                asked_in_vain.append((answer, nearest.passage.id if about_us else ""))
            answers.append(answer)
            focus = answer.focus
        if not answers:
            return Gap(focus, focus.foreign)
        said = {passage.id for answer in answers for passage in answer.passages}
        # "Is that a real thing" and "where was I?" ask nothing more, nor what another part answers.
        nothing = ("", WHETHER)
        idle = [a for a, near in asked_in_vain if near in {"", *said} or a.asked_for in nothing]
        return joined([a for a in answers if not (said and a in idle)])

    def _is_a_near_miss(self, question: Question, focus: Focus) -> bool:
        """Tell whether a message as a whole asks for a detail that no source tells."""
        found = self.finder.search(question, focus)[1]
        return found.near_miss > found.similarity(question.sites) + CLEARLY_NEARER

    def _talk(self, question: Question, focus: Focus) -> Answer:
        """Leave small talk to whoever puts answers into words; what asks after all is answered."""
        if self._asks(question, focus) or asks_whether_it_will_hurt(question.text):
            return self._ask(question, focus)
        if question.request is Request.TELL and tells_a_result(question.text):
            return Declined(focus, "results")
        return SmallTalk(focus)

    def _asks(self, question: Question, focus: Focus) -> bool:
        """Tell whether what seems small talk wants less, asks what is stored, or is a question."""
        if focus.last and wants_less(question.text):
            return True
        evidence = self._searcher.evidence(question.text)
        worded = asks(question.text) and len(words_of(question.text)) > A_WORD_OR_TWO
        if worded or (focus.last and goes_on_asking(question.text)):
            sure = SURE_ALTHOUGH_IT_ASKS.get(question.request, SURE_OF_SMALL_TALK)
            if question.chance(question.request) < sure or name_of_condition(evidence):
                return True
        return evidence.hits[0].similarity >= ASKED or self._asks_on(question, focus)

    def _asks_on(self, question: Question, focus: Focus) -> bool:
        """Tell whether a message asks what is stored in nearly the same words, after the last."""
        return bool(focus.last) and self.finder.search(question, focus)[1].similarity() >= ASKED_ON

    def _advise(self, question: Question, focus: Focus) -> Answer:
        """Decline to decide for a person.

        A question that speaks of nobody is only worded like a request for advice: what the sources
        surely cover is answered if it names its site, what they do not cover declined by its name.
        """
        of_someone = speaks_of_someone(question.text)
        asked = asked_for(asking_sentence(question.text))
        if of_someone and not asks_to_be_told(question.text):
            return Declined(focus, asked)
        answer = self._answer(question, focus)
        if not of_someone and question.sites and isinstance(answer, Cited) and not answer.unsure:
            return answer
        hardly = not of_someone and question.chance(Request.ADVICE) < SURE
        if isinstance(answer, Gap) or (hardly and isinstance(answer, NotFound)):
            return replace(answer, focus=focus)
        return Declined(focus, asked)

    def _say_whom_to_call(self, question: Question, focus: Focus) -> Answer:
        """Leave care to fixed words; "which specialists are brought in?" is told by a source."""
        if asked_for(question.text) == "how_often":
            return Declined(focus, "how_often")
        asks_of_a_kind = question.request is Request.WHOM and question.site
        if asks_of_a_kind and not speaks_of_someone(question.text):
            answer = self._answer(question, focus)
            is_told = isinstance(answer, Cited) and not answer.unsure
            if is_told and answer.outcome is Outcome.ANSWER:
                return answer
        return CareAdvice(focus)

    def _more(self, question: Question, focus: Focus) -> Answer:
        """Say what has not been said yet of the section in focus."""
        if focus.last and asks_for_only_a_part(question.text):
            return self._shorter(question, focus)
        if question.chance(Request.MORE) < SURE:
            return self._answer(question, focus)
        section = self.finder.lines(f"{focus.article}/{focus.topic}")
        left = [certain(line) for line in section if line.id not in focus.shown]
        if not left:
            return NothingLeft(focus)
        return self.finder.say(left[:MORE_SAID], Question("", focus.question), focus)

    def _shorter(self, question: Question, focus: Focus) -> Answer:
        """Say the last answer in fewer or in easier words; a message that asks is answered."""
        easier = asks_for_easier_words(question.text)
        sure = easier or wants_less(question.text) or question.chance(Request.SHORTER) >= SURE
        if question.sites or not sure:
            return self._answer(question, focus)
        if not focus.last:
            return NothingLeft(focus)
        if asks_for_only_a_part(question.text):
            section = f"{focus.article}/{focus.topic}"
            hits = self.finder.look(question, focus)[1].hits
            part = next(hit for hit in hits if hit.passage.section == section)
            return self.finder.say([part], question, focus)
        if easier:
            return Simplified(focus, self.finder.last_said(focus))
        return self.finder.shorter(focus)

    def _stand_by(self, question: Question, focus: Focus) -> Answer:
        """Say the last answer again; without one, all sources; a message that asks is answered."""
        words = len(words_of(question.text))
        sure = question.chance(Request.DOUBT) >= SURE and words <= A_SENTENCE
        likely = (sure or words <= A_FEW_WORDS) and not self._asks_on(question, focus)
        if question.sites or not (likely or asks_if_sure(question.text)):
            return self._answer(question, focus)
        if not focus.last:
            return SourceList(focus)
        return StoodBy(focus, self.finder.last_said(focus), sure=asks_if_sure(question.text))

    def _explain(self, question: Question, focus: Focus) -> Answer:
        """Explain a medical word; a message that asks for more than a word is answered."""
        normalized = self._searcher.normalize(question.text)
        asked = defined_words(normalized)
        terms = self._glossary.find(asked or normalized)
        means = asks_what_it_means(question.text)
        if not terms and means:
            terms = self._glossary.find(self._searcher.normalize(focus.question))
        if not terms and asks_for_easier_words(question.text):
            return self._shorter(question, focus)
        most = A_WORD_ASKED_FOR if asked or means else A_FEW_WORDS
        if not terms or len(words_of(normalized)) > most:
            return self._answer(question, focus)
        evidence = self._searcher.evidence(question.text, focus.site)
        return self.finder.definition(terms[0], evidence, focus, question)


@lru_cache(maxsize=1)
def shared_answerer() -> Answerer:
    """Return the one answerer of this process."""
    return Answerer(shared_searcher(), shared_reranker(), shared_glossary(), shared_model())
