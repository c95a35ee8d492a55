"""Answers from the knowledge base: to questions, and to what people ask of the last answer."""

from __future__ import annotations

from abc import abstractmethod

from rasa_sdk import Tracker

from actions.base import Events, SafeAction
from actions.compose import told
from actions.personal_advice import ADVICE_ON, ANY_ADVICE, declined
from actions.reply import Reply, Texts
from actions.understanding import focus_of, intent_of, question_of
from knowledge_base.answer import Answerer, shared_answerer
from knowledge_base.outcome import Answer
from knowledge_base.question import Focus, Question
from knowledge_base.wording import asked_for, asks_what_to_do, asks_whether_it_will_hurt


class AnswerAction(SafeAction):
    """An action that replies with an answer and remembers what it was about."""

    @staticmethod
    @abstractmethod
    def ask(answerer: Answerer, question: Question, focus: Focus, /) -> Answer:
        """Return the answer to a question."""

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        return told(self.ask(shared_answerer(), question_of(tracker), focus_of(tracker)), texts)


class ActionAnswer(AnswerAction):
    """Answers a question."""

    ask = staticmethod(Answerer.answer)

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`; nobody can say whether it will hurt the writer, or what to do."""
        text = tracker.latest_message.get("text") or ""
        if asks_whether_it_will_hurt(text):
            return declined(ADVICE_ON["hurts"], texts), []
        if asks_what_to_do(text):
            return declined(ADVICE_ON.get(asked_for(text), ANY_ADVICE), texts), []
        if intent_of(tracker) == "choose_site":
            question, focus = question_of(tracker), focus_of(tracker)
            return told(shared_answerer().choose_site(question, focus), texts)
        return super().reply(tracker, texts)


class ActionExplain(AnswerAction):
    """Explains a medical word."""

    ask = staticmethod(Answerer.explain)


class ActionShorten(AnswerAction):
    """Says the last answer in its shortest form."""

    ask = staticmethod(Answerer.shorter)


class ActionShowSource(AnswerAction):
    """Says the last answer again, with where it comes from; before any answer, all sources."""

    ask = staticmethod(Answerer.stand_by)


class ActionTellMore(AnswerAction):
    """Says more of what the conversation is about."""

    ask = staticmethod(Answerer.more)
