"""The end of a conversation: all that the bot still needs of it, in a few events.

Rasa goes through all events of a conversation several times a turn. So a turn takes as long
as the conversation is, unless the older part is dropped. What still counts of that part, what
the person told of themselves and the buttons that were offered, is carried on in
one event.
"""

from collections.abc import Sequence

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.context import CARRIED_CONTEXT, told_in

# About three turns: the policies look two turns back (config.yml: max_history).
LAST_EVENTS = 24
# Of so many buttons, the newest, the bot still knows that it offered them.
LAST_BUTTONS = 30

_BUTTONS = "buttons"


def end_of(tracker: DialogueStateTracker) -> list[Event]:
    """Return the last events of a conversation, behind what still counts of the older ones."""
    events = list(tracker.events)
    if len(events) <= LAST_EVENTS:
        return events
    start = _start_of_turn(events)
    older, last = events[:start], events[start:]
    return [_carrier(older), *_slots_before(last, tracker), *last]


def _start_of_turn(events: Sequence[Event]) -> int:
    """Return where to cut: at the first wait for a message among the last events."""
    earliest = len(events) - LAST_EVENTS
    for position in range(earliest, len(events)):
        event = events[position]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return position
    return earliest


def _carrier(older: Sequence[Event]) -> Event:
    """Return one event, never shown, with what was told and the buttons offered."""
    payloads = [
        button["payload"]
        for event in older
        if isinstance(event, BotUttered)
        for button in (event.data or {}).get(_BUTTONS) or []
        if "payload" in button
    ]
    newest = list(dict.fromkeys(reversed(payloads)))[:LAST_BUTTONS][::-1]
    return BotUttered(
        data={
            _BUTTONS: [{"payload": payload} for payload in newest],
            CARRIED_CONTEXT: told_in(older),
        }
    )


def _slots_before(last: Sequence[Event], tracker: DialogueStateTracker) -> list[Event]:
    """Return the slots that were set before the last events, and not again since."""
    set_later = {event.key for event in last if isinstance(event, SlotSet)}
    return [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if slot.value is not None and name not in set_later
    ]
