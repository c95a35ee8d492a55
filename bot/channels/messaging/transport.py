"""What the courier needs of a platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from actions.reply import Reply
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Wire


@dataclass(frozen=True)
class Patience:
    """How long the courier waits, in seconds."""

    too_old: float = 3600.0  # an answer later than this would only confuse
    window: float = 86_400.0  # later than this, a platform takes no free words any more
    # For messages sent earlier that come later: so long nothing more may have come of a person,
    settle: float = 0.0  # when a message came as soon as it was sent,
    settle_backlog: float = 0.0  # or when it was held up, and others with it,
    settle_at_most: float = 5.0  # but no longer than this
    receipt: float = 8.0  # for the receipt of an answer whose fate is unknown
    late_failure: float = 600.0  # for news that an answer failed after all
    first_retry: float = 1.0  # doubled at each further one
    longest_retry: float = 60.0
    look: float = 5.0  # between two looks at what another process left
    halt: float = 900.0  # until a platform that wants no messages is tried again


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
