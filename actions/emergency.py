"""A danger is not forgotten: later answers recall it for a while."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.clinic import contacts
from actions.reply import Reply, Role, Texts, lines_of

# Slot that holds which danger is open, and counts down the answers that still recall it.
OPEN_EMERGENCY = "open_emergency"
RECALLED_IN = 6


def recalled(reply: Reply, tracker: Tracker, texts: Texts) -> tuple[Reply, list[dict[str, Any]]]:
    """Put the line that recalls an open danger before a reply, and count it.

    Args:
        reply: what the bot is about to say.
        tracker: the conversation.
        texts: the domain's texts.
    """
    danger = tracker.get_slot(OPEN_EMERGENCY)
    if not danger or reply.is_alarm:
        return reply, []
    left = danger["left"] - 1
    still = lines_of(Role.PLAIN, texts(f"still_{danger['outcome']}", **contacts(texts)))
    return replace(reply, lines=(*still, *reply.lines)), [
        SlotSet(OPEN_EMERGENCY, {**danger, "left": left} if left else None)
    ]
