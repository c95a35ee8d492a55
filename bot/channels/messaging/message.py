"""What comes from a messaging platform and what goes back, whatever the platform."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from bot.channels.messaging.verdict import Verdict

Wire = dict[str, Any]
_ON_ITS_WAY = frozenset({"accepted", "queued", "sending"})


class Kind(str, Enum):
    """What a patient sent."""

    TEXT = "text"
    CHOICE = "choice"  # a tap on a button or a list row
    MEDIA = "media"  # anything but words; the text is its caption, if it has one


@dataclass(frozen=True)
class Incoming:
    """One message of a patient, as read from the platform's webhook.

    Attributes:
        id: the platform's id of the message; the same in every delivery of it.
        user: the platform's most lasting id of the sender.
        address: how to write back, in the platform's own terms.
        kind: what was sent.
        text: the words typed, the title tapped, or the caption.
        payload: what stands behind a tap.
        sent_at: when it was sent, in seconds since 1970; None if the platform does not say.
    """

    id: str = field(repr=False)
    user: str = field(repr=False)
    address: Mapping[str, str] = field(repr=False)
    kind: Kind
    text: str = field(default="", repr=False)
    payload: str = field(default="", repr=False)
    sent_at: float | None = None

    def to_json(self) -> str:
        """Return it as text, to be sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Incoming:
        """Return what `to_json` gave."""
        fields = json.loads(text)
        return cls(**{**fields, "kind": Kind(fields["kind"])})


@dataclass(frozen=True)
class Receipt:
    """What the platform says of a message of ours.

    Attributes:
        token: the token that went out with the message, "" if the platform names none.
        status: the platform's word, such as sent, delivered, read or failed.
        code: the platform's error code of a failed message, or None.
        verdict: what to do with a failed message; None for one that did not fail.
    """

    token: str
    status: str
    code: int | None = None
    verdict: Verdict | None = None

    @property
    def is_out(self) -> bool:
        """Whether the answer has left the platform; until then it may still fail."""
        return self.verdict is None and self.status not in _ON_ITS_WAY


@dataclass(frozen=True)
class Outgoing:
    """One message of the bot: all of a turn.

    Attributes:
        text: the whole text; source line and disclaimer are its last lines.
        buttons: what can be asked next, as title and payload.
        last_lines: how many lines at the end belong together and must never be left out.
    """

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()
    last_lines: int = 0

    def to_json(self) -> str:
        """Return it as text, to be sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Outgoing:
        """Return what `to_json` gave."""
        fields = json.loads(text)
        return cls(**{**fields, "buttons": tuple(fields["buttons"])})
