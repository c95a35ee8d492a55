"""Sends one answer until it is out, or until there is no hope."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from functools import partial

from bot.channels.messaging.errors import HaltError, SendError, TryAgainError, UnsureError
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
        self._transport = transport
        self._inbox = inbox
        self._count = partial(metrics.add, channel=inbox.channel)
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
                if await self._inbox.state_of(row.name) in (State.DONE, None):
                    return False  # it failed for good, says a receipt
                await self._inbox.set_state(row.name, State.SENDING)
                try:
                    await self._transport.send(dict(row.incoming.address), wire, row.name)
                    self._count("sent_total")
                    return True
                except HaltError as error:
                    self.halt(str(error))
                    wait = 0.0
                except (TryAgainError, UnsureError) as error:
                    self._count("send_errors_total", code=str(error))
                    if unsure := isinstance(error, UnsureError):
                        continue
                    wait = max(error.wait, self._retry_wait(retries))
                except SendError as error:
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
        while True:
            try:
                await asyncio.wait_for(receipt.wait(), self._patience.receipt)
                return True
            except asyncio.TimeoutError:
                pass
            try:
                address = dict(row.incoming.address)
                return await self._transport.was_taken(address, wire, row.came_at)
            except TryAgainError as error:
                self._count("send_errors_total", code=str(error))
                if time.time() - row.came_at > self._patience.too_old:
                    return False

    def _retry_wait(self, retries: int) -> float:
        wait = min(self._patience.longest_retry, self._patience.first_retry * 2.0**retries)
        return wait * random.uniform(0.75, 1.25)  # noqa: S311  (spreads retries, guards nothing)

    def give_up(self, code: str) -> None:
        """Count an answer that will not be delivered, and why."""
        self._count("dropped_total", reason=code)
        logger.warning("%s: an answer was not delivered (%s).", self._inbox.channel, code)
