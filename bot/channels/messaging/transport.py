"""What the courier needs of a platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Outgoing, Wire


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

    async def was_taken(self, address: dict[str, str], wire: Wire, since: float) -> bool:
        """Ask the platform whether it has a message whose fate is unknown.

        Args:
            address: of the person, as for `send`.
            wire: the message, as for `send`.
            since: seconds since 1970; an older message of these words does not count.

        Returns:
            whether it has; no if it cannot be asked.

        Raises:
            TryAgainError: it cannot be asked just now.
        """

    async def close(self) -> None:
        """Give up the connections to the platform."""
