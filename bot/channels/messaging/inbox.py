"""Messages of the platforms, kept until they are answered, and known for a month after.

A platform delivers a message at least once, in any order, and takes a 200 as a promise. So a
message is stored before it is confirmed, survives a restart, and its second delivery is
recognised. Words and addresses are sealed, and wiped once the answer is out; what stays is a
keyed name of the message's id.
"""

import time
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text

from bot.channels.messaging.message import Incoming, Wire
from bot.channels.messaging.people import People
from bot.sealing import CannotOpenError, Sealer
from bot.storage.database import Database

FILE = "inbox.db"
# Platforms repeat a delivery for up to a week.
REMEMBERED_SECONDS = 30 * 86_400.0

_SECONDS_BETWEEN_CLEANINGS = 600.0
_WIPED = "state = 'done', conversation = NULL, message = NULL, answer = NULL"
_WAITING = "FROM messages WHERE channel = :channel AND conversation IS NOT NULL AND state != 'sent'"
_TABLES = MetaData()
Table(
    "messages",
    _TABLES,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("conversation", Text),
    Column("sent_at", Float(53), nullable=False),
    Column("came_at", Float(53), nullable=False),
    Column("state", Text, nullable=False),
    Column("message", LargeBinary),
    Column("answer", LargeBinary),
    Index("waiting", "channel", "conversation"),
    sqlite_autoincrement=True,
)


class State(str, Enum):
    """How far a message has come."""

    WAITING = "waiting"
    ANSWERED = "answered"  # the answer is stored, and not on its way
    SENDING = "sending"  # the answer is on its way, and the platform has not said yes to it
    SENT = "sent"  # the platform said yes; the answer may still fail
    DONE = "done"


@dataclass(frozen=True)
class Row:
    """One message in the inbox."""

    name: str  # keyed name of the platform's id; also the token its answer carries
    conversation: str  # keyed name of the sender
    incoming: Incoming
    state: State
    came_at: float  # when it came first, in seconds since 1970
    wire: Wire | None  # the answer as the platform wants it, None while there is none


class Inbox:
    """The stored messages of one channel.

    Args:
        channel: Rasa's name of the channel.
        sealer: seals words and addresses, and names people and messages.
        database: where all stands; channels may share it.

    Raises:
        StoreError: the database cannot be used.
    """

    def __init__(self, channel: str, sealer: Sealer, database: Database) -> None:
        self.channel = channel
        self._sealer = sealer
        self.database = database
        self.people = People(sealer, database)
        self._cleaned = 0.0
        database.prepare(_TABLES)

    async def add(self, incoming: Incoming) -> str | None:
        """Store a message; return its conversation, or None if it was here before.

        The conversation's name does not tell who the sender is.
        """
        await self._forget_old()
        now = time.time()
        name = self._sealer.name(self.channel, "message", incoming.id)
        conversation = f"{self.channel}_{self._sealer.name(self.channel, 'user', incoming.user)}"
        added = await self.database.change(
            "INSERT INTO messages "
            "(name, channel, conversation, sent_at, came_at, state, message) "
            "VALUES (:name, :channel, :conversation, :sent_at, :came_at, 'waiting', :message) "
            "ON CONFLICT (name) DO NOTHING",
            name=name,
            channel=self.channel,
            conversation=conversation,
            sent_at=now if incoming.sent_at is None else incoming.sent_at,
            came_at=now,
            message=self._sealer.seal(asdict(incoming), name),
        )
        return conversation if added else None

    async def waiting(self) -> list[str]:
        """Return the conversations that wait for an answer."""
        found = await self.database.rows(
            f"SELECT DISTINCT conversation {_WAITING}", channel=self.channel
        )
        return [row[0] for row in found]

    def unanswered(self) -> tuple[int, float]:
        """Return how many messages wait for an answer, and the seconds since the first of them.

        It waits for the database: not for the event loop.
        """
        count, first = self.database.rows_now(
            f"SELECT COUNT(*), MIN(came_at) {_WAITING}", channel=self.channel
        )[0]
        return count, time.time() - first if count else 0.0

    async def next_of(self, conversation: str) -> Row | None:
        """Return the message to work on: the one begun, else the one sent first."""
        found = await self.database.rows(
            f"SELECT name, message, state, came_at, answer {_WAITING} "
            "AND conversation = :conversation ORDER BY state = 'waiting', sent_at, number LIMIT 1",
            channel=self.channel,
            conversation=conversation,
        )
        if not found:
            return None
        name, message, state, came_at, answer = found[0]
        try:
            incoming = Incoming.from_dict(self._sealer.open(message, name))
            wire = self._sealer.open(answer, name) if answer else None
        except CannotOpenError:  # the secret was changed: nobody can answer this any more
            await self.done(name)
            return await self.next_of(conversation)
        return Row(name, conversation, incoming, State(state), came_at, wire)

    async def last_arrival(self, conversation: str) -> float:
        """Return when the latest of a person's waiting messages came, in seconds since 1970."""
        found = await self.database.rows(
            f"SELECT MAX(came_at) {_WAITING} "
            "AND conversation = :conversation AND state = 'waiting'",
            channel=self.channel,
            conversation=conversation,
        )
        return float(found[0][0] or 0.0)

    async def state_of(self, name: str) -> State | None:
        """Return how far a message has come, None of one that is not here."""
        found = await self.database.rows("SELECT state FROM messages WHERE name = :name", name=name)
        return State(found[0][0]) if found else None

    async def set_state(self, name: str, state: State, wire: Wire | None = None) -> bool:
        """Note how far a message has come, and its answer, if any; return False if it is done."""
        changed = await self.database.change(
            "UPDATE messages SET state = :state, answer = COALESCE(:answer, answer) "
            "WHERE name = :name AND state != 'done'",
            name=name,
            state=state.value,
            answer=self._sealer.seal(wire, name) if wire else None,
        )
        return changed > 0

    async def send_again(self, name: str) -> str | None:
        """Take back that an answer was sent; return whose it is, or None if it is wiped."""
        found = await self.database.rows(
            "UPDATE messages SET state = 'answered' WHERE name = :name AND state = 'sent' "
            "RETURNING conversation",
            name=name,
        )
        return str(found[0][0]) if found else None

    async def confirm(self, name: str) -> None:
        """Wipe a message whose answer is out."""
        await self._wipe("name = :name AND state IN ('sending', 'sent')", name=name)

    async def done(self, name: str) -> None:
        """Wipe a message and its answer; only its name stays."""
        await self._wipe("name = :name", name=name)

    async def wipe_sent(self, before: float) -> None:
        """Wipe what came before a time, in seconds since 1970, and waits for news of its answer."""
        which = "channel = :channel AND state = 'sent' AND came_at < :before"
        await self._wipe(which, channel=self.channel, before=before)

    async def _wipe(self, which: str, **values: Any) -> None:
        statement = f"UPDATE messages SET {_WIPED} WHERE {which}"  # noqa: S608  (ours)
        await self.database.change(statement, **values)

    async def erase(self, conversation: str) -> None:
        """Forget all of a person but the messages that still wait for an answer."""
        which = "conversation = :conversation AND state = 'sent'"
        await self._wipe(which, conversation=conversation)
        await self.people.forget(conversation)

    async def _forget_old(self) -> None:
        now = time.time()
        if now - self._cleaned < _SECONDS_BETWEEN_CLEANINGS:
            return
        self._cleaned = now
        await self.database.change(
            "DELETE FROM messages WHERE state = 'done' AND came_at < :last",
            last=now - REMEMBERED_SECONDS,
        )
        await self.people.forget_old()
