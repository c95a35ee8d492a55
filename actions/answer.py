"""Answers from the knowledge base."""

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
from knowledge_base.question import Focus
from knowledge_base.wording import asked_for, asks_what_to_do, asks_whether_it_will_hurt


class AnswerAction(SafeAction):
    """An action that replies with an answer and remembers what it was about."""

    @abstractmethod
    def ask(self, answerer: Answerer, tracker: Tracker, focus: Focus) -> Answer:
        """Return the answer to the latest message."""

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        return told(self.ask(shared_answerer(), tracker, focus_of(tracker)), texts)


class ActionAnswer(AnswerAction):
    """Answers a question."""

    def name(self) -> str:
        """See parent class."""
        return "action_answer"

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`; nobody can say whether it will hurt the writer, or what to do."""
        text = tracker.latest_message.get("text") or ""
        if asks_whether_it_will_hurt(text):
            return declined(ADVICE_ON["hurts"], texts), []
        if asks_what_to_do(text):
            return declined(ADVICE_ON.get(asked_for(text), ANY_ADVICE), texts), []
        return super().reply(tracker, texts)

    def ask(self, answerer: Answerer, tracker: Tracker, focus: Focus) -> Answer:
        """See parent class."""
        question = question_of(tracker)
        if intent_of(tracker) == "choose_site":
            return answerer.choose_site(question, focus)
        return answerer.answer(question, focus)
