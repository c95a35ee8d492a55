"""What one caller, or a broken one, can take of the server, before any channel is asked.

Sanic 21.12 (Rasa's own pin) reads a body of negative length for ever, answers an unsound length
with a server error, waits for ever for a request that comes byte by byte, and has no bound on
connections: at the limit of open files it falls silent. So heads are checked before Sanic
believes them (RFC 9112, section 6.3), requests have a deadline, and connections a bound.
"""

import re
import resource
from collections import Counter
from time import monotonic
from typing import Any, ClassVar

import rasa.core.run
import sanic.app
from sanic import Sanic
from sanic.exceptions import RequestTimeout
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from bot.settings import get_settings

# Files that are not connections: stores, logs, libraries, sockets to other services.
FILES_ASIDE = 128
MOST_CONNECTIONS = 4096
# Share of the connections that one address may hold.
SHARE_OF_ONE = 0.25

HEAD_SECONDS = 10.0
BODY_SECONDS = 20.0
IDLE_SECONDS = 15.0
# How long a late caller has to take the answer.
GOODBYE_SECONDS = 1.0

_REQUEST_LINE = re.compile(rb"[A-Z]{1,16} (?:(?:/|https?://)[\x21-\x7e]*|\*) HTTP/1\.[01]")
_LENGTH = re.compile(rb"\d{1,9}")
_SIZED_BY = (b"content-length", b"transfer-encoding")


class UnsoundHeadError(ValueError):
    """A request does not say clearly what it asks for, or how long it is: status 400."""


async def _require_sound_head(head: bytes, **_: Any) -> None:
    """Check that a request has a request line as it should be, and no body or one plain length.

    A body in chunks is refused: neither browsers nor the messaging platforms send any, and proxies
    need not.
    """
    line, *lines = head.split(b"\r\n")
    if not _REQUEST_LINE.fullmatch(line):
        raise UnsoundHeadError("A request begins with method, path and HTTP/1.1.")
    fields = [line.partition(b":") for line in lines]
    sized = [(n, v.strip()) for n, _, v in fields if n.strip().lower() in _SIZED_BY]
    if not sized:
        return
    (name, value), *others = sized
    if others or name.lower() != _SIZED_BY[0] or not _LENGTH.fullmatch(value):
        raise UnsoundHeadError("A request needs one Content-Length, a whole number.")


class BoundedProtocol(HttpProtocol):
    """Sanic's protocol with a bound on connections and a deadline for each request."""

    most = MOST_CONNECTIONS
    most_of_one = int(MOST_CONNECTIONS * SHARE_OF_ONE)
    _held: ClassVar[Counter[str]] = Counter()

    __slots__ = ("_address", "_began")

    def connection_made(self, transport: Any) -> None:
        """Take a connection, or close it at once if there are too many (see parent class)."""
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if isinstance(peer, tuple) else "socket"
        self._began = monotonic()
        self._held[self._address] += 1
        if self._held[self._address] > self.most_of_one or self._held.total() > self.most:
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget a connection (see parent class)."""
        self._held[self._address] -= 1
        if not self._held[self._address]:
            del self._held[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note when a request begins (see parent class)."""
        if self._stage() is Stage.IDLE:
            self._began = monotonic()
        super().data_received(data)

    def check_timeouts(self) -> None:
        """End a request that does not arrive in time (see parent class)."""
        if self._task and self._is_late(monotonic() - self._began):
            self._http.exception = RequestTimeout("The request did not arrive in time.")
            self._task.cancel()
            # Sanic answers, and would then wait for the rest of the body.
            self.loop.call_later(GOODBYE_SECONDS, self.abort)
        else:
            super().check_timeouts()

    def _stage(self) -> Stage:
        http = getattr(self, "_http", None)
        return Stage.IDLE if http is None else http.stage

    def _is_late(self, seconds: float) -> bool:
        stage = self._stage()
        if stage is Stage.REQUEST:
            return seconds > HEAD_SECONDS
        return stage is Stage.HANDLER and bool(self._http.request_body) and seconds > BODY_SECONDS


def bound(app: Sanic) -> Sanic:
    """Put the bounds on an app that has not started yet; its protocol is given at its start."""
    app.config.KEEP_ALIVE_TIMEOUT = IDLE_SECONDS
    app.add_signal(_require_sound_head, "http.lifecycle.read_head")
    return app


def bound_rasa() -> None:
    """Let Rasa serve within the bounds."""
    BoundedProtocol.most = min(MOST_CONNECTIONS, _files_allowed() - FILES_ASIDE)
    # Behind proxies one address stands for many callers.
    share = 1.0 if get_settings().trusted_proxies else SHARE_OF_ONE
    BoundedProtocol.most_of_one = int(BoundedProtocol.most * share)
    make = rasa.core.run.configure_app
    rasa.core.run.configure_app = lambda *given, **named: bound(make(*given, **named))
    sanic.app.HttpProtocol = BoundedProtocol


def _files_allowed() -> int:
    """Raise the limit of open files as far as is needed and allowed; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_ASIDE
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
