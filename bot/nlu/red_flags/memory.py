"""What the red-flag check remembers of a conversation: ids, never a word of the patient's."""

from __future__ import annotations

from collections.abc import Iterable

from rasa.shared.core.events import BotUttered, Event, UserUttered

# Where a message's parse data holds what was found in it, and what of that to remember.
RED_FLAG_KEY = "red_flag"
REMEMBERED_KEY = "remembered"
# Where a store puts what older messages said when it drops them (`bot/conversation_end.py`).
CARRIED_RISKS = "carried_risks"


def remembered_in(events: Iterable[Event]) -> list[dict[str, list[str]]]:
    """Return what to remember of each message of a conversation, oldest first.

    Args:
        events: of the conversation; its older part may be carried in one `BotUttered`.
    """
    remembered: list[dict[str, list[str]]] = []
    for event in events:
        if isinstance(event, UserUttered):
            found = (event.parse_data.get(RED_FLAG_KEY) or {}).get(REMEMBERED_KEY) or {}
            remembered.append({key: ids for key, ids in found.items() if ids})
        elif isinstance(event, BotUttered):
            remembered += (event.data or {}).get(CARRIED_RISKS) or []
    return remembered
