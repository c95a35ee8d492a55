"""Carries messages: from the inbox to the bot, and the answers to the platform.

Messages of one person are answered one after the other, in the order they were sent; messages
of different people at the same time. An answer leaves exactly once, as far as the platform lets
us know: when its word on an answer is lost, its receipt is awaited before the answer is sent
again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any

from bot.channels.messaging.answers import Answers
from bot.channels.messaging.delivery import Delivery
from bot.channels.messaging.errors import HaltError, UndeliverableError
from bot.channels.messaging.fitting import CannotFitError
from bot.channels.messaging.inbox import Inbox, Row, State
from bot.channels.messaging.message import Incoming, Receipt, Wire
from bot.channels.messaging.transport import Patience, Transport
from bot.channels.metrics import Metrics
from bot.storage.database import StoreError

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16  # people answered at the same time
_AT_ONCE = 3.0  # seconds from sending to coming; platforms count whole seconds


class Courier:
    """Works off the inbox of one channel."""

    def __init__(
        self,
        transport: Transport,
        inbox: Inbox,
        answers: Answers,
        metrics: Metrics,
        patience: Patience,
    ) -> None:
        self._transport = transport
        self._inbox = inbox
        self._answers = answers
        self._count = partial(metrics.add, channel=inbox.channel)
        self._patience = patience
        self._delivery = Delivery(transport, inbox, metrics, patience)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()
        self._looking: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._started = 0.0

    async def start(self) -> None:
        """Go on with what an earlier process left, and with what another one leaves."""
        self._started = time.time()
        if self._inbox.is_shared:
            self._looking = asyncio.get_running_loop().create_task(self._look_again_and_again())
        else:
            await self._look(wiped_before=None)

    async def stop(self) -> None:
        """Stop all work; what is not done stays in the inbox."""
        tasks = [*self._workers.values(), *self._later, *filter(None, [self._looking])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._transport.close()

    async def take(self, *messages: Incoming) -> None:
        """Store messages and see that they are answered; known ones are passed over.

        Raises:
            StoreError: one could not be stored, so they must not be confirmed to the platform.
        """
        # All are stored before one is answered: they may have come in any order.
        for conversation in [await self._store(message) for message in messages]:
            if conversation is not None:
                self._wake(conversation)

    async def _store(self, message: Incoming) -> str | None:
        if _age(message) > self._patience.window:
            self._count("dropped_total", reason="too_old")
            return None
        conversation = await self._inbox.add(message)
        if conversation is None:
            self._count("dropped_total", reason="duplicate")
        else:
            self._count("received_total", kind=message.kind.value)
        return conversation

    async def confirm(self, receipt: Receipt) -> None:
        """Take note of what the platform says of an answer."""
        self._count("receipts_total", status=receipt.status)
        if receipt.verdict is None:
            if receipt.is_out:
                await self._inbox.confirm(receipt.token)
            self._delivery.confirm(receipt.token)
            return
        logger.warning("%s: delivery failed (error %s).", self._inbox.channel, receipt.code)
        if await self._inbox.state_of(receipt.token) not in (State.SENDING, State.SENT):
            return  # news of long ago, or a callback that somebody recorded
        if receipt.verdict is HaltError:
            self._delivery.halt(str(receipt.code))
        if issubclass(receipt.verdict, UndeliverableError):
            self._delivery.give_up(str(receipt.code))
            await self._inbox.done(receipt.token)
        else:
            self._do_later(self._patience.longest_retry, self._send_again(receipt.token))

    async def _send_again(self, token: str) -> None:
        if conversation := await self._inbox.send_again(token):
            self._wake(conversation)

    def _do_later(self, seconds: float, work: Coroutine[Any, Any, None]) -> None:
        async def wait_and_work() -> None:
            try:
                await asyncio.sleep(seconds)
                await work
            finally:
                work.close()

        task = asyncio.get_running_loop().create_task(wait_and_work())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _look(self, wiped_before: float | None) -> None:
        await self._inbox.wipe_sent(before=wiped_before)
        for conversation in await self._inbox.waiting():
            self._wake(conversation)

    async def _look_again_and_again(self) -> None:
        """Take over what another process left when it ended."""
        while True:
            try:
                await self._look(time.time() - self._patience.late_failure)
            except StoreError as error:
                logger.error("%s: the inbox failed (%s).", self._inbox.channel, error)
            await asyncio.sleep(self._patience.look)

    def _wake(self, conversation: str) -> None:
        self._woken.add(conversation)
        if conversation not in self._workers:
            worker = asyncio.get_running_loop().create_task(self._work(conversation))
            self._workers[conversation] = worker

    async def _work(self, conversation: str) -> None:
        """Answer all that waits of one conversation; then end, in the same step."""
        try:
            while conversation in self._woken:
                self._woken.discard(conversation)
                async with self._inbox.claim(conversation) as is_ours:
                    while is_ours and await self._work_on_next(conversation):
                        pass
        except StoreError as error:
            logger.error("%s: the inbox failed (%s).", self._inbox.channel, error)
        finally:
            self._woken.discard(conversation)
            del self._workers[conversation]

    async def _work_on_next(self, conversation: str) -> bool:
        """Work on one message; tell whether there was one."""
        try:
            row = await self._inbox.next_of(conversation)
            if row is not None:
                await self._work_on(row)
        except Exception as error:  # nothing may end the work but its end
            # The error's text may quote the patient: log its kind alone.
            logger.error("%s: %s.", self._inbox.channel, type(error).__name__)
            await asyncio.sleep(self._patience.longest_retry)
            return True
        return row is not None

    async def _work_on(self, row: Row) -> None:
        settling = await self._settling(row)
        if row.state is State.WAITING and settling > 0:
            await asyncio.sleep(settling)
            return  # by now another message may come first
        if time.time() - row.came_at > self._patience.too_old:
            self._delivery.give_up("too_late")
            await self._inbox.done(row.name)
            return
        async with self._places:
            wire = row.wire or await self._answer(row)
        if wire is not None and await self._delivery.deliver(row, wire):
            await self._inbox.set_state(row.name, State.SENT)
            self._do_later(self._patience.late_failure, self._inbox.done(row.name))
        else:
            await self._inbox.done(row.name)

    async def _settling(self, row: Row) -> float:
        """Seconds to wait for messages of the same person that were sent earlier."""
        sent_at = row.incoming.sent_at
        if sent_at is None:
            return 0.0
        held_up = row.came_at - sent_at > _AT_ONCE
        wait = self._patience.settle_backlog if held_up else self._patience.settle
        # After a start, what came while nobody was there is on its way.
        last = max(await self._inbox.last_arrival(row.conversation), self._started)
        at_most = max(row.came_at, self._started) + self._patience.settle_at_most
        settling = min(last + wait, at_most) - time.time()
        # More is due only after the clock was set back.
        return settling if settling <= self._patience.settle_at_most else 0.0

    async def _answer(self, row: Row) -> Wire | None:
        late = _age(row.incoming) > self._patience.too_old
        newest = await self._inbox.last_arrival(row.conversation) <= row.came_at
        message = await self._answers.answer(row.incoming, row.conversation, late, newest)
        if message is None:
            self._count("dropped_total", reason="late" if late else "stopped")
            return None
        words = self._answers.words()
        try:
            wire, rest = self._transport.compose(message, words)
        except CannotFitError:
            logger.error("%s: an answer does not fit the platform.", self._inbox.channel)
            wire, rest = self._transport.compose(self._answers.unavailable(), words)
        await self._inbox.keep_rest(row.conversation, rest)
        await self._inbox.keep_answer(row.name, wire)
        return wire


def _age(message: Incoming) -> float:
    """Seconds since a message was sent; 0 where the platform does not say when that was."""
    return time.time() - message.sent_at if message.sent_at else 0.0
