"""Rate limits per chat and per network address."""

import asyncio
import hashlib
import ipaddress
import logging
import time

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from sanic.request import Request

from bot.channels.refusals import Refusal

logger = logging.getLogger(__name__)

_NAMESPACE = "hematoma-guide"
_STORE_SECONDS = 0.25  # longest wait for the shared store
_REST_SECONDS = 10.0  # after a failure, until it is asked again
_STEP_SECONDS = 10.0  # a clock that is set by more makes the counts worthless


class RateLimits:
    """Counts requests under named limits and refuses those that are too many.

    When a shared store (Redis) cannot be reached, each process counts on its own: a person
    who needs help is not turned away because a counter is down.
    """

    def __init__(self, redis_url: str | None, limits: dict[str, str]) -> None:
        self._limits: dict[str, list[RateLimitItem]] = {
            name: list(parse_many(text)) for name, text in limits.items()
        }
        # A limiter holds its storage weakly: without these the counts would vanish.
        self._own_storage = MemoryStorage()
        self._own = MovingWindowRateLimiter(self._own_storage)
        self._clock_offset = _clock_offset()
        self._shared: MovingWindowRateLimiter | None = None
        self._down_until = 0.0
        if redis_url:
            patience = {"socket_timeout": _STORE_SECONDS, "socket_connect_timeout": _STORE_SECONDS}
            self._shared_storage = storage_from_string(redis_url, **patience)
            self._shared = MovingWindowRateLimiter(self._shared_storage)

    async def spend(self, name: str, who: str, cost: int = 1) -> None:
        """Count a request of `who`, as `cost` short ones, or raise a refusal with the wait."""
        if self._shared is None or time.monotonic() < self._down_until:
            wait = self._spend_with_own(name, who, cost)
        else:
            try:
                # A Redis client blocks: keep it off the event loop, and do not wait long.
                wait = await asyncio.wait_for(
                    asyncio.to_thread(self._spend_with, self._shared, name, who, cost),
                    timeout=2 * _STORE_SECONDS,
                )
            except Exception as error:  # any failure of the store has the same remedy
                logger.warning("The shared rate-limit store failed (%s).", type(error).__name__)
                self._down_until = time.monotonic() + _REST_SECONDS
                wait = self._spend_with_own(name, who, cost)
        if wait is not None:
            raise Refusal("too_many", wait=wait)

    def _spend_with_own(self, name: str, who: str, cost: int) -> float | None:
        # After a clock is set back, what was counted would count until it has caught up.
        if abs(_clock_offset() - self._clock_offset) > _STEP_SECONDS:
            self._clock_offset = _clock_offset()
            self._own_storage.reset()
        return self._spend_with(self._own, name, who, cost)

    def _spend_with(
        self, limiter: MovingWindowRateLimiter, name: str, who: str, cost: int
    ) -> float | None:
        for limit in self._limits[name]:
            if not limiter.hit(limit, _NAMESPACE, name, who, cost=min(cost, limit.amount)):
                free_at = float(limiter.get_window_stats(limit, _NAMESPACE, name, who)[0])
                return max(1.0, free_at - time.time())
        return None


class Addresses:
    """Tells network addresses apart without keeping them."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()[:64]

    def key_of(self, request: Request) -> str:
        """A keyed digest of the caller's address (of its /64 network for IPv6)."""
        network = _network_of(request.remote_addr or request.ip)
        return hashlib.blake2b(network.encode(), key=self._key, digest_size=12).hexdigest()


def _clock_offset() -> float:
    """Seconds between the clock, which may be set, and the one that never is."""
    return time.time() - time.monotonic()


def _network_of(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
