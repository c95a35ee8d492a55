"""What several processes of one bot agree on, in Redis; a single process needs none.

While Redis cannot be reached each process goes on by itself: nobody who needs help is turned away
because a lock is down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.channels.metrics import shared_metrics
from bot.settings import get_settings

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.asyncio.lock import Lock

# A process that is killed lets go of its locks after so long; one that lives holds on.
LOCK_SECONDS = 4.0
# How often a busy lock is asked for again.
SECONDS_BETWEEN_LOOKS = 0.02
# The longest wait for Redis itself.
STORE_SECONDS = 0.5

_PREFIX = "hematoma-guide"

logger = logging.getLogger(__name__)


class Processes:
    """Locks and short notes that all processes of one bot share; None where there is but one."""

    def __init__(self, redis: Redis[bytes] | None) -> None:
        self._redis = redis

    @property
    def are_several(self) -> bool:
        """Whether other processes may serve the same patients."""
        return self._redis is not None

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Let no other process into a block of the same name while this one is in it."""
        async with AsyncExitStack() as stack:
            if self._redis is not None:
                lock = self._redis.lock(
                    f"{_PREFIX}/lock/{name}", timeout=LOCK_SECONDS, sleep=SECONDS_BETWEEN_LOOKS
                )
                with _reported("lock"):
                    await lock.acquire()
                    holding = asyncio.create_task(_hold(lock))
                    stack.push_async_callback(_let_go, lock, holding)
            yield

    async def note(self, name: str, value: bytes, seconds: float) -> None:
        """Keep a value for the other processes, for so many seconds."""
        if self._redis is not None:
            with _reported("note"):
                milliseconds = max(1, int(seconds * 1000))
                await self._redis.set(f"{_PREFIX}/note/{name}", value, px=milliseconds)

    async def noted(self, name: str) -> bytes | None:
        """Return what any process noted under a name, or None."""
        found: bytes | None = None
        if self._redis is not None:
            with _reported("note"):
                found = await self._redis.get(f"{_PREFIX}/note/{name}")
        return found


@lru_cache(maxsize=1)
def shared_processes() -> Processes:
    """Return what this process shares with others, as the settings say."""
    url = get_settings().redis_url
    if url is None:
        return Processes(None)
    from redis.asyncio import Redis

    return Processes(
        Redis.from_url(url, socket_timeout=STORE_SECONDS, socket_connect_timeout=STORE_SECONDS)
    )


async def _hold(lock: Lock) -> None:
    while True:
        await asyncio.sleep(LOCK_SECONDS / 3)
        with _reported("lock"):
            await lock.reacquire()


async def _let_go(lock: Lock, holding: asyncio.Task[None]) -> None:
    holding.cancel()
    with _reported("lock"):  # it may have run out
        await lock.release()


@contextmanager
def _reported(operation: str) -> Iterator[None]:
    """Log and count what fails in this block, and go on: whatever is wrong with Redis."""
    try:
        yield
    except Exception as error:
        logger.error("Redis failed to %s (%s).", operation, type(error).__name__)
        shared_metrics().add("store_errors_total", operation=operation)
