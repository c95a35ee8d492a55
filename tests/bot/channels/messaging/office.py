"""A courier with a platform that takes all, and answers that only say back what came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.messaging.courier import Courier
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.inbox import Inbox
from bot.channels.messaging.message import Incoming, Kind, Outgoing, Wire
from bot.channels.messaging.transport import Patience
from bot.channels.metrics import Metrics
from bot.sealing import Sealer
from bot.storage.database import open_database

WORDS = Words("Reply MORE.", "The rest.", "Reply with a number:", "What next?")


class EchoAnswers:
    """Says back what came, after a moment."""

    async def answer(
        self, message: Incoming, conversation: str, late: bool = False, newest: bool = True
    ) -> Outgoing | None:
        """Say it back."""
        await asyncio.sleep(0.005)
        return Outgoing(f"You said {message.text}")

    def words(self) -> Words:
        """Give what is said around answers."""
        return WORDS


@dataclass
class Platform:
    """Takes all messages."""

    took: list[tuple[str, str, str]] = field(default_factory=list)

    def compose(self, message: Outgoing, words: Words) -> tuple[Wire, Outgoing | None]:
        """Take texts."""
        return {"text": message.text}, None

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
        """Take one."""
        self.took.append((address["to"], wire["text"], token))

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Office:
    """A courier with all around it."""

    courier: Courier
    inbox: Inbox
    platform: Platform


async def until(check: Callable[[], object]) -> None:
    """Wait until it holds."""
    for _ in range(1000):
        if check():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the courier did not get there")


@contextmanager
def office(folder: Path, platform: Platform, look: float) -> Iterator[Office]:
    """Open an office over the inbox in a folder, or in the database that the settings name.

    Args:
        folder: where the inbox is.
        platform: takes the answers.
        look: seconds between two looks at what another process left.
    """
    database = open_database(folder / "inbox.db", durable=True)
    inbox = Inbox("test", Sealer("s" * 32), database)
    waits = Patience(receipt=0.2, first_retry=0.01, longest_retry=0.05, halt=0.3, look=look)
    courier = Courier(platform, inbox, EchoAnswers(), Metrics(), waits)  # type: ignore[arg-type]
    try:
        yield Office(courier, inbox, platform)
    finally:
        database.close()


def message(text: str, number: int, who: str) -> Incoming:
    """A text message."""
    return Incoming(f"{who}-{number}", who, {"to": who}, Kind.TEXT, text)
