"""Gives the fixed emergency message; nothing retrieved is in it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Events, SafeAction
from actions.clinic import emergency_number
from actions.emergency import OPEN_EMERGENCY, RECALLED_IN
from actions.reply import AlarmReply, Reply, Texts
from actions.understanding import red_flag_of
from knowledge_base.outcome import Outcome


class ActionUrgent(SafeAction):
    """Gives the fixed emergency message; nothing retrieved is in it."""

    def name(self) -> str:
        """See parent class."""
        return "action_urgent"

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        red_flag = red_flag_of(tracker)
        name = "urgent_proxy" if red_flag.get("proxy") else "urgent"
        text = texts(name, number=emergency_number(texts))
        go_on = {"title": texts("go_on"), "payload": "/ask_capabilities"}
        reply = AlarmReply(Outcome.URGENT, (text,), (go_on,), red_flag)
        return reply, [SlotSet(OPEN_EMERGENCY, RECALLED_IN)]
