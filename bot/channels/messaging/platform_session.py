"""Requests to a platform, with time-outs, telling apart what is known of their fate."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp

from bot.channels.messaging.errors import TryAgainError, UnsureError

CONNECT_SECONDS = 5.0
SEND_SECONDS = 20.0

_LONGEST_WAIT = 900.0
# A gateway that answers in the platform's place does not know what became of the message.
_GATEWAY_STATUSES = (502, 504)


@dataclass(frozen=True)
class PlatformAnswer:
    """What a platform answered."""

    status: int
    fields: dict[str, Any]  # its JSON object; empty if there was none
    wait: float  # seconds it asks to wait before the next try

    def number(self, *path: str) -> int | None:
        """Return the whole number at a path of names, None if there is none."""
        value: Any = self.fields
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, int) else None


class PlatformSession:
    """The connections to one platform; opened when first needed.

    Args:
        seconds: how long the platform may take over one request.
        credentials: ``headers`` or ``auth`` of every request.
    """

    def __init__(self, seconds: float = SEND_SECONDS, **credentials: Any) -> None:
        self._credentials = credentials
        self._timeout = aiohttp.ClientTimeout(
            total=seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
        )
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str, url: str, **content: Any) -> PlatformAnswer:
        """Send a request, once.

        Raises:
            TryAgainError: it never left.
            UnsureError: it left, and nobody knows whether the platform has acted on it.
        """
        journey = SimpleNamespace(has_left=False)
        # None of aiohttp's errors is passed on: their texts hold addresses.
        try:
            async with self._opened().request(
                method, url, allow_redirects=False, trace_request_ctx=journey, **content
            ) as response:
                status, headers = response.status, response.headers
                body = await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            reason = "time_out" if isinstance(error, asyncio.TimeoutError) else "connection"
            if journey.has_left:
                raise UnsureError(reason) from None
            raise TryAgainError(f"{reason}_before") from None
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            fields = None
        if status in _GATEWAY_STATUSES and not fields:
            raise UnsureError(f"http_{status}")
        asked = headers.get("Retry-After", "")
        wait = min(float(asked), _LONGEST_WAIT) if asked.isdecimal() else 0.0
        return PlatformAnswer(status, fields if isinstance(fields, dict) else {}, wait)

    async def close(self) -> None:
        """Give up the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            # aiohttp's own type of this list is wrong.
            tracing.on_request_headers_sent.append(_note_that_it_left)  # type: ignore[arg-type]
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                trace_configs=[tracing],
                # A connection that the platform has just closed would leave an answer's fate
                # unknown: that costs more than a new connection for each.
                connector=aiohttp.TCPConnector(force_close=True),
                **self._credentials,
            )
        return self._session


async def _note_that_it_left(_: Any, context: SimpleNamespace, __: Any) -> None:
    context.trace_request_ctx.has_left = True
