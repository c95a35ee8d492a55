"""What the courier needs of a platform, and requests to it that tell what is known of their fate.

aiohttp takes a quarter of a second to import: only a bot that uses a platform does so.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from actions.reply import Reply
from bot.channels.messaging.errors import TryAgainError, UnsureError
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Wire

CONNECT_SECONDS = 5.0
SEND_SECONDS = 20.0

_LONGEST_WAIT = 900.0
# A gateway that answers in the platform's place does not know what became of the message.
_GATEWAY_STATUSES = (502, 504)


@dataclass(frozen=True)
class Patience:
    """How long a patient's answer may wait, in seconds, and for what."""

    order: float = 0.5  # for what was sent before the message; four times that after a break
    receipt: float = 8.0  # for the receipt of an answer that is perhaps out
    retry: float = 60.0  # for the next try, at most; the first one comes after a 60th of it
    halt: float = 900.0  # until a platform that wants no messages is tried again
    look: float = 5.0  # until a process looks at what another one left


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


class Transport(ABC):
    """One platform's way of taking messages; made in the server's event loop.

    Args:
        seconds: how long the platform may take over one request.
        authorization: the header of every request that tells who we are.
    """

    def __init__(self, seconds: float, authorization: str) -> None:
        import aiohttp

        tracing = aiohttp.TraceConfig()
        # aiohttp's own type of this list is wrong.
        tracing.on_request_headers_sent.append(_note_that_it_left)  # type: ignore[arg-type]
        self._session = aiohttp.ClientSession(
            headers={"Authorization": authorization},
            timeout=aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS),
            trace_configs=[tracing],
            # A connection that the platform has just closed would leave an answer's fate
            # unknown: that costs more than a new connection for each.
            connector=aiohttp.TCPConnector(force_close=True),
        )

    @staticmethod
    @abstractmethod
    def compose(reply: Reply, words: Words) -> tuple[Wire, Reply | None]:
        """Return a message in the platform's form, and what is left of it if it was shortened.

        Raises:
            CannotFitError: it cannot be shortened to the platform's limits.
        """

    @abstractmethod
    async def send(self, address: Mapping[str, str], wire: Wire, token: str) -> None:
        """Give the platform, once, what `compose` gave; the token comes back in its receipts.

        Raises:
            SendError: it was not taken, or nobody knows; its kind says what that means.
        """

    async def was_taken(self, address: Mapping[str, str], wire: Wire, since: float) -> bool:
        """Ask the platform whether it has a message, not older than `since` (seconds since 1970).

        One that cannot be asked says no.

        Raises:
            TryAgainError: it cannot be asked just now.
        """
        return False

    async def request(self, method: str, url: str, **content: Any) -> PlatformAnswer:
        """Send a request, once.

        Raises:
            TryAgainError: it never left.
            UnsureError: it left, and nobody knows whether the platform has acted on it.
        """
        import aiohttp

        journey = SimpleNamespace(has_left=False)
        # None of aiohttp's errors is passed on: their texts hold addresses.
        try:
            async with self._session.request(
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
        """Give up the connections to the platform."""
        await self._session.close()


async def _note_that_it_left(_: Any, context: SimpleNamespace, __: Any) -> None:
    context.trace_request_ctx.has_left = True
