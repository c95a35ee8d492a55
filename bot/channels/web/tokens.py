"""Session tokens: a server-made id and an expiry time, signed so that nobody can make one.

Tokens carry all there is to know about a session, so minting one costs no memory and any
process that shares the secret can read it.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.refusals import Refusal

_VERSION = "v1"
_LONGEST = 200  # characters; ours are about 95


@dataclass(frozen=True)
class Session:
    """One visit of one patient; `id` is also Rasa's conversation id."""

    id: str
    expires: int  # seconds since 1970


class SessionTokens:
    """Mints and reads signed session tokens."""

    def __init__(
        self, secret: str, lifetime_seconds: int, now: Callable[[], float] = time.time
    ) -> None:
        # A key of its own, so that the same secret may safely sign other things one day.
        self._key = hashlib.sha256(b"hematoma-guide/web-session/" + secret.encode()).digest()
        self.lifetime_seconds = lifetime_seconds
        self._now = now

    def mint(self) -> tuple[Session, str]:
        """A new session and its token."""
        own_id = f"web_{secrets.token_urlsafe(16)}"  # 128 bits: it cannot be guessed
        session = Session(own_id, int(self._now()) + self.lifetime_seconds)
        signed = f"{_VERSION}.{session.id}.{session.expires}"
        return session, f"{signed}.{self._signature(signed)}"

    def read(self, authorization: str | None) -> Session:
        """The session an ``Authorization: Bearer <token>`` header proves, or a refusal."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or not 0 < len(token) <= _LONGEST or not token.isascii():
            raise Refusal("no_session")
        signed, _, signature = token.strip().rpartition(".")
        if not hmac.compare_digest(signature, self._signature(signed)):
            # After a restart without a set secret every old token lands here, so the
            # patient's page is told what it would be told of an expired one.
            raise Refusal("session_expired")
        _, session_id, expires = signed.split(".")
        if int(expires) <= self._now():
            raise Refusal("session_expired")
        return Session(session_id, int(expires))

    def _signature(self, signed: str) -> str:
        mac = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
