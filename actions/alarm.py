"""Gives the fixed message for a danger; nothing retrieved is in it."""

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Events, SafeAction
from actions.clinic import contacts
from actions.emergency import OPEN_EMERGENCY, RECALLED_IN
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
        # First, if need be, in the person's language.
        in_language = f"other_language_{tracker.latest_message.get('language')}"
        names = [in_language, kind] if texts.has(in_language) else [kind]
        said = (texts(name, **contacts(texts)) for name in names)
        danger = {"kind": kind, **(tracker.latest_message.get("danger") or {})}
        outcome = Outcome.CRISIS if despair else Outcome.URGENT
        reply = Reply(outcome, lines_of(Role.ALARM, *said), go_on, data={"danger": danger})
        opened = {"outcome": outcome.value, "left": RECALLED_IN}
        return reply, [SlotSet(OPEN_EMERGENCY, opened)]
