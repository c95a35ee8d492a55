"""Where conversations are kept: one bounded, sealed row each, in SQLite, for a limited time.

Rasa's own stores read, rebuild and copy the whole history at every turn, so a long
conversation gets slow, and they never forget. Here a row holds the last events only.

SQLite waits for locks and disks, so it works in a thread of its own. While it fails, patients
are answered all the same: what cannot be saved is kept in memory, within bounds, and saved with
the next turn that can be.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.metrics import shared_metrics, timed
from bot.conversation_end import end_of
from bot.data_folder import kept
from bot.errors import StartError
from bot.sealing import CannotOpenError, shared_sealer

FILE = "conversations.db"
RETENTION_HOURS = 24.0
# How long a turn waits for a file that another program has locked.
LOCKED_SECONDS = 1.0
# Conversations kept in memory while none can be saved, the newest.
MOST_UNSAVED = 1000
# How often old conversations are looked for.
FORGET_EVERY_SECONDS = 60.0

_IN_MEMORY = ":memory:"

logger = logging.getLogger(__name__)
_T = TypeVar("_T")
_Row = tuple[str, float, bytes]


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
            file: path of the SQLite file, from the data folder; or ":memory:".
            retention_hours: a conversation is forgotten after so many hours without a turn.
            kwargs: more for the parent class.

        Raises:
            ValueError: the retention is not a positive number of hours.
            StartError: the file cannot be used.
        """
        if float(retention_hours) <= 0:
            raise ValueError("endpoints.yml: tracker_store.retention_hours must be above 0.")
        self._retention = float(retention_hours) * 3600
        self._unsaved: OrderedDict[str, _Row] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="conversations")
        try:
            self._database = self._thread.submit(_opened, file).result()
        except (OSError, sqlite3.Error) as error:
            raise StartError(
                f"{file} cannot be used ({error}): let the bot write to its folder and its disk, "
                "or, if the file is damaged, take it away; conversations then start anew."
            ) from None
        super().__init__(domain, event_broker, **kwargs)

    def close(self) -> None:
        """Close the file."""
        self._thread.submit(self._database.close).result()
        self._thread.shutdown()

    @property
    def unsaved(self) -> int:
        """How many conversations are in memory only."""
        return len(self._unsaved)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the end of a conversation (see parent class)."""
        with timed("store_save"):
            await self._save(tracker)

    async def _save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        name = tracker.sender_id
        kept = json.dumps({"name": name, "events": [e.as_dict() for e in end_of(tracker)]})
        row = (name, time.time(), shared_sealer().seal(kept, name))
        self._unsaved[name] = row
        self._unsaved.move_to_end(name)
        while len(self._unsaved) > MOST_UNSAVED:
            self._unsaved.popitem(last=False)
        await self._save_all()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return what is kept of a conversation, or None (see parent class)."""
        with timed("store_read"):
            return await self._retrieve(sender_id)

    async def _retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        row = self._unsaved.get(sender_id)
        if row is None:
            try:
                row = await self._in_thread(self._read, sender_id)
            except sqlite3.Error as error:
                # An answer without what was said before is better than none.
                _report("read", error)
        if row is None or row[1] <= time.time() - self._retention:
            return None
        try:
            kept = json.loads(shared_sealer().open(row[2], sender_id))
        except CannotOpenError:
            return None  # kept before the secret was changed: nobody can read it any more
        return DialogueStateTracker.from_dict(sender_id, kept["events"], self.domain.slots)

    async def delete(self, sender_id: str) -> None:
        """Erase a conversation.

        Raises:
            sqlite3.Error: it could not be erased.
        """
        # First, or a turn of somebody else, saved meanwhile, would bring it back.
        self._unsaved.pop(sender_id, None)
        try:
            await self._in_thread(self._erase, "id = ?", sender_id)
        except sqlite3.Error as error:
            _report("erase", error)
            raise

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations (see parent class)."""
        return await self._in_thread(self._names)

    async def forget_old(self) -> None:
        """Erase what is older than the retention, and what is left of it on the disk."""
        last = time.time() - self._retention
        for name in [name for name, row in self._unsaved.items() if row[1] <= last]:
            del self._unsaved[name]
        try:
            await self._in_thread(self._erase, "said <= ?", last)
        except sqlite3.Error as error:
            _report("erase", error)

    async def forget_on_time(self) -> None:
        """Erase what is old again and again, for ever."""
        while True:
            await self.forget_old()
            await asyncio.sleep(FORGET_EVERY_SECONDS)

    async def _save_all(self) -> None:
        """Write what is not saved yet; what is said meanwhile is written by the turn that said it.

        Never raises: the turn's answer is on its way already.
        """
        rows = list(self._unsaved.values())
        try:
            await self._in_thread(self._write, rows)
        except sqlite3.Error as error:
            _report("save", error)
            return
        for row in rows:
            if self._unsaved.get(row[0]) is row:
                del self._unsaved[row[0]]

    async def _in_thread(self, work: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _write(self, rows: list[_Row]) -> None:
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", rows
            )

    def _read(self, name: str) -> _Row | None:
        found = self._database.execute("SELECT * FROM conversations WHERE id = ?", (name,))
        return found.fetchone()  # type: ignore[no-any-return]

    def _erase(self, which: str, value: str | float) -> None:
        with self._database:
            erased = self._database.execute(f"DELETE FROM conversations WHERE {which}", (value,))  # noqa: S608  # ours
        if erased.rowcount:
            # What was deleted also stands in the file of changes until that is cut off.
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _names(self) -> list[str]:
        return [row[0] for row in self._database.execute("SELECT id FROM conversations")]


def _opened(file: str) -> sqlite3.Connection:
    path = file if file == _IN_MEMORY else kept(file)
    if isinstance(path, Path):
        path.touch(mode=0o600)
    database = sqlite3.connect(path, timeout=LOCKED_SECONDS)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("PRAGMA secure_delete=ON")
    database.execute(
        "CREATE TABLE IF NOT EXISTS conversations "
        "(id TEXT PRIMARY KEY, said REAL NOT NULL, tracker BLOB NOT NULL)"
    )
    return database


def _report(operation: str, error: sqlite3.Error) -> None:
    # SQLite's own words are a fixed list, and never quote what was to be stored.
    logger.error("The store of conversations failed to %s (%s).", operation, error)
    shared_metrics().add("store_errors_total", operation=operation)
