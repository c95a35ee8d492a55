"""What a message is read after: the end of what the same person wrote before it."""

import re
from collections.abc import Iterable

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from knowledge_base.encoder import CONTEXT_MESSAGES, in_context
from knowledge_base.weights import shared_weights

# Where a message holds what it is read after.
CONTEXT_KEY = "context"
# What people tell of themselves ("I take warfarin") counts longer than what they ask.
TOLD = "tell"
_BACKGROUND = 2
_PAYLOAD = re.compile(r"/[A-Za-z_][\w/-]*(\{.*\})?\s*", re.DOTALL)
# Where a store puts what people told when it drops the message (`bot/conversation_end.py`).
CARRIED_CONTEXT = "carried_context"


def context_of(tracker: DialogueStateTracker | None) -> str:
    """Return what the encoder reads before the next message of a conversation, if there is one."""
    return in_context(earlier_in(tracker.events)) if tracker is not None else ""


def earlier_in(events: Iterable[Event]) -> list[str]:
    """Return the messages of a conversation that the next one is read after, oldest first."""
    events = list(events)
    told, said = told_in(events), _said_in(events)
    newest = said[-(CONTEXT_MESSAGES - _BACKGROUND) :] if told else said[-CONTEXT_MESSAGES:]
    return [*(text for text in told if text not in newest), *newest]


def told_in(events: Iterable[Event]) -> list[str]:
    """Return the last messages in which a person told of themselves, oldest first."""
    told: list[str] = []
    for event in events:
        if isinstance(event, BotUttered):
            told += (event.data or {}).get(CARRIED_CONTEXT) or []
        elif isinstance(event, UserUttered) and event.intent.get("name") == TOLD:
            told += _said_in([event])
    return list(dict.fromkeys(told))[-_BACKGROUND:]


def _said_in(events: Iterable[Event]) -> list[str]:
    """Return what was typed; not what has alarmed, or each later question would alarm again."""
    alarms = shared_weights().dangers
    return [
        event.text
        for event in events
        if isinstance(event, UserUttered)
        and event.text
        and not is_payload(event.text)
        and event.intent.get("name") not in alarms
    ]


def is_payload(text: str) -> bool:
    """Tell whether a text is a button's payload: channels let in only what was offered."""
    return _PAYLOAD.fullmatch(text) is not None


def spoken(messages: Iterable[Message]) -> list[Message]:
    """Return the messages that a person typed."""
    return [m for m in messages if m.get(TEXT) and not is_payload(m.get(TEXT))]


def overrule(message: Message, intent: str) -> None:
    """Give a message this intent, whatever the classifier thought."""
    certain = {"name": intent, "confidence": 1.0}
    message.set(INTENT, certain, add_to_output=True)
    message.set("intent_ranking", [certain], add_to_output=True)
