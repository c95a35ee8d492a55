"""Gives the fixed crisis message; nothing medical is in it."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Events, SafeAction
from actions.clinic import emergency_number, helplines
from actions.reply import AlarmReply, Reply, Texts
from actions.understanding import red_flag_of
from knowledge_base.outcome import Outcome


class ActionCrisis(SafeAction):
    """Gives the fixed crisis message; nothing medical is in it."""

    def name(self) -> str:
        """See parent class."""
        return "action_crisis"

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See parent class."""
        text = texts("crisis", number=emergency_number(texts), helplines=helplines(texts))
        return AlarmReply(Outcome.CRISIS, (text,), (), red_flag_of(tracker)), []
