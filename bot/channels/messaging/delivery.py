"""Sends one answer until it is out, or until there is no hope."""

from __future__ import annotations

import asyncio
import logging
import random
import time

from bot.channels.messaging.errors import HaltError, TryAgainError, UndeliverableError, UnsureError
from bot.channels.messaging.inbox import Inbox, Row, State
from bot.channels.messaging.message import Wire
from bot.channels.messaging.transport import Patience, Transport
from bot.channels.metrics import Metrics

logger = logging.getLogger(__name__)


class Delivery:
    """The last step of an answer: from the inbox to the platform, once."""

    def __init__(
        self, transport: Transport, inbox: Inbox, metrics: Metrics, patience: Patience
    ) -> None:
        """Take the parts."""
        self._transport = transport
        self._inbox = inbox
        self._metrics = metrics
        self._patience = patience
        self._receipts: dict[str, asyncio.Event] = {}
        self._halted_until = 0.0

    def confirm(self, token: str) -> None:
        """Take note that the platform has taken an answer."""
        if event := self._receipts.get(token):
            event.set()

    def halt(self, code: str) -> None:
        """Send nothing more for a while, because somebody at the clinic has to act first."""
        self._halted_until = time.monotonic() + self._patience.halt
        self._count("halts_total", code=code)
        logger.error(
            "%s takes no messages (error %s): see docs/whatsapp.md. Trying again in %d minutes.",
            self._inbox.channel,
            code,
            round(self._patience.halt / 60),
        )

    async def deliver(self, row: Row, wire: Wire) -> bool:
        """Send an answer until it is out, or until there is no hope; tell which."""
        unsure = row.state is State.SENDING
        retries = 0
        receipt = self._receipts[row.name] = asyncio.Event()
        try:
            while time.time() - row.came_at < self._patience.too_old:
                await asyncio.sleep(max(0.0, self._halted_until - time.monotonic()))
                # A receipt may also be of an earlier try whose fate was unknown.
                if receipt.is_set() or (unsure and await self._is_out(row, wire, receipt)):
                    self._count("sent_total")
                    return True
                if await self._inbox.is_done(row.name):
                    return False  # it failed for good, says a receipt
                await self._inbox.set_state(row.name, State.SENDING)
                try:
                    await self._transport.send(dict(row.incoming.address), wire, row.name)
                    self._count("sent_total")
                    return True
                except UnsureError as error:
                    unsure = True
                    self._count("send_errors_total", code=str(error))
                    continue
                except TryAgainError as error:
                    self._count("send_errors_total", code=error.code)
                    wait = max(error.wait, self._retry_wait(retries))
                except HaltError as error:
                    self.halt(str(error))
                    wait = 0.0
                except UndeliverableError as error:
                    self.give_up(str(error))
                    return False
                unsure = False
                retries += 1
                await self._inbox.set_state(row.name, State.ANSWERED)
                await asyncio.sleep(wait)
            self.give_up("too_late")
            return False
        finally:
            del self._receipts[row.name]

    async def _is_out(self, row: Row, wire: Wire, receipt: asyncio.Event) -> bool:
        """Find out whether an answer of unknown fate is out, as far as anybody can say."""
        while not await _is_set(receipt, self._patience.receipt):
            try:
                address = dict(row.incoming.address)
                return await self._transport.was_taken(address, wire, row.came_at)
            except TryAgainError as error:
                self._count("send_errors_total", code=error.code)
                if time.time() - row.came_at > self._patience.too_old:
                    return False
        return True

    def _retry_wait(self, retries: int) -> float:
        wait = min(self._patience.longest_retry, self._patience.first_retry * 2.0**retries)
        return wait * random.uniform(0.75, 1.25)  # noqa: S311  (spreads retries, guards nothing)

    def give_up(self, code: str) -> None:
        """Count an answer that will not be delivered, and why."""
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
