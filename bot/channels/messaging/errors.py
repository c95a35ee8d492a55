"""What can become of an answer on its way to a platform."""

from __future__ import annotations


class TryAgainError(Exception):
    """The platform did not take the message; it may, later."""

    def __init__(self, code: str, wait: float = 0.0) -> None:
        """Say why, and how many seconds to wait at least."""
        super().__init__(code)
        self.code = code
        self.wait = wait


class UnsureError(Exception):
    """The platform may or may not have taken the message: its answer was lost."""


class UndeliverableError(Exception):
    """The platform will never take this message; the text is its code."""


class HaltError(Exception):
    """The platform wants no more messages until somebody acts; the text is its code."""
