"""A danger is not forgotten: later answers recall it for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.clinic import contacts
from actions.reply import Reply, Texts
from knowledge_base.outcome import Outcome

# Slot that holds which danger is open, and counts down the answers that still recall it.
OPEN_EMERGENCY = "open_emergency"
RECALLED_IN = 6

_THEMSELVES = (Outcome.URGENT, Outcome.CRISIS)


def opened(outcome: str) -> dict[str, Any]:
    """Return what the slot holds after an alarm.

    Args:
        outcome: of the alarm, "urgent" or "crisis".
    """
    return {"outcome": outcome, "left": RECALLED_IN}


def recalled(reply: Reply, tracker: Tracker, texts: Texts) -> tuple[Reply, list[dict[str, Any]]]:
    """Put the line that recalls an open danger before a reply, and count it.

    Args:
        reply: what the bot is about to say.
        tracker: the conversation.
        texts: the domain's texts.
    """
    danger = tracker.get_slot(OPEN_EMERGENCY)
    if not danger or reply.outcome in _THEMSELVES:
        return reply, []
    left = danger["left"] - 1
    lines = (texts(f"still_{danger['outcome']}", **contacts(texts)), *reply.lines)
    return replace(reply, lines=lines), [
        SlotSet(OPEN_EMERGENCY, {**danger, "left": left} if left else None)
    ]
