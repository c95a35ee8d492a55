"""Takes a stored message to its answer, and the answer to the platform.

An answer leaves exactly once, as far as the platform lets us know: when its word on an answer is
lost, its receipt is awaited before the answer is sent again.
"""

import asyncio
import logging
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from bot.channels.messaging.answers import Answers
from bot.channels.messaging.errors import (
    HaltError,
    SendError,
    TryAgainError,
    UndeliverableError,
    UnsureError,
)
from bot.channels.messaging.inbox import Inbox, Row, State
from bot.channels.messaging.message import Receipt, Wire
from bot.channels.messaging.transport import Patience, Transport
from bot.channels.metrics import Metrics

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16  # people answered at the same time
TOO_LATE = 3600.0  # seconds; an answer after that would only confuse

_ON_ITS_WAY = frozenset({"accepted", "queued", "sending"})  # until it is sent, it may fail
_LONGEST_ORDER = 5.0  # seconds
_AFTER_A_BREAK = 4  # times as long
_FIRST_RETRY = 1 / 60  # of the longest wait; doubled at each further one
_AT_ONCE = 3.0  # seconds from sending to coming; platforms count whole seconds


@dataclass
class Delivery:
    """Moves one message at a time through the states of the inbox."""

    transport: Transport
    inbox: Inbox
    answers: Answers
    metrics: Metrics
    patience: Patience

    def __post_init__(self) -> None:
        self.count = partial(self.metrics.add, channel=self.inbox.channel)
        self._receipts: dict[str, asyncio.Event] = {}
        self._halted_until = 0.0
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._started = time.time()

    async def work_on(self, row: Row) -> bool:
        """Answer a message, unless another may come first; tell whether the answer is out."""
        settling = await self._settling(row)
        if row.state is State.WAITING and settling > 0:
            await asyncio.sleep(settling)
            return False  # by now another message may come first
        if self._is_too_late(row):
            await self._give_up(row.name, "too_late")
            return False
        async with self._places:
            wire = row.wire or await self._answer(row)
        return wire is not None and await self._deliver(row, wire)

    async def failed_for_now(self, receipt: Receipt) -> bool:
        """Take note of what the platform says of an answer; tell whether to send it again."""
        self.count("receipts_total", status=receipt.status)
        if receipt.verdict is None:
            if receipt.status not in _ON_ITS_WAY:
                await self.inbox.confirm(receipt.token)
            if event := self._receipts.get(receipt.token):
                event.set()
            return False
        logger.warning("%s: delivery failed (error %s).", self.inbox.channel, receipt.code)
        if await self.inbox.state_of(receipt.token) not in (State.SENDING, State.SENT):
            return False  # news of long ago, or a callback that somebody recorded
        if receipt.verdict is HaltError:
            self._halt(str(receipt.code))
        if issubclass(receipt.verdict, UndeliverableError):
            await self._give_up(receipt.token, str(receipt.code))
            return False
        return True

    async def _settling(self, row: Row) -> float:
        """Seconds to wait for messages of the same person that were sent earlier."""
        sent_at = row.incoming.sent_at
        if sent_at is None:
            return 0.0
        held_up = row.came_at - sent_at > _AT_ONCE
        wait = self.patience.order * (_AFTER_A_BREAK if held_up else 1)
        # After a start, what came while nobody was there is on its way.
        last = max(await self.inbox.last_arrival(row.conversation), self._started)
        at_most = max(row.came_at, self._started) + _LONGEST_ORDER
        settling = min(last + wait, at_most) - time.time()
        # More is due only after the clock was set back.
        return settling if settling <= _LONGEST_ORDER else 0.0

    async def _answer(self, row: Row) -> Wire | None:
        late = row.incoming.age > TOO_LATE
        reply = await self.answers.answer(row, late)
        if reply is None:
            self.count("dropped_total", reason="late" if late else "stopped")
            await self.inbox.done(row.name)
            return None
        wire, rest = self.answers.composed(reply, self.transport)
        await self.inbox.people.keep_rest(row.conversation, rest)
        await self.inbox.set_state(row.name, State.ANSWERED, wire)
        return wire

    async def _deliver(self, row: Row, wire: Wire) -> bool:
        """Send an answer until it is out, or until there is no hope; tell which."""
        unsure = row.state is State.SENDING
        retries = 0
        receipt = self._receipts[row.name] = asyncio.Event()
        try:
            while not self._is_too_late(row):
                await asyncio.sleep(max(0.0, self._halted_until - time.monotonic()))
                # A receipt may also be of an earlier try whose fate was unknown.
                if receipt.is_set() or (unsure and await self._is_out(row, wire, receipt)):
                    break
                if not await self.inbox.set_state(row.name, State.SENDING):
                    return False  # it failed for good, says a receipt
                try:
                    await self.transport.send(row.incoming.address, wire, row.name)
                    break
                except HaltError as error:
                    self._halt(str(error))
                    wait = 0.0
                except (TryAgainError, UnsureError) as error:
                    self.count("send_errors_total", code=str(error))
                    if unsure := isinstance(error, UnsureError):
                        continue
                    wait = max(error.wait, self._retry_wait(retries))
                except SendError as error:
                    await self._give_up(row.name, str(error))
                    return False
                unsure = False
                retries += 1
                await self.inbox.set_state(row.name, State.ANSWERED)
                await asyncio.sleep(wait)
            else:
                await self._give_up(row.name, "too_late")
                return False
        finally:
            del self._receipts[row.name]
        self.count("sent_total")
        await self.inbox.set_state(row.name, State.SENT)
        return True

    async def _is_out(self, row: Row, wire: Wire, receipt: asyncio.Event) -> bool:
        """Find out whether an answer of unknown fate is out, as far as anybody can say."""
        while True:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(receipt.wait(), self.patience.receipt)
                return True
            try:
                return await self.transport.was_taken(row.incoming.address, wire, row.came_at)
            except TryAgainError as error:
                self.count("send_errors_total", code=str(error))
                if self._is_too_late(row):
                    return False

    def _is_too_late(self, row: Row) -> bool:
        return time.time() - row.came_at > TOO_LATE

    def _retry_wait(self, retries: int) -> float:
        wait = self.patience.retry * min(1.0, _FIRST_RETRY * 2.0**retries)
        return wait * random.uniform(0.75, 1.25)  # noqa: S311  (spreads retries, guards nothing)

    def _halt(self, code: str) -> None:
        """Send nothing more for a while, because somebody at the clinic has to act first."""
        self._halted_until = time.monotonic() + self.patience.halt
        self.count("halts_total", code=code)
        logger.error(
            "%s takes no messages (error %s): see docs/whatsapp.md. Trying again in %d minutes.",
            self.inbox.channel,
            code,
            round(self.patience.halt / 60),
        )

    async def _give_up(self, name: str, code: str) -> None:
        """Count an answer that will not be delivered, and why, and wipe its message."""
        self.count("dropped_total", reason=code)
        logger.warning("%s: an answer was not delivered (%s).", self.inbox.channel, code)
        await self.inbox.done(name)
