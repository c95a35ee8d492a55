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
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from bot import setting_kinds as kinds
from bot.setting_kinds import PREFIX, Reader

logger = logging.getLogger(__name__)


class SettingsError(ValueError):
    """One or more settings have values the bot cannot run with."""


@dataclass(frozen=True)
class Settings:
    """The checked settings of one process."""

    token_secret: str = field(repr=False)  # signs the session tokens of the website chat
    allowed_origins: tuple[str, ...] = ()  # sites that may talk to the web channel
    frame_origins: tuple[str, ...] = ()  # sites that may show /frame in an iframe
    trusted_proxies: int = 0  # reverse proxies in front of the bot
    # Several processes share these two; without them, one process keeps all for itself.
    database_url: str | None = field(default=None, repr=False)  # of PostgreSQL
    redis_url: str | None = field(default=None, repr=False)
    session_rate: str = "20/minute;200/hour"  # messages of one chat
    address_rate: str = "120/minute;1500/hour"  # messages from one network address
    new_session_rate: str = "30/minute;300/hour"  # new chats from one network address
    session_hours: int = 12  # life of a session token
    max_text: int = 2000  # characters; a longer message is still checked for danger signs
    max_body: int = 16_384  # bytes of one request
    turn_seconds: float = 15.0  # longest wait for one answer
    emergency_number: str | None = None  # of the clinic's country; none is guessed
    helplines: str | None = None  # for people in crisis, as they are shown
    data_folder: Path = Path()  # of all that is kept of patients; the bot's own
    data_secret: str | None = field(default=None, repr=False)  # seals what is stored
    key_folder: Path | None = None  # of the key that seals it, where no secret is set
    metrics_access: str = "open"  # who may read /metrics
    metrics_token: str | None = field(default=None, repr=False)  # what they must show
    log_format: str = "auto"  # plain in a terminal, JSON elsewhere
    public_url: str | None = None  # where the bot is reached from outside
    # WhatsApp through Meta's Cloud API: all four, or none.
    whatsapp_phone_number_id: str | None = None
    whatsapp_access_token: str | None = field(default=None, repr=False)
    whatsapp_app_secret: str | None = field(default=None, repr=False)
    whatsapp_verify_token: str | None = field(default=None, repr=False)
    whatsapp_api_version: str = "v26.0"
    whatsapp_api_url: str = "https://graph.facebook.com"
    # WhatsApp through Twilio: all three and the public URL, or none.
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = field(default=None, repr=False)
    twilio_number: str | None = None  # the clinic's, as whatsapp:+15550001111
    twilio_api_url: str = "https://api.twilio.com"

    @property
    def whatsapp_is_on(self) -> bool:
        """Whether WhatsApp through Meta is set up."""
        return self.whatsapp_phone_number_id is not None

    @property
    def twilio_is_on(self) -> bool:
        """Whether WhatsApp through Twilio is set up."""
        return self.twilio_account_sid is not None

    @property
    def unset_contacts(self) -> list[str]:
        """Names of the settings that say how a clinic's patients call for help, if unset."""
        contacts = {
            "HEMATOMA_GUIDE_EMERGENCY_NUMBER": self.emergency_number,
            "HEMATOMA_GUIDE_HELPLINES": self.helplines,
        }
        return [name for name, value in contacts.items() if not value]


METRICS_ACCESS = ("open", "loopback", "token", "off")
LOG_FORMATS = ("auto", "plain", "json")

