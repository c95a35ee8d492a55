"""Messages of the platforms, kept until they are answered, and known for a month after.

A platform delivers a message at least once, in any order, and takes a 200 as a promise. So a
message is stored before it is confirmed, survives a restart, and its second delivery is
recognised. Words and addresses are sealed, and wiped once the answer is out; what stays is a
keyed name of the message's id.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from bot.channels.messaging.message import Incoming, Outgoing, Wire
from bot.sealing import CannotOpenError, Sealer

FILE = "inbox.db"
# Platforms repeat a delivery for up to a week.
REMEMBERED_SECONDS = 30 * 86_400.0
# What is left of a shortened answer, for the reply MORE.
REST_SECONDS = 3600.0

_SECONDS_BETWEEN_CLEANINGS = 600.0
_TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    conversation TEXT,
    sent_at REAL NOT NULL,
    came_at REAL NOT NULL,
    state TEXT NOT NULL,
    message BLOB,
    answer BLOB
);
CREATE INDEX IF NOT EXISTS waiting ON messages (channel, conversation)
    WHERE conversation IS NOT NULL;
CREATE TABLE IF NOT EXISTS people (
    conversation TEXT PRIMARY KEY,
    stopped INTEGER NOT NULL DEFAULT 0,
    rest BLOB,
    rest_until REAL
);
"""


class State(str, Enum):
    """How far a message has come."""

    WAITING = "waiting"
    ANSWERED = "answered"  # the answer is stored, and not on its way
    SENDING = "sending"  # the answer is on its way, and the platform has not said yes to it
    SENT = "sent"  # the platform said yes; the answer may still fail
    DONE = "done"


@dataclass(frozen=True)
class Row:
    """One message in the inbox.

    Attributes:
        name: keyed name of the platform's id; also the token its answer carries.
        conversation: keyed name of the sender.
        incoming: the message.
        state: how far it has come.
        came_at: when it came first, in seconds since 1970.
        wire: the answer as the platform wants it, None while there is none.
    """

    name: str
    conversation: str
    incoming: Incoming
    state: State
    came_at: float
    wire: Wire | None


