"""Every setting of the bot, in one place.

Settings come from environment variables named ``HEMATOMA_GUIDE_<NAME>``, are read once,
and are checked before the server opens. A wrong value ends the start with a sentence that
names the setting and says what to do. A setting marked *secret* may also come from a file:
set ``HEMATOMA_GUIDE_<NAME>_FILE`` to its path (Docker and Kubernetes secrets work that way).
"""

import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot import setting_kinds as kinds
from bot.errors import StartError

PREFIX = "HEMATOMA_GUIDE_"
_TOGETHER = (
    tuple(
        f"WHATSAPP_{name}"
        for name in ("PHONE_NUMBER_ID", "ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN")
    ),
    ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER"),
    ("DATABASE_URL", "REDIS_URL"),
)
# What must be set beside another one, and why.
_BESIDE = {
    "DATABASE_URL": ("all processes need the same", ("TOKEN_SECRET", "DATA_SECRET")),
    "TWILIO_ACCOUNT_SID": (
        "Twilio's signatures cover the https address at which it reaches the bot",
        ("PUBLIC_URL",),
    ),
}

logger = logging.getLogger(__name__)


def _setting(kind: Callable[[str], Any], default: Any = None, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"kind": kind, "secret": secret})


def _secret(kind: Callable[[str], Any]) -> Any:
    return _setting(kind, secret=True)


@dataclass(frozen=True)
class Settings:
    """The checked settings of one process."""

    # Signs the session tokens of the website chat; each process makes its own if none is set.
    token_secret: str = _secret(kinds.long_secret)
    allowed_origins: tuple[str, ...] = _setting(kinds.origins, ())  # may talk to the web channel
    frame_origins: tuple[str, ...] = _setting(kinds.origins, ())  # may show /frame in an iframe
    trusted_proxies: int = _setting(kinds.number(0, 10, "proxies"), 0)  # in front of the bot
    # Several processes share these two; without them, one process keeps all for itself.
    database_url: str | None = _secret(kinds.database_url)  # of PostgreSQL
    redis_url: str | None = _secret(kinds.redis_url)
    session_rate: str = _setting(kinds.rate, "20/minute;200/hour")  # messages of one chat
    address_rate: str = _setting(kinds.rate, "120/minute;1500/hour")  # of one network address
    new_session_rate: str = _setting(kinds.rate, "30/minute;300/hour")  # its new chats
    session_hours: int = _setting(kinds.number(1, 168, "hours"), 12)  # life of a session token
    # A longer message is still checked for danger signs.
    max_text: int = _setting(kinds.number(200, 4000, "characters"), 2000)
    max_body: int = _setting(kinds.number(4096, 65_536, "bytes"), 16_384)  # of one request
    turn_seconds: float = _setting(kinds.number(1, 60, "seconds", float), 15.0)  # for one answer
    emergency_number: str | None = _setting(kinds.emergency_number)  # none is guessed
    helplines: str | None = _setting(kinds.helplines)  # for people in crisis, as they are shown
    # Of all that is kept of patients, and of the key that seals it, where no secret is set.
    data_folder: Path = _setting(Path, Path())  # noqa: RUF009
    key_folder: Path | None = _setting(Path)  # noqa: RUF009
    data_secret: str | None = _secret(kinds.long_secret)  # seals what is stored
    # Who may read /metrics, and what they must show.
    metrics_access: str = _setting(kinds.one_of("open", "loopback", "token", "off"), "open")
    metrics_token: str | None = _secret(kinds.long_secret)
    log_format: str = _setting(kinds.one_of("auto", "plain", "json"), "auto")
    public_url: str | None = _setting(kinds.base_url)  # where the bot is reached from outside
    # WhatsApp through Meta's Cloud API: all four, or none.
    whatsapp_phone_number_id: str | None = _setting(kinds.matching(r"\d{5,30}", "digits only"))
    whatsapp_access_token: str | None = _secret(kinds.platform_token)
    whatsapp_app_secret: str | None = _secret(kinds.platform_token)
    whatsapp_verify_token: str | None = _secret(kinds.platform_token)
    whatsapp_api_version: str = _setting(
        kinds.matching(r"v\d{1,3}\.\d", "a version such as v26.0"), "v26.0"
    )
    whatsapp_api_url: str = _setting(kinds.base_url, "https://graph.facebook.com")
    # WhatsApp through Twilio: all three and the public URL, or none.
    twilio_account_sid: str | None = _setting(
        kinds.matching("AC[0-9a-fA-F]{32}", "AC and 32 digits or letters a to f")
    )
    twilio_auth_token: str | None = _secret(kinds.platform_token)
    twilio_number: str | None = _setting(
        kinds.matching(r"whatsapp:\+\d{6,15}", "a number like whatsapp:+15550001111")
    )
    twilio_api_url: str = _setting(kinds.base_url, "https://api.twilio.com")

    @property
    def unset_contacts(self) -> list[str]:
        """Names of the settings that say how a clinic's patients call for help, if unset."""
        contacts = ("emergency_number", "helplines")
        return [PREFIX + name.upper() for name in contacts if not getattr(self, name)]


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check all settings; raise a `StartError` naming every wrong one."""
    values, problems = {}, list(_missing(environ))
    for setting in fields(Settings):
        try:
            values[setting.name] = _read(setting, environ)
        except ValueError as problem:
            problems.append(str(problem))
    settings = Settings(**values)
    if (settings.metrics_access == "token") != bool(settings.metrics_token):
        problems.append(f"{PREFIX}METRICS_TOKEN and {PREFIX}METRICS_ACCESS=token go together.")
    if problems:
        raise StartError("\n".join(problems))
    if settings.token_secret:
        return settings
    logger.info(
        "%sTOKEN_SECRET is not set: this process made its own, so open website chats "
        "start a new session after a restart.",
        PREFIX,
    )
    return replace(settings, token_secret=secrets.token_urlsafe(48))


def _read(setting: Field[Any], environ: Mapping[str, str]) -> Any:
    """Return the checked value, or the default where none is given.

    Raises:
        ValueError: names the setting, and says what is wrong.
    """
    name = PREFIX + setting.name.upper()
    raw = environ.get(name, "").strip()
    path = environ.get(f"{name}_FILE", "").strip() if setting.metadata["secret"] else ""
    if raw and path:
        raise ValueError(f"{name} and {name}_FILE are both set: keep one.")
    try:
        raw = Path(path).read_text(encoding="utf-8").strip() if path else raw
    except (OSError, UnicodeDecodeError):
        raise ValueError(
            f"{name}_FILE points to a file that cannot be read as text: check its path and who "
            "may read it."
        ) from None
    try:
        return setting.metadata["kind"](raw) if raw else setting.default
    except ValueError as reason:
        raise ValueError(f"{name} {reason}") from None


def _missing(environ: Mapping[str, str]) -> Iterator[str]:
    """Say which settings are missing beside those that are set."""

    def missing(names: tuple[str, ...]) -> list[str]:
        both = ((PREFIX + name, f"{PREFIX}{name}_FILE") for name in names)
        return [n for n, file in both if not (environ.get(n, "") + environ.get(file, "")).strip()]

    for names in _TOGETHER:
        if (lacking := missing(names)) and len(lacking) < len(names):
            yield f"{', '.join(lacking)}: to be set with the others of {PREFIX}{names[0]}, or none."
    for name, (reason, others) in _BESIDE.items():
        if not missing((name,)) and (lacking := missing(others)):
            yield f"{PREFIX}{name} is set, so these must be: {', '.join(lacking)} ({reason})."


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read from its environment on the first call."""
    return load_settings(os.environ)
