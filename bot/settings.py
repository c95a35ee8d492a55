"""Every setting of the bot, in one place.

Settings come from environment variables named ``HEMATOMA_GUIDE_<NAME>``, are read once,
and are checked before the server opens. A wrong value ends the start with a sentence that
names the setting and says what to do. A setting marked *secret* may also come from a file:
set ``HEMATOMA_GUIDE_<NAME>_FILE`` to its path (Docker and Kubernetes secrets work that way).
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from limits import parse_many

logger = logging.getLogger(__name__)

PREFIX = "HEMATOMA_GUIDE_"
SHORTEST_SECRET = 32  # characters

Value = TypeVar("Value")


class SettingsError(ValueError):
    """One or more settings have values the bot cannot run with."""


@dataclass(frozen=True)
class Settings:
    """The checked settings of one process."""

    token_secret: str = field(repr=False)  # signs the session tokens of the website chat
    allowed_origins: tuple[str, ...] = ()  # sites that may talk to the web channel
    frame_origins: tuple[str, ...] = ()  # sites that may show /frame in an iframe
    trusted_proxies: int = 0  # reverse proxies in front of the bot
    rate_storage: str = field(default="memory://", repr=False)  # may hold a Redis password
    session_rate: str = "20/minute;200/hour"  # messages of one chat
    address_rate: str = "120/minute;1500/hour"  # messages from one network address
    new_session_rate: str = "30/minute;300/hour"  # new chats from one network address
    session_hours: int = 12  # life of a session token
    max_text: int = 2000  # characters; a longer message is still checked for danger signs
    max_body: int = 16_384  # bytes of one request
    turn_seconds: float = 15.0  # longest wait for one answer
    emergency_number: str | None = None  # of the clinic's country; none is guessed


class _Reader:
    """Reads settings out of an environment and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def read(self, name: str, convert: Callable[[str], Value], default: Value) -> Value:
        """The converted setting, or the default when it is absent or blank."""
        return self._converted(name, self.environ.get(PREFIX + name, ""), convert, default)

    def read_secret(self, name: str, convert: Callable[[str], Value], default: Value) -> Value:
        """As `read`, and also from the file that ``<name>_FILE`` points to."""
        path = self.environ.get(f"{PREFIX}{name}_FILE", "").strip()
        if not path:
            return self.read(name, convert, default)
        if self.environ.get(PREFIX + name, "").strip():
            self.problems.append(f"{PREFIX}{name} and {PREFIX}{name}_FILE are both set: keep one.")
            return default
        try:
            raw = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.problems.append(
                f"{PREFIX}{name}_FILE points to a file that cannot be read as text: "
                "check its path and who may read it."
            )
            return default
        return self._converted(name, raw, convert, default)

    def _converted(
        self, name: str, raw: str, convert: Callable[[str], Value], default: Value
    ) -> Value:
        if not raw.strip():
            return default
        try:
            return convert(raw.strip())
        except ValueError as reason:
            self.problems.append(f"{PREFIX}{name} {reason}")
            return default


def _number(low: float, high: float, unit: str) -> Callable[[str], float]:
    def convert(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"must be a number of {unit} from {low:g} to {high:g}, not {raw!r}.")
        return value

    return convert


def _whole_number(low: int, high: int, unit: str) -> Callable[[str], int]:
    def convert(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and low <= int(raw) <= high):
            raise ValueError(f"must be a whole number of {unit}, {low} to {high}, not {raw!r}.")
        return int(raw)

    return convert


def _rate(raw: str) -> str:
    try:
        parse_many(raw)
    except ValueError:
        raise ValueError(
            f"must read like '20/minute;200/hour' (a count, a period, several joined by ';'), "
            f"not {raw!r}."
        ) from None
    return raw


def _origin(raw: str) -> str:
    hint = (
        "must list origins like 'https://www.clinic.example' (scheme and host, a port if "
        f"unusual, no path, no '*'), joined by commas; {raw!r} is not one."
    )
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        raise ValueError(hint) from None
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or "*" in raw:
        raise ValueError(hint)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in (None, usual) else f":{port}")


def _origins(raw: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_origin(part.strip()) for part in raw.split(",") if part.strip()))


def _secret(raw: str) -> str:
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(
            f"is too short: it needs {SHORTEST_SECRET} characters or more. Make one with "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    return raw


def _rate_storage(raw: str) -> str:
    if not raw.startswith(("memory://", "redis://", "rediss://", "unix://")):
        # The value may hold a password, so the message does not repeat it.
        raise ValueError("must be memory:// or a Redis address such as redis://host:6379/1.")
    return raw


def _emergency_number(raw: str) -> str:
    if len(raw) > 20 or not any(c.isdigit() for c in raw) or set(raw) - set("+0123456789 -()"):
        raise ValueError(f"must be a phone number such as 112, not {raw!r}.")
    return raw


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check all settings; raise `SettingsError` naming every wrong one."""
    reader = _Reader(environ)
    read = reader.read
    secret = reader.read_secret("TOKEN_SECRET", _secret, "")
    settings = Settings(
        token_secret=secret or secrets.token_urlsafe(48),
        allowed_origins=read("ALLOWED_ORIGINS", _origins, ()),
        frame_origins=read("FRAME_ORIGINS", _origins, ()),
        trusted_proxies=read("TRUSTED_PROXIES", _whole_number(0, 10, "proxies"), 0),
        rate_storage=reader.read_secret("RATE_STORAGE", _rate_storage, "memory://"),
        session_rate=read("SESSION_RATE", _rate, Settings.session_rate),
        address_rate=read("ADDRESS_RATE", _rate, Settings.address_rate),
        new_session_rate=read("NEW_SESSION_RATE", _rate, Settings.new_session_rate),
        session_hours=read("SESSION_HOURS", _whole_number(1, 168, "hours"), Settings.session_hours),
        max_text=read("MAX_TEXT", _whole_number(200, 4000, "characters"), Settings.max_text),
        max_body=read("MAX_BODY", _whole_number(4096, 65_536, "bytes"), Settings.max_body),
        turn_seconds=read("TURN_SECONDS", _number(1, 60, "seconds"), Settings.turn_seconds),
        emergency_number=read("EMERGENCY_NUMBER", _emergency_number, None),
    )
    if reader.problems:
        raise SettingsError("\n".join(reader.problems))
    if not secret:
        logger.info(
            "%sTOKEN_SECRET is not set: this process made its own, so open website chats "
            "start a new session after a restart.",
            PREFIX,
        )
    return settings


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read from its environment on the first call."""
    return load_settings(os.environ)
