"""Stands by the last answer and shows its source."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.answer import AnswerAction
from actions.understanding import question_of
from knowledge_base.answer import Answerer
from knowledge_base.outcome import Answer
from knowledge_base.question import Focus


class ActionShowSource(AnswerAction):
    """Says the last answer again, with where it comes from; before any answer, all sources."""

    def name(self) -> str:
        """See parent class."""
        return "action_show_source"

    def ask(self, answerer: Answerer, tracker: Tracker, focus: Focus) -> Answer:
        """See parent class."""
        return answerer.stand_by(question_of(tracker), focus)
