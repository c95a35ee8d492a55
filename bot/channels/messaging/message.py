"""What comes from a messaging platform, whatever the platform."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.channels.messaging.errors import Verdict

Wire = dict[str, Any]


class Kind(str, Enum):
    """What a patient sent."""

    TEXT = "text"
    CHOICE = "choice"  # a tap on a button or a list row
    MEDIA = "media"  # anything but words; the text is its caption, if it has one


@dataclass(frozen=True)
class Incoming:
    """One message of a patient, as read from the platform's webhook."""

    id: str = field(repr=False)  # the platform's; the same in every delivery
    user: str = field(repr=False)  # the platform's most lasting id of the sender
    address: Mapping[str, str] = field(repr=False)  # how to write back, in the platform's terms
    kind: Kind
    text: str = field(default="", repr=False)  # the words typed, the title tapped, or the caption
    payload: str = field(default="", repr=False)  # what stands behind a tap
    sent_at: float | None = None  # seconds since 1970; None if the platform does not say

    @property
    def age(self) -> float:
        """Seconds since it was sent; 0 where the platform does not say when that was."""
        return time.time() - self.sent_at if self.sent_at else 0.0

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "Incoming":
        """Return the message with these fields, its kind by name."""
        return cls(**{**fields, "kind": Kind(fields["kind"])})


@dataclass(frozen=True)
class Receipt:
    """What the platform says of a message of ours."""

    token: str  # went out with the message; "" if the platform names none
    status: str  # the platform's word, such as sent, delivered, read or failed
    code: int | None = None  # the platform's, of a failed message
    verdict: Verdict | None = None  # what a failure means; None for a message that did not fail
