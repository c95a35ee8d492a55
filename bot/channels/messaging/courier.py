"""Decides which message of a channel is worked on when.

Messages of one person are answered one after the other, in the order they were sent; messages
of different people at the same time.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.channels.messaging.delivery import Delivery
from bot.channels.messaging.message import Incoming, Receipt
from bot.storage.database import StoreError

logger = logging.getLogger(__name__)

_TOO_OLD = 86_400.0  # seconds; after that, a platform takes no free words any more
_LATE_NEWS = 600.0  # seconds for which an answer may fail after all


class Courier:
    """Works off the inbox of one channel."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._inbox = delivery.inbox
        self._count = delivery.count
        self._patience = delivery.patience
        self._woken: set[str] = set()  # conversations with something new
        self._worked_on: set[str] = set()  # conversations, each by one task
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Go on with what an earlier process left, and with what another one leaves."""
        if self._inbox.database.is_shared:
            self._start(self._look_again_and_again())
        else:
            await self._look(wiped_before=math.inf)

    async def stop(self) -> None:
        """Stop all work; what is not done stays in the inbox."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take(self, *messages: Incoming) -> None:
        """Store messages and see that they are answered; known ones are passed over.

        Raises:
            StoreError: one could not be stored, so they must not be confirmed to the platform.
        """
        stored = []
        try:
            for message in messages:
                if message.age > _TOO_OLD:
                    self._count("dropped_total", reason="too_old")
                elif conversation := await self._inbox.add(message):
                    self._count("received_total", kind=message.kind.value)
                    stored.append(conversation)
                else:
                    self._count("dropped_total", reason="duplicate")
        finally:
            # Not before all are stored, as they may have come in any order; but also if one could
            # not be: those before it are passed over when the platform brings them again.
            for conversation in stored:
                self._wake(conversation)

    async def confirm(self, receipt: Receipt) -> None:
        """Take note of what the platform says of an answer."""
        if await self._delivery.failed_for_now(receipt):
            self._start(_later(self._patience.retry, self._send_again, receipt.token))

    async def _send_again(self, token: str) -> None:
        if conversation := await self._inbox.send_again(token):
            self._wake(conversation)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, wiped_before: float) -> None:
        await self._inbox.wipe_sent(before=wiped_before)
        for conversation in await self._inbox.waiting():
            self._wake(conversation)

    async def _look_again_and_again(self) -> None:
        """Take over what another process left when it ended."""
        while True:
            try:
                await self._look(time.time() - _LATE_NEWS)
            except StoreError as error:
                logger.error("%s: the inbox failed (%s).", self._inbox.channel, error)
            await asyncio.sleep(self._patience.look)

    def _wake(self, conversation: str) -> None:
        self._woken.add(conversation)
        if conversation not in self._worked_on:
            self._worked_on.add(conversation)
            self._start(self._work(conversation))

    async def _work(self, conversation: str) -> None:
        """Answer all that waits of one conversation; then end, in the same step."""
        try:
            while conversation in self._woken:
                self._woken.discard(conversation)
                async with self._inbox.database.claim(conversation) as is_ours:
                    while is_ours and await self._work_on_next(conversation):
                        pass
        except StoreError as error:
            logger.error("%s: the inbox failed (%s).", self._inbox.channel, error)
        finally:
            self._woken.discard(conversation)
            self._worked_on.discard(conversation)

    async def _work_on_next(self, conversation: str) -> bool:
        """Work on one message; tell whether there was one."""
        try:
            row = await self._inbox.next_of(conversation)
            if row is not None and await self._delivery.work_on(row):
                self._start(_later(_LATE_NEWS, self._inbox.done, row.name))
        except Exception as error:  # nothing may end the work but its end
            # The error's text may quote the patient: log its kind alone.
            logger.error("%s: %s.", self._inbox.channel, type(error).__name__)
            await asyncio.sleep(self._patience.retry)
            return True
        return row is not None


async def _later(seconds: float, work: Callable[[str], Awaitable[None]], name: str) -> None:
    await asyncio.sleep(seconds)
    await work(name)
