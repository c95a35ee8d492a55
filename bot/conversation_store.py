"""Where conversations are kept: one bounded, sealed row each, for a limited time.

Rasa's own stores read, rebuild and copy the whole history at every turn, so a long
conversation gets slow, and they never forget. Here a row holds the last events only.

While the database fails, patients are answered all the same: what cannot be saved is kept in
memory, within bounds, and saved with the next turn that can be.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Column, Float, LargeBinary, MetaData, Table, Text

from bot.channels.metrics import shared_metrics, timed
from bot.conversation_end import end_of
from bot.errors import StartError
from bot.sealing import CannotOpenError, shared_sealer
from bot.settings import PREFIX, get_settings
from bot.storage.database import StoreError, open_database

FILE = "conversations.db"
RETENTION_HOURS = 24.0
# Conversations kept in memory while none can be saved, the newest.
MOST_UNSAVED = 1000
# How often old conversations are looked for.
FORGET_EVERY_SECONDS = 60.0

_TABLES = MetaData()
Table(
    "conversations",
    _TABLES,
    Column("id", Text, primary_key=True),
    Column("said", Float(53), nullable=False, index=True),
    Column("tracker", LargeBinary, nullable=False),
)
_SAVE = (
    "INSERT INTO conversations (id, said, tracker) VALUES (:id, :said, :tracker) "
    "ON CONFLICT (id) DO UPDATE SET said = excluded.said, tracker = excluded.tracker"
)
# What could not be saved for a while: the conversation may have gone on at another process.
_SAVE_LATE = f"{_SAVE} WHERE conversations.said < excluded.said"

logger = logging.getLogger(__name__)
_Row = tuple[str, float, bytes]


class ConversationStore(TrackerStore):
    """In ``endpoints.yml``: ``tracker_store: {type: bot.conversation_store.ConversationStore}``.

    Args:
        domain: the bot's domain.
        event_broker: where Rasa publishes events, if anywhere.
        file: the SQLite file, from the data folder; unused with a database of the settings.
        retention_hours: a conversation is forgotten after so many hours without a turn.
        kwargs: unused; Rasa passes more.

    Raises:
        ValueError: the retention is not a positive number of hours.
        StartError: the database cannot be used.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        file: str = FILE,
        retention_hours: float = RETENTION_HOURS,
        **kwargs: Any,
    ) -> None:
        if float(retention_hours) <= 0:
            raise ValueError("endpoints.yml: tracker_store.retention_hours must be above 0.")
        self._retention = float(retention_hours) * 3600
        self._unsaved: OrderedDict[str, _Row] = OrderedDict()
        self._saving = asyncio.Lock()
        shared_sealer()  # before there are data: a key that is missing beside them is an error
        try:
            self._database = open_database(file)
            self._database.prepare(_TABLES)
        except (OSError, StoreError) as error:
            raise StartError(_cannot_be_used(file, error)) from None
        super().__init__(domain, event_broker, **kwargs)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @property
    def unsaved(self) -> int:
        """How many conversations are in memory only."""
        return len(self._unsaved)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the end of a conversation (see parent class)."""
        with timed("store_save"):
            await self.stream_events(tracker)
            name = tracker.sender_id
            kept = {"name": name, "events": [e.as_dict() for e in end_of(tracker)]}
            self._unsaved[name] = (name, time.time(), shared_sealer().seal(kept, name))
            self._unsaved.move_to_end(name)
            while len(self._unsaved) > MOST_UNSAVED:
                self._unsaved.popitem(last=False)
            await self._save_all(name)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return what is kept of a conversation, or None (see parent class)."""
        with timed("store_read"):
            rows = [self._unsaved[sender_id]] if sender_id in self._unsaved else []
            try:
                rows = rows or await self._database.rows(
                    "SELECT id, said, tracker FROM conversations WHERE id = :id", id=sender_id
                )
            except StoreError as error:
                # An answer without what was said before is better than none.
                _report("read", error)
        if not rows or rows[0][1] <= time.time() - self._retention:
            return None
        try:
            kept = shared_sealer().open(rows[0][2], sender_id)
        except CannotOpenError:
            return None  # kept before the secret was changed: nobody can read it any more
        return DialogueStateTracker.from_dict(sender_id, kept["events"], self.domain.slots)

    async def delete(self, sender_id: str) -> None:
        """Erase a conversation.

        Raises:
            StoreError: it could not be erased.
        """
        # First, or a turn of somebody else, saved meanwhile, would bring it back.
        self._unsaved.pop(sender_id, None)
        try:
            await self._erase("id = :id", id=sender_id)
        except StoreError as error:
            _report("erase", error)
            raise

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations (see parent class)."""
        return [row[0] for row in await self._database.rows("SELECT id FROM conversations")]

    async def forget_old(self) -> None:
        """Erase what is older than the retention, and what is left of it on the disk."""
        now = time.time()
        last = now - self._retention
        for name in [name for name, row in self._unsaved.items() if row[1] <= last]:
            del self._unsaved[name]
        try:
            await self._erase("said <= :last", last=last)
            # What was said before the clock was set back must not be kept for longer.
            await self._database.change(
                "UPDATE conversations SET said = :now WHERE said > :now", now=now
            )
        except StoreError as error:
            _report("erase", error)

    async def forget_on_time(self) -> None:
        """Erase what is old again and again, for ever."""
        while True:
            await self.forget_old()
            await asyncio.sleep(FORGET_EVERY_SECONDS)

    async def _save_all(self, saved: str) -> None:
        """Write what is not saved yet; what is said meanwhile is written by the turn that said it.

        Never raises: the turn's answer is on its way already.
        """
        # One at a time: two that write the same rows would wait for each other in PostgreSQL.
        async with self._saving:
            rows = sorted(self._unsaved.values())
            values = [{"id": i, "said": s, "tracker": t} for i, s, t in rows]
            try:
                for statement, is_own in ((_SAVE, True), (_SAVE_LATE, False)):
                    if some := [value for value in values if (value["id"] == saved) is is_own]:
                        await self._database.change(statement, *some)
            except StoreError as error:
                _report("save", error)
                return
            for row in rows:
                if self._unsaved.get(row[0]) is row:
                    del self._unsaved[row[0]]

    async def _erase(self, which: str, **values: Any) -> None:
        statement = f"DELETE FROM conversations WHERE {which}"  # noqa: S608  (ours)
        # Not between the parts of a save, which would bring back what is erased.
        async with self._saving:
            erased = await self._database.change(statement, **values)
        if erased:
            await self._database.cut_off_changes()


def _cannot_be_used(file: str, error: Exception) -> str:
    """Say that a database cannot be used, and what to do."""
    if get_settings().database_url:
        return (
            f"The database cannot be used ({error}): see that its server runs and lets the bot in, "
            f"or correct {PREFIX}DATABASE_URL."
        )
    return (
        f"{file} cannot be used ({error}): let the bot write to its folder and its disk, "
        "or, if the file is damaged, take it away; conversations then start anew."
    )


def _report(operation: str, error: StoreError) -> None:
    logger.error("The store of conversations failed to %s (%s).", operation, error)
    shared_metrics().add("store_errors_total", operation=operation)
