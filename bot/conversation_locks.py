"""One turn of a conversation at a time, without long waits, whichever process it comes to."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore

from bot.storage.processes import SECONDS_BETWEEN_LOOKS, shared_processes


class ConversationLocks(InMemoryLockStore):
    """In ``endpoints.yml``: ``lock_store: {type: bot.conversation_locks.ConversationLocks}``."""

    def __init__(self, endpoint_config: Any = None) -> None:
        super().__init__()

    @asynccontextmanager
    async def lock(self, conversation_id: str) -> AsyncGenerator[TicketLock, None]:
        """Wait for the turns before, first for those of this process, in their order."""
        # Rasa looks once a second whether a busy conversation is free again, so that six quick
        # messages of one person were answered after up to five seconds.
        here = super().lock(conversation_id, wait_time_in_seconds=SECONDS_BETWEEN_LOOKS)
        async with here as ticket, shared_processes().alone(conversation_id):
            yield ticket