class Inbox:
    """The stored messages of one channel."""

    def __init__(self, channel: str, sealer: Sealer, file: str | Path) -> None:
        """Open the file, and make it if it is not there.

        Args:
            channel: Rasa's name of the channel.
            sealer: seals words and addresses, and names people and messages.
            file: path of the SQLite file; channels may share it.
        """
        self.channel = channel
        self._sealer = sealer
        self._cleaned = 0.0
        Path(file).touch(mode=0o600)
        self._database = sqlite3.connect(
            file, timeout=5.0, check_same_thread=False, isolation_level=None
        )
        self._database.execute("PRAGMA journal_mode=WAL")
        # A message is confirmed to the platform once it is here: it must truly be here.
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def conversation_of(self, user: str) -> str:
        """Return the name under which the bot knows a sender; it does not tell who it is."""
        return f"{self.channel}_{self._sealer.name(self.channel, 'user', user)}"

    def add(self, incoming: Incoming) -> str | None:
        """Store a message.

        Returns:
            the name of its conversation, or None if the message was here before.
        """
        self._forget_old()
        now = time.time()
        name = self._sealer.name(self.channel, "message", incoming.id)
        conversation = self.conversation_of(incoming.user)
        added = self._database.execute(
            "INSERT OR IGNORE INTO messages "
            "(name, channel, conversation, sent_at, came_at, state, message) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                name,
                self.channel,
                conversation,
                now if incoming.sent_at is None else incoming.sent_at,
                now,
                State.WAITING.value,
                self._sealer.seal(incoming.to_json(), name),
            ),
        )
        return conversation if added.rowcount else None

    def waiting(self) -> list[str]:
        """Return the conversations that wait for an answer."""
        return [
            row[0]
            for row in self._database.execute(
                "SELECT DISTINCT conversation FROM messages "
                "WHERE channel = ? AND conversation IS NOT NULL AND state != 'sent'",
                (self.channel,),
            )
        ]

    def unanswered(self) -> tuple[int, float]:
        """Return how many messages wait for an answer, and the seconds since the first of them."""
        count, first = self._database.execute(
            "SELECT COUNT(*), MIN(came_at) FROM messages "
            "WHERE channel = ? AND conversation IS NOT NULL AND state != 'sent'",
            (self.channel,),
        ).fetchone()
        return count, time.time() - first if count else 0.0

    def next_of(self, conversation: str) -> Row | None:
        """Return the message to work on: the one begun, else the one sent first."""
        found = self._database.execute(
            "SELECT name, conversation, message, state, came_at, answer FROM messages "
            "WHERE channel = ? AND conversation = ? AND state != 'sent' "
            "ORDER BY state = 'waiting', sent_at, number LIMIT 1",
            (self.channel, conversation),
        ).fetchone()
        if found is None:
            return None
        name, conversation, message, state, came_at, answer = found
        try:
            incoming = Incoming.from_json(self._sealer.open(message, name))
            wire = json.loads(self._sealer.open(answer, name)) if answer else None
        except CannotOpenError:  # the secret was changed: nobody can answer this any more
            self.done(name)
            return self.next_of(conversation)
        return Row(name, conversation, incoming, State(state), came_at, wire)

    def last_arrival(self, conversation: str) -> float:
        """Return when the latest of a person's waiting messages came, in seconds since 1970."""
        (latest,) = self._database.execute(
            "SELECT MAX(came_at) FROM messages WHERE channel = ? AND conversation = ? "
            "AND state = 'waiting'",
            (self.channel, conversation),
        ).fetchone()
        return float(latest or 0.0)

    def keep_answer(self, name: str, wire: Wire) -> None:
        """Store the answer to a message, as the platform wants it."""
        self._set(name, state=State.ANSWERED, answer=self._sealer.seal(json.dumps(wire), name))

    def set_state(self, name: str, state: State) -> None:
        """Note how far a message has come, unless it is done."""
        if self._state_of(name) is not State.DONE:
            self._set(name, state=state)

    def is_done(self, name: str) -> bool:
        """Whether nothing is left to do for a message."""
        return self._state_of(name) in (State.DONE, None)

    def confirm(self, name: str) -> None:
        """Wipe a message whose answer is out."""
        if self._state_of(name) in (State.SENDING, State.SENT):
            self.done(name)

    def send_again(self, name: str) -> str | None:
        """Take back that an answer was sent; return whose it is, or None if it is wiped."""
        if self._state_of(name) is not State.SENT:
            return None
        self._set(name, state=State.ANSWERED)
        (conversation,) = self._database.execute(
            "SELECT conversation FROM messages WHERE name = ?", (name,)
        ).fetchone()
        return str(conversation)

    def wipe_sent(self, conversation: str | None = None) -> None:
        """Wipe what waits for nothing but news of its answer, of one person or of all."""
        for (name,) in self._database.execute(
            "SELECT name FROM messages WHERE channel = ? AND state = 'sent' "
            "AND conversation = IFNULL(?, conversation)",
            (self.channel, conversation),
        ).fetchall():
            self.done(name)

    def done(self, name: str) -> None:
        """Wipe a message and its answer; only its name stays."""
        self._set(name, state=State.DONE, conversation=None, message=None, answer=None)

    def was_under_way(self, name: str) -> bool:
        """Whether an answer of that name is on its way, or was sent a moment ago."""
        return self._state_of(name) in (State.SENDING, State.SENT)

    def is_stopped(self, conversation: str) -> bool:
        """Whether this person asked for silence."""
        found = self._database.execute(
            "SELECT stopped FROM people WHERE conversation = ?", (conversation,)
        ).fetchone()
        return bool(found and found[0])

    def set_stopped(self, conversation: str, stopped: bool) -> None:
        """Note that this person asked for silence, or for its end."""
        self._database.execute(
            "INSERT INTO people (conversation, stopped) VALUES (?, ?) "
            "ON CONFLICT (conversation) DO UPDATE SET stopped = excluded.stopped",
            (conversation, int(stopped)),
        )

    def keep_rest(self, conversation: str, rest: Outgoing | None) -> None:
        """Store what is left of a shortened answer, or forget it."""
        sealed = self._sealer.seal(rest.to_json(), conversation) if rest else None
        self._database.execute(
            "INSERT INTO people (conversation, rest, rest_until) VALUES (?, ?, ?) "
            "ON CONFLICT (conversation) DO UPDATE "
            "SET rest = excluded.rest, rest_until = excluded.rest_until",
            (conversation, sealed, time.time() + REST_SECONDS),
        )

    def rest_of(self, conversation: str) -> Outgoing | None:
        """Return what is left of the last answer, if it was shortened not long ago."""
        found = self._database.execute(
            "SELECT rest FROM people WHERE conversation = ? AND rest_until > ?",
            (conversation, time.time()),
        ).fetchone()
        if not found or not found[0]:
            return None
        try:
            return Outgoing.from_json(self._sealer.open(found[0], conversation))
        except CannotOpenError:
            return None

    def erase(self, conversation: str) -> None:
        """Forget all of a person but the messages that still wait for an answer."""
        self.wipe_sent(conversation)
        self._database.execute("DELETE FROM people WHERE conversation = ?", (conversation,))

    def _state_of(self, name: str) -> State | None:
        found = self._database.execute(
            "SELECT state FROM messages WHERE name = ?", (name,)
        ).fetchone()
        return State(found[0]) if found else None

    def _set(self, name: str, **values: Any) -> None:
        names = ", ".join(f"{column} = ?" for column in values)
        self._database.execute(
            f"UPDATE messages SET {names} WHERE name = ?",  # noqa: S608  (columns are ours)
            (*(v.value if isinstance(v, Enum) else v for v in values.values()), name),
        )

    def _forget_old(self) -> None:
        now = time.time()
        if now - self._cleaned < _SECONDS_BETWEEN_CLEANINGS:
            return
        self._cleaned = now
        self._database.execute(
            "DELETE FROM messages WHERE state = 'done' AND came_at < ?",
            (now - REMEMBERED_SECONDS,),
        )
        self._database.execute(
            "DELETE FROM people WHERE NOT stopped AND (rest IS NULL OR rest_until < ?)", (now,)
        )
