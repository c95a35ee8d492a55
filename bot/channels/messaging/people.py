"""What is kept of a person on a messaging platform: silence they asked for, what is left to say."""

import time
from typing import Any

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, Table, Text

from actions.reply import Reply
from bot.sealing import CannotOpenError, Sealer
from bot.storage.database import Database

# What is left of a shortened answer, for the reply MORE.
REST_SECONDS = 3600.0

_TABLES = MetaData()
Table(
    "people",
    _TABLES,
    Column("conversation", Text, primary_key=True),
    Column("stopped", Integer, nullable=False, server_default="0"),
    Column("rest", LargeBinary),
    Column("rest_until", Float(53)),
)


class People:
    """The people of all channels, by the names of their conversations.

    Raises:
        StoreError: the database cannot be used.
    """

    def __init__(self, sealer: Sealer, database: Database) -> None:
        self._sealer = sealer
        self._database = database
        database.prepare(_TABLES)

    async def is_stopped(self, conversation: str) -> bool:
        """Whether this person asked for silence."""
        stopped, _, _ = await self._of(conversation)
        return bool(stopped)

    async def set_stopped(self, conversation: str, stopped: bool) -> None:
        """Note that this person asked for silence, or for its end."""
        await self._database.change(
            "INSERT INTO people (conversation, stopped) VALUES (:conversation, :stopped) "
            "ON CONFLICT (conversation) DO UPDATE SET stopped = excluded.stopped",
            conversation=conversation,
            stopped=int(stopped),
        )

    async def keep_rest(self, conversation: str, rest: Reply | None) -> None:
        """Store what is left of a shortened answer, or forget it."""
        await self._database.change(
            "INSERT INTO people (conversation, rest, rest_until) "
            "VALUES (:conversation, :rest, :until) ON CONFLICT (conversation) DO UPDATE "
            "SET rest = excluded.rest, rest_until = excluded.rest_until",
            conversation=conversation,
            rest=self._sealer.seal(rest.to_message(), conversation) if rest else None,
            until=time.time() + REST_SECONDS,
        )

    async def rest_of(self, conversation: str) -> Reply | None:
        """Return what is left of the last answer, if it was shortened not long ago."""
        _, rest, until = await self._of(conversation)
        try:
            is_kept = rest and until > time.time()
            return Reply.from_message(self._sealer.open(rest, conversation)) if is_kept else None
        except CannotOpenError:
            return None

    async def forget(self, conversation: str) -> None:
        """Forget all of a person."""
        await self._database.change(
            "DELETE FROM people WHERE conversation = :conversation", conversation=conversation
        )

    async def forget_old(self) -> None:
        """Forget whoever asked for no silence, and has nothing left to read."""
        await self._database.change(
            "DELETE FROM people WHERE stopped = 0 AND (rest IS NULL OR rest_until < :now)",
            now=time.time(),
        )

    async def _of(self, conversation: str) -> Any:
        found = await self._database.rows(
            "SELECT stopped, rest, rest_until FROM people WHERE conversation = :conversation",
            conversation=conversation,
        )
        return found[0] if found else (0, None, 0.0)
