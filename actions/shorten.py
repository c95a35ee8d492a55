"""Says the last answer in its shortest form."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.answer import AnswerAction
from actions.understanding import question_of
from knowledge_base.answer import Answerer
from knowledge_base.outcome import Answer
from knowledge_base.question import Focus


class ActionShorten(AnswerAction):
    """Says the last answer in its shortest form."""

    def name(self) -> str:
        """See parent class."""
        return "action_shorten"

    def ask(self, answerer: Answerer, tracker: Tracker, focus: Focus) -> Answer:
        """See parent class."""
        return answerer.shorter(question_of(tracker), focus)
