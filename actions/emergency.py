"""An emergency is not forgotten: later answers recall it for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.reply import Reply, Texts
from knowledge_base.outcome import Outcome

# Slot that counts down the answers which still recall the emergency.
OPEN_EMERGENCY = "open_emergency"
RECALLED_IN = 6

_THEMSELVES = (Outcome.URGENT, Outcome.CRISIS)


def recalled(reply: Reply, tracker: Tracker, texts: Texts) -> tuple[Reply, list[dict[str, Any]]]:
    """Put the line that recalls an open emergency before a reply, and count it.

    Args:
        reply: what the bot is about to say.
        tracker: the conversation.
        texts: the domain's texts.
    """
    left = int(tracker.get_slot(OPEN_EMERGENCY) or 0)
    if left <= 0 or reply.outcome in _THEMSELVES:
        return reply, []
    lines = (texts("still_urgent"), *reply.lines)
    return replace(reply, lines=lines), [SlotSet(OPEN_EMERGENCY, left - 1)]
