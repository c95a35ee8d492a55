"""A courier with a platform that fails as told, and answers that only say back what came."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.messaging.courier import Courier
from bot.channels.messaging.errors import UnsureError
from bot.channels.messaging.fitting import CannotFitError, Words
from bot.channels.messaging.inbox import Inbox
from bot.channels.messaging.message import Incoming, Kind, Outgoing, Wire
from bot.channels.messaging.transport import Patience
from bot.channels.metrics import Metrics
from bot.sealing import Sealer
from bot.storage.database import open_database

QUICK = Patience(receipt=0.2, first_retry=0.01, longest_retry=0.05, halt=0.3)
WORDS = Words("Reply MORE.", "The rest.", "Reply with a number:", "What next?")
LOST = "answer lost"


class EchoAnswers:
    """Says back what came, after a moment."""

    def __init__(self) -> None:
        self.seconds = 0.005
        self.under_way: list[str] = []
        self.most_at_once = 0

    async def answer(
        self, message: Incoming, conversation: str, late: bool = False, newest: bool = True
    ) -> Outgoing | None:
        """Say it back; be silent on "hush"."""
        self.under_way.append(conversation)
        self.most_at_once = max(self.most_at_once, len(self.under_way))
        assert self.under_way.count(conversation) == 1, "two turns of one person at once"
        await asyncio.sleep(self.seconds)
        self.under_way.remove(conversation)
        return None if message.text == "hush" else Outgoing(f"You said {message.text}")

    def unavailable(self) -> Outgoing:
        """Say the last resort."""
        return Outgoing("Sorry.")

    def words(self) -> Words:
        """Give what is said around answers."""
        return WORDS


@dataclass
class Platform:
    """Takes messages, and fails as told: one fault a try, in order."""

    faults: list[Exception | str] = field(default_factory=list)
    took: list[tuple[str, str, str]] = field(default_factory=list)
    tries: int = 0
    can_be_asked: bool = False

    def compose(self, message: Outgoing, words: Words) -> tuple[Wire, Outgoing | None]:
        """Take texts of up to 100 characters."""
        if len(message.text) > 100:
            raise CannotFitError("too long")
        return {"text": message.text}, None

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
        """Fail, or take it; LOST takes it and loses the answer."""
        self.tries += 1
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        self.took.append((address["to"], wire["text"], token))
        if fault == LOST:
            raise UnsureError("lost")

    async def was_taken(self, address: dict[str, str], wire: Wire, since: float) -> bool:
        """Say so if it can be asked."""
        return self.can_be_asked and any(text == wire["text"] for _, text, _ in self.took)

    async def close(self) -> None:
        """Nothing to close."""

    def texts(self, to: str = "anna") -> list[str]:
        """What one person got."""
        return [text for who, text, _ in self.took if who == to]


@dataclass
class Office:
    """A courier with all around it."""

    courier: Courier
    inbox: Inbox
    platform: Platform
    answers: EchoAnswers
    metrics: Metrics
    folder: Path

    async def settled(self) -> None:
        """Wait until all is done."""

        async def is_quiet() -> bool:
            return not (await self.inbox.waiting() or self.courier._workers)

        await until(is_quiet)


async def until(check: Callable[[], object]) -> None:
    """Wait until it holds; it may have to be awaited."""
    for _ in range(1000):
        held = check()
        if await held if inspect.isawaitable(held) else held:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the courier did not get there")


@contextmanager
def office(
    folder: Path, *faults: Exception | str, platform: Platform | None = None, **patience: float
) -> Iterator[Office]:
    """Open an office over the inbox in a folder, or in the database that the settings name."""
    database = open_database(folder / "inbox.db", durable=True)
    inbox = Inbox("test", Sealer("s" * 32), database)
    platform = platform or Platform(list(faults))
    answers, metrics = EchoAnswers(), Metrics()
    waits = Patience(**{**QUICK.__dict__, **patience})
    courier = Courier(platform, inbox, answers, metrics, waits)  # type: ignore[arg-type]
    try:
        yield Office(courier, inbox, platform, answers, metrics, folder)
    finally:
        database.close()


def message(
    text: str, number: int = 1, who: str = "anna", sent_at: float | None = None
) -> Incoming:
    """A text message."""
    return Incoming(f"{who}-{number}", who, {"to": who}, Kind.TEXT, text, sent_at=sent_at)
