"""What can become of an answer on its way to a platform."""

from collections.abc import Mapping


class SendError(Exception):
    """A platform did not take an answer; the text is its code, without a word of the platform's."""

    def __init__(self, code: str, wait: float = 0.0) -> None:
        super().__init__(code)
        self.wait = wait  # seconds, at least, before the next try


class TryAgainError(SendError):
    """It may be taken later."""


class UnsureError(SendError):
    """It may have been taken or not: the platform's word on it was lost."""


class UndeliverableError(SendError):
    """It will never be taken."""


class FormError(UndeliverableError):
    """Its words may be taken in a plainer form."""


class HaltError(SendError):
    """Nothing will be taken until somebody at the clinic acts."""


Verdict = type[SendError]
Codes = Mapping[Verdict, tuple[int, ...]]


def verdict_of(code: int | None, codes: Codes, status: int = 400) -> Verdict:
    """Return what a platform's code means, or, where it is in no row, the HTTP status."""
    for verdict, known in codes.items():
        if code in known:
            return verdict
    if status == 429 or status >= 500:
        return TryAgainError
    # A redirection, or no access without a reason: the address or the token is wrong.
    return HaltError if status == 401 or status < 400 else UndeliverableError
