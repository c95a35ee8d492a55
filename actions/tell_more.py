"""Says more of what the conversation is about."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.answer import AnswerAction
from actions.understanding import question_of
from knowledge_base.answer import Answerer
from knowledge_base.outcome import Answer
from knowledge_base.question import Focus


class ActionTellMore(AnswerAction):
    """Says more of what the conversation is about."""

    def name(self) -> str:
        """See parent class."""
        return "action_tell_more"

    def ask(self, answerer: Answerer, tracker: Tracker, focus: Focus) -> Answer:
        """See parent class."""
        return answerer.more(question_of(tracker), focus)
