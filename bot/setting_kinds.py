"""How a setting's text becomes a checked value; the error says what the text must be."""

import re
from collections.abc import Callable

from limits import parse_many

SHORTEST_SECRET = 32  # characters

_ORIGIN = re.compile(r"(https?)://([a-z0-9_.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?/?")
USUAL_PORT = {"http": "80", "https": "443"}


def number(low: float, high: float, unit: str, kind: type = int) -> Callable[[str], float]:
    """Take a number between two bounds, a whole one unless `kind` is float."""

    def convert(raw: str) -> float:
        try:
            value = kind(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            which = "whole number" if kind is int else "number"
            raise ValueError(f"must be a {which} of {unit} from {low:g} to {high:g}, not {raw!r}.")
        return value  # type: ignore[no-any-return]

    return convert


def matching(pattern: str, description: str) -> Callable[[str], str]:
    """Take a text of one form; the error never repeats the text, which may be a secret."""

    def convert(raw: str) -> str:
        if not re.fullmatch(pattern, raw, re.ASCII):
            raise ValueError(f"must be {description}.")
        return raw

    return convert


def one_of(*words: str) -> Callable[[str], str]:
    """Take one of a few words."""
    return matching("|".join(words), f"one of {', '.join(words)}")


def rate(raw: str) -> str:
    """Take one or more rates such as 20/minute."""
    try:
        parse_many(raw)
    except ValueError:
        raise ValueError(
            "must read like '20/minute;200/hour' (a count, a period, several joined by ';'), "
            f"not {raw!r}."
        ) from None
    return raw


def origins(raw: str) -> tuple[str, ...]:
    """Take the origins of websites, joined by commas."""
    return tuple(dict.fromkeys(_origin(part.strip()) for part in raw.split(",") if part.strip()))


def _origin(raw: str) -> str:
    parts = _ORIGIN.fullmatch(raw.lower())
    if not parts:
        raise ValueError(
            "must list origins like 'https://www.clinic.example' (scheme and host, a port if "
            f"unusual, no path, no '*'), joined by commas; {raw!r} is not one."
        )
    scheme, host, port = parts.groups()
    return f"{scheme}://{host}" + ("" if port in (None, USUAL_PORT[scheme]) else f":{port}")


def base_url(raw: str) -> str:
    """Take the address of a server, with or without a path, without a slash at its end."""
    return matching(
        r"https?://[^\s/@?#]+(?:/[^\s@?#]*)?", "an address like 'https://bot.clinic.example'"
    )(raw).rstrip("/")


def database_url(raw: str) -> str:
    """Take the address of a PostgreSQL database."""
    hint = "an address such as postgresql://user:password@host/database"
    return matching(r"postgres(?:ql)?://\S+", hint)(raw).replace("postgres://", "postgresql://", 1)


def long_secret(raw: str) -> str:
    """Take a secret that is long enough."""
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(
            f"is too short: it needs {SHORTEST_SECRET} characters or more. Make one with "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    return raw


def helplines(raw: str) -> str:
    """Take the helplines as they are to be shown, on one short line."""
    if len(raw) > 200 or not raw.isprintable() or not any(c.isdigit() for c in raw):
        raise ValueError("must be one line of at most 200 characters with a number to call.")
    return raw


redis_url = matching(r"(?:rediss?|unix)://\S*", "a Redis address such as redis://host:6379/1")
emergency_number = matching(r"(?=.*\d)[+\d ()-]{1,20}", "a phone number such as 112")
platform_token = matching(r"\S{10,1000}", "the token as the platform shows it, without spaces")
