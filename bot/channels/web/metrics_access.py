"""Who may read /metrics."""

from __future__ import annotations

import hmac
import ipaddress

from sanic.request import Request

from bot.settings import Settings

# What proxies add: a request with one of these was not made on this machine.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


def may_read_metrics(request: Request, settings: Settings) -> bool:
    """Whether the setting lets this caller read the metrics."""
    if settings.metrics_access == "token":
        given = request.headers.get("authorization", "").encode(errors="replace")
        return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())
    if settings.metrics_access == "loopback":
        return _is_loopback(request.ip) and not any(name in request.headers for name in _FORWARDED)
    return settings.metrics_access == "open"


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
