"""One turn of a conversation at a time, without long waits."""

from __future__ import annotations

from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore

# Rasa looks once a second whether a busy conversation is free again, so that six quick
# messages of one person were answered after up to five seconds.
SECONDS_BETWEEN_LOOKS = 0.02


class ConversationLocks(InMemoryLockStore):
    """In ``endpoints.yml``: ``lock_store: {type: bot.conversation_locks.ConversationLocks}``."""

    def __init__(self, endpoint_config: Any = None) -> None:
        """Start without locks; there is nothing to configure."""
        super().__init__()

    async def _acquire_lock(
        self, conversation_id: str, ticket: int, wait_time_in_seconds: float
    ) -> TicketLock:
        return await super()._acquire_lock(conversation_id, ticket, SECONDS_BETWEEN_LOOKS)