_WHATSAPP = ("PHONE_NUMBER_ID", "ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN")
_NEEDED_TOGETHER = (
    tuple(f"WHATSAPP_{name}" for name in _WHATSAPP),
    ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER"),
    ("DATABASE_URL", "REDIS_URL"),
)
# Processes that share a database must sign and seal alike.
_NEEDED_WITH_DATABASE = ("TOKEN_SECRET", "DATA_SECRET")


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check all settings; raise `SettingsError` naming every wrong one."""
    reader = Reader(environ)
    read, read_secret = reader.read, reader.read_secret
    token = kinds.matching(r"\S{10,1000}", "the token as the platform shows it, without spaces")
    secret = read_secret("TOKEN_SECRET", kinds.long_secret, "")
    settings = Settings(
        token_secret=secret or secrets.token_urlsafe(48),
        allowed_origins=read("ALLOWED_ORIGINS", kinds.origins, ()),
        frame_origins=read("FRAME_ORIGINS", kinds.origins, ()),
        trusted_proxies=read("TRUSTED_PROXIES", kinds.whole_number(0, 10, "proxies"), 0),
        database_url=read_secret("DATABASE_URL", kinds.database_url, None),
        redis_url=read_secret("REDIS_URL", kinds.redis_url, None),
        session_rate=read("SESSION_RATE", kinds.rate, Settings.session_rate),
        address_rate=read("ADDRESS_RATE", kinds.rate, Settings.address_rate),
        new_session_rate=read("NEW_SESSION_RATE", kinds.rate, Settings.new_session_rate),
        session_hours=read(
            "SESSION_HOURS", kinds.whole_number(1, 168, "hours"), Settings.session_hours
        ),
        max_text=read("MAX_TEXT", kinds.whole_number(200, 4000, "characters"), Settings.max_text),
        max_body=read("MAX_BODY", kinds.whole_number(4096, 65_536, "bytes"), Settings.max_body),
        turn_seconds=read("TURN_SECONDS", kinds.number(1, 60, "seconds"), Settings.turn_seconds),
        emergency_number=read("EMERGENCY_NUMBER", kinds.emergency_number, None),
        helplines=read("HELPLINES", kinds.helplines, None),
        data_folder=read("DATA_FOLDER", Path, Settings.data_folder),
        data_secret=read_secret("DATA_SECRET", kinds.long_secret, None),
        key_folder=read("KEY_FOLDER", Path, None),
        metrics_access=read(
            "METRICS_ACCESS", kinds.one_of(METRICS_ACCESS), Settings.metrics_access
        ),
        metrics_token=read_secret("METRICS_TOKEN", kinds.long_secret, None),
        log_format=read("LOG_FORMAT", kinds.one_of(LOG_FORMATS), Settings.log_format),
        public_url=read("PUBLIC_URL", kinds.base_url, None),
        whatsapp_phone_number_id=read(
            "WHATSAPP_PHONE_NUMBER_ID", kinds.matching(r"\d{5,30}", "digits only"), None
        ),
        whatsapp_access_token=read_secret("WHATSAPP_ACCESS_TOKEN", token, None),
        whatsapp_app_secret=read_secret("WHATSAPP_APP_SECRET", token, None),
        whatsapp_verify_token=read_secret("WHATSAPP_VERIFY_TOKEN", token, None),
        whatsapp_api_version=read(
            "WHATSAPP_API_VERSION",
            kinds.matching(r"v\d{1,3}\.\d", "a version such as v26.0"),
            Settings.whatsapp_api_version,
        ),
        whatsapp_api_url=read("WHATSAPP_API_URL", kinds.base_url, Settings.whatsapp_api_url),
        twilio_account_sid=read(
            "TWILIO_ACCOUNT_SID",
            kinds.matching("AC[0-9a-fA-F]{32}", "AC and 32 digits or letters a to f"),
            None,
        ),
        twilio_auth_token=read_secret("TWILIO_AUTH_TOKEN", token, None),
        twilio_number=read(
            "TWILIO_NUMBER",
            kinds.matching(r"whatsapp:\+\d{6,15}", "a number like whatsapp:+15550001111"),
            None,
        ),
        twilio_api_url=read("TWILIO_API_URL", kinds.base_url, Settings.twilio_api_url),
    )
    problems = [*reader.problems, *_missing(reader)]
    if (settings.metrics_access == "token") != reader.is_given("METRICS_TOKEN"):
        problems.append(
            f"{PREFIX}METRICS_TOKEN and {PREFIX}METRICS_ACCESS=token go together: set both or none."
        )
    if problems:
        raise SettingsError("\n".join(problems))
    if not secret:
        logger.info(
            "%sTOKEN_SECRET is not set: this process made its own, so open website chats "
            "start a new session after a restart.",
            PREFIX,
        )
    return settings


def _missing(reader: Reader) -> list[str]:
    """Say which settings are missing beside those that are set."""
    problems = []
    for names in _NEEDED_TOGETHER:
        given = [name for name in names if reader.is_given(name)]
        missing = [PREFIX + name for name in names if name not in given]
        if given and missing:
            problems.append(f"{PREFIX}{given[0]} is set, so these must be: {', '.join(missing)}.")
    if reader.is_given("DATABASE_URL"):
        problems += [
            f"{PREFIX}DATABASE_URL is set, so {PREFIX}{name} must be: all processes need the same."
            for name in _NEEDED_WITH_DATABASE
            if not reader.is_given(name)
        ]
    if reader.is_given("TWILIO_ACCOUNT_SID") and not reader.is_given("PUBLIC_URL"):
        problems.append(
            f"{PREFIX}PUBLIC_URL must be the https address at which Twilio reaches the bot: "
            "its signatures cover it."
        )
    return problems


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read from its environment on the first call."""
    return load_settings(os.environ)
