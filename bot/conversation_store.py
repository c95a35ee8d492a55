"""Where conversations are kept: one bounded row each, in SQLite, for a limited time.

Rasa's own stores read, rebuild and copy the whole history at every turn, so a long
conversation gets slow, and they never forget. Here a row holds the last events only.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

FILE = "conversations.db"
RETENTION_HOURS = 24.0
LAST_EVENTS = 60
# Older messages are kept without what was answered: a risk named in them still counts.
LAST_MESSAGES = 20

_SECONDS_BETWEEN_CLEANINGS = 600.0


class ConversationStore(TrackerStore, SerializedTrackerAsText):
    """In ``endpoints.yml``: ``tracker_store: {type: bot.conversation_store.ConversationStore}``."""

    def __init__(
        self,
        domain: Domain | None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        file: str = FILE,
        retention_hours: float = RETENTION_HOURS,
        **kwargs: Any,
    ) -> None:
        """Open the file, and make it if it is not there.

        Args:
            domain: the bot's domain.
            host: unused; Rasa passes it.
            event_broker: where Rasa publishes events, if anywhere.
            file: path of the SQLite file, or ":memory:".
            retention_hours: a conversation is forgotten after so many hours without a turn.
            kwargs: more for the parent class.

        Raises:
            ValueError: the retention is not a positive number of hours.
        """
        if float(retention_hours) <= 0:
            raise ValueError("endpoints.yml: tracker_store.retention_hours must be above 0.")
        self._retention = float(retention_hours) * 3600
        self._cleaned = 0.0
        if file != ":memory:":
            Path(file).touch(mode=0o600)
        self._database = sqlite3.connect(file, timeout=5.0, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS conversations "
            "(id TEXT PRIMARY KEY, said REAL NOT NULL, tracker TEXT NOT NULL)"
        )
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the end of a conversation (see parent class)."""
        await self.stream_events(tracker)
        self._forget_old()
        events = _bounded(list(tracker.events), tracker)
        row = json.dumps({"name": tracker.sender_id, "events": [e.as_dict() for e in events]})
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)",
                (tracker.sender_id, time.time(), row),
            )

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return what is kept of a conversation, or None (see parent class)."""
        found = self._database.execute(
            "SELECT tracker FROM conversations WHERE id = ? AND said > ?",
            (sender_id, time.time() - self._retention),
        ).fetchone()
        if found is None:
            return None
        return DialogueStateTracker.from_dict(
            sender_id, json.loads(found[0])["events"], self.domain.slots
        )

    async def delete(self, sender_id: str) -> None:
        """Erase a conversation."""
        with self._database:
            self._database.execute("DELETE FROM conversations WHERE id = ?", (sender_id,))

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations (see parent class)."""
        return [row[0] for row in self._database.execute("SELECT id FROM conversations")]

    def _forget_old(self) -> None:
        now = time.time()
        if now - self._cleaned < _SECONDS_BETWEEN_CLEANINGS:
            return
        self._cleaned = now
        with self._database:
            self._database.execute(
                "DELETE FROM conversations WHERE said <= ?", (now - self._retention,)
            )


def _bounded(events: list[Event], tracker: DialogueStateTracker) -> list[Event]:
    """Return the last events, behind the messages and slots that older ones held."""
    if len(events) <= LAST_EVENTS:
        return events
    start = next(
        (
            position
            for position in range(len(events) - LAST_EVENTS, len(events))
            if isinstance(events[position], ActionExecuted)
            and events[position].action_name == "action_listen"
        ),
        len(events) - LAST_EVENTS,
    )
    last = events[start:]
    messages = [event for event in events[:start] if isinstance(event, UserUttered)]
    set_later = {event.key for event in last if isinstance(event, SlotSet)}
    slots = [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if slot.value is not None and name not in set_later
    ]
    return [*messages[-LAST_MESSAGES:], *slots, *last]
