"""How a setting's text becomes a checked value, and what to say when it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from limits import parse_many

PREFIX = "HEMATOMA_GUIDE_"
SHORTEST_SECRET = 32  # characters

Value = TypeVar("Value")


class Reader:
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

    def is_given(self, name: str) -> bool:
        """Whether the setting is there, by itself or as a file."""
        both = (f"{PREFIX}{name}", f"{PREFIX}{name}_FILE")
        return any(self.environ.get(variable, "").strip() for variable in both)

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


def number(low: float, high: float, unit: str) -> Callable[[str], float]:
    """Take a number between two bounds."""

    def convert(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"must be a number of {unit} from {low:g} to {high:g}, not {raw!r}.")
        return value

    return convert


def whole_number(low: int, high: int, unit: str) -> Callable[[str], int]:
    """Take a whole number between two bounds."""

    def convert(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and low <= int(raw) <= high):
            raise ValueError(f"must be a whole number of {unit}, {low} to {high}, not {raw!r}.")
        return int(raw)

    return convert


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """Take one of a few words."""

    def convert(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"must be one of {', '.join(words)}, not {raw!r}.")
        return raw

    return convert


def rate(raw: str) -> str:
    """Take one or more rates such as 20/minute."""
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


def origins(raw: str) -> tuple[str, ...]:
    """Take the origins of websites, joined by commas."""
    return tuple(dict.fromkeys(_origin(part.strip()) for part in raw.split(",") if part.strip()))


def long_secret(raw: str) -> str:
    """Take a secret that is long enough."""
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(
            f"is too short: it needs {SHORTEST_SECRET} characters or more. Make one with "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    return raw


def database_url(raw: str) -> str:
    """Take the address of a PostgreSQL database."""
    if not re.fullmatch(r"postgres(?:ql)?://\S+", raw):
        # The value may hold a password, so the message does not repeat it.
        raise ValueError("must be an address such as postgresql://user:password@host/database.")
    return raw.replace("postgres://", "postgresql://", 1)


def redis_url(raw: str) -> str:
    """Take the address of a Redis server."""
    if not raw.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must be a Redis address such as redis://host:6379/1.")
    return raw


def emergency_number(raw: str) -> str:
    """Take a phone number."""
    if len(raw) > 20 or not any(c.isdigit() for c in raw) or set(raw) - set("+0123456789 -()"):
        raise ValueError(f"must be a phone number such as 112, not {raw!r}.")
    return raw


def matching(pattern: str, description: str) -> Callable[[str], str]:
    """Take a text of one form; the error says what form, and never repeats the text."""

    def convert(raw: str) -> str:
        if not re.fullmatch(pattern, raw, re.ASCII):
            raise ValueError(f"must be {description}.")
        return raw

    return convert


def base_url(raw: str) -> str:
    """Take the address of a server, with or without a path, without a slash at its end."""
    hint = f"must be an address like 'https://bot.clinic.example', not {raw!r}."
    try:
        parts = urlsplit(raw)
        _ = parts.port
    except ValueError:
        raise ValueError(hint) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(hint)
    if parts.query or parts.fragment:
        raise ValueError(hint)
    return raw.rstrip("/")


def helplines(raw: str) -> str:
    """Take the helplines as they are to be shown, on one short line."""
    if len(raw) > 200 or not raw.isprintable() or not any(c.isdigit() for c in raw):
        raise ValueError("must be one line of at most 200 characters with a number to call.")
    return raw
