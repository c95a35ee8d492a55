"""Gives the fixed message for a danger; nothing retrieved is in it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Events, SafeAction
from actions.clinic import contacts
from actions.emergency import OPEN_EMERGENCY, opened
from actions.reply import Reply, Role, Texts, lines_of
from actions.understanding import intent_of
from knowledge_base.outcome import Outcome

CRISIS = "crisis"


class ActionAlarm(SafeAction):
    """Says the response that is named like the kind of danger, and keeps it in mind."""

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        kind = intent_of(tracker)
        despair = kind.startswith(CRISIS)
        go_on = () if despair else ({"title": texts("go_on"), "payload": "/ask_capabilities"},)
        said = (texts(name, **contacts(texts)) for name in _responses(kind, tracker, texts))
        danger = {"kind": kind, **(tracker.latest_message.get("danger") or {})}
        outcome = Outcome.CRISIS if despair else Outcome.URGENT
        reply = Reply(outcome, lines_of(Role.ALARM, *said), go_on, data={"danger": danger})
        return reply, [SlotSet(OPEN_EMERGENCY, opened(outcome))]


def _responses(kind: str, tracker: Tracker, texts: Texts) -> list[str]:
    """Return the responses for a danger: first, if need be, one in the person's language."""
    in_language = f"other_language_{tracker.latest_message.get('language')}"
    return [in_language, kind] if texts.has(in_language) else [kind]
