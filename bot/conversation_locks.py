"""One turn of a conversation at a time, without long waits, whichever process it comes to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore

from bot.storage.processes import SECONDS_BETWEEN_LOOKS, shared_processes


class ConversationLocks(InMemoryLockStore):
    """In ``endpoints.yml``: ``lock_store: {type: bot.conversation_locks.ConversationLocks}``."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = SECONDS_BETWEEN_LOOKS,
    ) -> AsyncGenerator[TicketLock, None]:
        """Wait for the turns before, first for those of this process, in their order."""
        here = super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)
        async with here as ticket, shared_processes().alone(conversation_id):
            yield ticket

    async def _acquire_lock(
        self, conversation_id: str, ticket: int, wait_time_in_seconds: float
    ) -> TicketLock:
        # Rasa looks once a second whether a busy conversation is free again, so that six quick
        # messages of one person were answered after up to five seconds.
        return await super()._acquire_lock(conversation_id, ticket, SECONDS_BETWEEN_LOOKS)
