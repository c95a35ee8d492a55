"""Carries messages: from the inbox to the bot, and the answers to the platform.

Messages of one person are answered one after the other, in the order they were sent; messages
of different people at the same time. An answer leaves exactly once, as far as the platform lets
us know: when its word on an answer is lost, its receipt is awaited before the answer is sent
again.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Protocol

from sanic.log import logger

from bot.channels.messaging.answers import Answers
from bot.channels.messaging.fitting import CannotFitError, Words
from bot.channels.messaging.inbox import Inbox, Row, State
from bot.channels.messaging.message import (
    HaltError,
    Incoming,
    Outgoing,
    Receipt,
    TryAgainError,
    UndeliverableError,
    UnsureError,
    Wire,
)
from bot.channels.metrics import Metrics


@dataclass(frozen=True)
class Patience:
    """How long the courier waits, in seconds."""

    too_old: float = 3600.0  # an answer later than this would only confuse
    settle: float = 0.0  # for a message sent earlier that comes later
    receipt: float = 8.0  # for the receipt of an answer whose fate is unknown
    first_retry: float = 1.0  # doubled at each further one
    longest_retry: float = 60.0
    halt: float = 900.0  # until a platform that wants no messages is tried again


class Transport(Protocol):
    """One platform's way of taking messages."""

    def compose(self, message: Outgoing, words: Words) -> tuple[Wire, Outgoing | None]:
        """Put a message into the platform's form.

        Returns:
            the form, and what is left of a message that had to be shortened.

        Raises:
            CannotFitError: the message cannot be shortened to the platform's limits.
        """

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
        """Give a message to the platform, once.

        Args:
            address: how to reach the person, as the platform told.
            wire: what `compose` gave.
            token: comes back in the receipts of the message.

        Raises:
            TryAgainError: it was not taken, and may be later.
            UnsureError: nobody knows whether it was taken.
            UndeliverableError: it will never be taken.
            HaltError: the platform wants nothing more for now.
        """


MOST_AT_ONCE = 16  # people answered at the same time


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
        """Take the parts; nothing runs yet."""
        self._transport = transport
        self._inbox = inbox
        self._answers = answers
        self._metrics = metrics
        self._patience = patience
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._receipts: dict[str, asyncio.Event] = {}
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._halted_until = 0.0

    def start(self) -> None:
        """Go on with what an earlier process left."""
        for conversation in self._inbox.waiting():
            self._wake(conversation)

    async def stop(self) -> None:
        """Stop all work; what is not done stays in the inbox."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def take(self, message: Incoming) -> None:
        """Store a message and see that it is answered; a known one is passed over."""
        if message.sent_at and time.time() - message.sent_at > self._patience.too_old:
            self._count("dropped_total", reason="too_old")
            return
        conversation = self._inbox.add(message)
        if conversation is None:
            self._count("dropped_total", reason="duplicate")
            return
        self._count("received_total", kind=message.kind.value)
        self._wake(conversation)

    def confirm(self, receipt: Receipt) -> None:
        """Take note of what the platform says of an answer."""
        self._count("receipts_total", status=receipt.status)
        if receipt.status == "failed":
            logger.warning("%s: delivery failed (error %s).", self._inbox.channel, receipt.code)
            return
        self._inbox.confirm(receipt.token)
        if event := self._receipts.get(receipt.token):
            event.set()

    def _wake(self, conversation: str) -> None:
        if conversation not in self._workers:
            worker = asyncio.get_running_loop().create_task(self._work(conversation))
            self._workers[conversation] = worker

    async def _work(self, conversation: str) -> None:
        """Answer all that waits of one conversation; then end, in the same step."""
        try:
            while row := self._inbox.next_of(conversation):
                try:
                    await self._work_on(row)
                except Exception as error:  # nothing may end the work but its end
                    # The error's text may quote the patient: log its kind alone.
                    logger.error("%s: %s.", self._inbox.channel, type(error).__name__)
                    await asyncio.sleep(self._patience.longest_retry)
        finally:
            del self._workers[conversation]

    async def _work_on(self, row: Row) -> None:
        settling = row.came_at + self._patience.settle - time.time()
        if row.state is State.WAITING and settling > 0:
            await asyncio.sleep(settling)
            return  # by now another message may come first
        if time.time() - row.came_at > self._patience.too_old:
            self._give_up("too_late")
        else:
            async with self._places:
                wire = row.wire or await self._answer(row)
            if wire is not None:
                await self._deliver(row, wire)
        self._inbox.done(row.name)

    async def _answer(self, row: Row) -> Wire | None:
        message = await self._answers.answer(row.incoming, row.conversation)
        if message is None:
            self._count("dropped_total", reason="stopped")
            return None
        words = self._answers.words()
        try:
            wire, rest = self._transport.compose(message, words)
        except CannotFitError:
            logger.error("%s: an answer does not fit the platform.", self._inbox.channel)
            wire, rest = self._transport.compose(self._answers.unavailable(), words)
        self._inbox.keep_rest(row.conversation, rest)
        self._inbox.keep_answer(row.name, wire)
        return wire

    async def _deliver(self, row: Row, wire: Wire) -> None:
        """Send an answer until it is out, or until there is no hope."""
        unsure = row.state is State.SENDING
        retries = 0
        receipt = self._receipts[row.name] = asyncio.Event()
        try:
            while True:
                if unsure and await _is_set(receipt, self._patience.receipt):
                    return self._count("sent_total")
                await asyncio.sleep(max(0.0, self._halted_until - time.time()))
                if time.time() - row.came_at > self._patience.too_old:
                    return self._give_up("too_late")
                self._inbox.set_state(row.name, State.SENDING)
                try:
                    await self._transport.send(dict(row.incoming.address), wire, row.name)
                    return self._count("sent_total")
                except UnsureError as error:
                    unsure = True
                    self._count("send_errors_total", code=str(error))
                    continue
                except TryAgainError as error:
                    self._count("send_errors_total", code=error.code)
                    wait = max(error.wait, self._retry_wait(retries))
                except HaltError as error:
                    self._halt(str(error))
                    wait = 0.0
                except UndeliverableError as error:
                    return self._give_up(str(error))
                unsure = False
                retries += 1
                self._inbox.set_state(row.name, State.ANSWERED)
                await asyncio.sleep(wait)
        finally:
            del self._receipts[row.name]

    def _retry_wait(self, retries: int) -> float:
        wait = min(self._patience.longest_retry, self._patience.first_retry * 2.0**retries)
        return wait * random.uniform(0.75, 1.25)  # noqa: S311  (spreads retries, guards nothing)

    def _halt(self, code: str) -> None:
        self._halted_until = time.time() + self._patience.halt
        self._count("halts_total", code=code)
        logger.error(
            "%s takes no messages (error %s): see docs/whatsapp.md. Trying again in %d minutes.",
            self._inbox.channel,
            code,
            round(self._patience.halt / 60),
        )

    def _give_up(self, code: str) -> None:
        self._count("dropped_total", reason=code)
        logger.warning("%s: an answer was not delivered (%s).", self._inbox.channel, code)

    def _count(self, name: str, **labels: str) -> None:
        self._metrics.add(name, 1, channel=self._inbox.channel, **labels)


async def _is_set(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return False
    return True
