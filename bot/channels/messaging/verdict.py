"""What a platform's error means for a message, whatever the platform."""

from __future__ import annotations

from enum import Enum

from bot.channels.messaging.errors import HaltError, TryAgainError, UndeliverableError


class Verdict(Enum):
    """What to do with an answer that a platform turned down."""

    AGAIN = "again"  # it may be taken later
    HALT = "halt"  # nothing will be taken until somebody at the clinic acts
    FORM = "form"  # the words may be taken in a plainer form
    NEVER = "never"  # it will not be taken


def verdict_by_status(status: int) -> Verdict:
    """Return what an HTTP status means where the platform's own code says nothing."""
    if status == 429 or status >= 500:
        return Verdict.AGAIN
    # A redirection, or no access without a reason: the address or the token is wrong.
    return Verdict.HALT if status == 401 or status < 400 else Verdict.NEVER


def raise_verdict(decided: Verdict, code: str, wait: float = 0.0) -> None:
    """Raise what a verdict means for the message.

    Args:
        decided: the verdict.
        code: names the error, without a word of the platform's.
        wait: seconds to wait at least before the message is sent again.
    """
    if decided is Verdict.AGAIN:
        raise TryAgainError(code, wait)
    if decided is Verdict.HALT:
        raise HaltError(code)
    raise UndeliverableError(code)
