"""What the courier needs of a platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from actions.reply import Reply
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Wire


@dataclass(frozen=True)
class Patience:
    """How long a patient's answer may wait, in seconds, and for what."""

    order: float = 0.5  # for what was sent before the message; four times that after a break
    receipt: float = 8.0  # for the receipt of an answer that is perhaps out
    retry: float = 60.0  # for the next try, at most; the first one comes after a 60th of it
    halt: float = 900.0  # until a platform that wants no messages is tried again
    look: float = 5.0  # until a process looks at what another one left


class Transport(Protocol):
    """One platform's way of taking messages."""

    def compose(self, reply: Reply, words: Words) -> tuple[Wire, Reply | None]:
        """Return a message in the platform's form, and what is left of it if it was shortened.

        Raises:
            CannotFitError: it cannot be shortened to the platform's limits.
        """

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
        """Give the platform, once, what `compose` gave; the token comes back in its receipts.

        Raises:
            SendError: it was not taken, or nobody knows; its kind says what that means.
        """

    async def was_taken(self, address: dict[str, str], wire: Wire, since: float) -> bool:
        """Ask the platform whether it has a message, not older than `since` (seconds since 1970).

        Raises:
            TryAgainError: it cannot be asked just now.
        """

    async def close(self) -> None:
        """Give up the connections to the platform."""
