"""Where conversations are kept: one bounded, sealed row each, in SQLite, for a limited time.

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
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation_end import end_of
from bot.sealing import CannotOpenError, shared_sealer

FILE = "conversations.db"
RETENTION_HOURS = 24.0

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
            "(id TEXT PRIMARY KEY, said REAL NOT NULL, tracker BLOB NOT NULL)"
        )
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the end of a conversation (see parent class)."""
        await self.stream_events(tracker)
        self._forget_old()
        events = end_of(tracker)
        row = json.dumps({"name": tracker.sender_id, "events": [e.as_dict() for e in events]})
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)",
                (tracker.sender_id, time.time(), shared_sealer().seal(row, tracker.sender_id)),
            )

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return what is kept of a conversation, or None (see parent class)."""
        found = self._database.execute(
            "SELECT tracker FROM conversations WHERE id = ? AND said > ?",
            (sender_id, time.time() - self._retention),
        ).fetchone()
        if found is None:
            return None
        try:
            row = json.loads(shared_sealer().open(found[0], sender_id))
        except CannotOpenError:
            return None  # kept before the secret was changed: nobody can read it any more
        return DialogueStateTracker.from_dict(sender_id, row["events"], self.domain.slots)

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
