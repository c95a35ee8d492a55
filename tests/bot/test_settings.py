"""The settings are checked before the server opens."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.setting_kinds import SHORTEST_SECRET
from bot.settings import SettingsError, load_settings

LONG_SECRET = "s" * SHORTEST_SECRET


def test_it_starts_with_no_setting_at_all(caplog: pytest.LogCaptureFixture) -> None:
    """A newcomer needs no configuration: safe defaults, a secret made on the spot, and a note."""
    with caplog.at_level(logging.INFO):
        first, second = load_settings({}), load_settings({})
    assert first.allowed_origins == ()
    assert first.trusted_proxies == 0
    assert first.token_secret != second.token_secret
    assert len(first.token_secret) >= SHORTEST_SECRET
    assert "HEMATOMA_GUIDE_TOKEN_SECRET is not set" in caplog.text
    assert first.token_secret not in caplog.text


def test_it_reads_every_kind_of_setting() -> None:
    """What a clinic sets is what the bot uses."""
    settings = load_settings(
        {
            "HEMATOMA_GUIDE_TOKEN_SECRET": LONG_SECRET,
            "HEMATOMA_GUIDE_ALLOWED_ORIGINS": "https://Clinic.Example:443, http://localhost:8080/",
            "HEMATOMA_GUIDE_TRUSTED_PROXIES": "2",
            "HEMATOMA_GUIDE_TURN_SECONDS": "7.5",
            "HEMATOMA_GUIDE_SESSION_RATE": "5/minute",
            "HEMATOMA_GUIDE_EMERGENCY_NUMBER": "112",
        }
    )
    assert settings.token_secret == LONG_SECRET
    assert settings.allowed_origins == ("https://clinic.example", "http://localhost:8080")
    assert settings.trusted_proxies == 2
    assert settings.turn_seconds == 7.5
    assert settings.session_rate == "5/minute"
    assert settings.emergency_number == "112"


def test_it_reads_a_secret_from_a_file(tmp_path: Path) -> None:
    """A secret need not stand in the environment."""
    file = tmp_path / "secret"
    file.write_text(LONG_SECRET + "\n")
    assert (
        load_settings({"HEMATOMA_GUIDE_TOKEN_SECRET_FILE": str(file)}).token_secret == LONG_SECRET
    )


def test_it_takes_a_blank_setting_as_not_set() -> None:
    """A line left empty in an env file means the default."""
    assert load_settings({"HEMATOMA_GUIDE_MAX_TEXT": " "}).max_text == 2000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN_SECRET", "short"),
        ("TOKEN_SECRET_FILE", "no/such/file"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "clinic.example"),
        ("ALLOWED_ORIGINS", "https://clinic.example/page"),
        ("ALLOWED_ORIGINS", "https://user@clinic.example"),
        ("ALLOWED_ORIGINS", "https://clinic.example:99999"),
        ("FRAME_ORIGINS", "https://*.clinic.example"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "many"),
        ("REDIS_URL", "file:///tmp/rates"),
        ("DATABASE_URL", "mysql://user@host/db"),
        ("SESSION_RATE", "lots"),
        ("ADDRESS_RATE", "5 per fortnight"),
        ("NEW_SESSION_RATE", "/minute"),
        ("SESSION_HOURS", "0"),
        ("MAX_TEXT", "10"),
        ("MAX_BODY", "1e9"),
        ("TURN_SECONDS", "nan"),
        ("EMERGENCY_NUMBER", "call us"),
        ("HELPLINES", "ask around"),
        ("DATA_SECRET", "short"),
        ("PUBLIC_URL", "bot.clinic.example"),
        ("METRICS_ACCESS", "everybody"),
        ("METRICS_ACCESS", "token"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "only-with-the-access-that-asks-for-it"),
        ("LOG_FORMAT", "xml"),
        ("WHATSAPP_PHONE_NUMBER_ID", "+1 555 000 1111"),
        ("WHATSAPP_ACCESS_TOKEN", "two words that are long"),
        ("WHATSAPP_API_VERSION", "26"),
        ("WHATSAPP_API_URL", "https://user:word@graph.example"),
        ("TWILIO_ACCOUNT_SID", "AC123"),
        ("TWILIO_NUMBER", "+15550001111"),
        ("TWILIO_API_URL", "ftp://api.example"),
    ],
)
def test_it_names_a_wrong_setting(name: str, value: str) -> None:
    """A wrong value ends the start with a sentence that names the setting."""
    with pytest.raises(SettingsError, match=f"HEMATOMA_GUIDE_{name}"):
        load_settings({f"HEMATOMA_GUIDE_{name}": value})


def test_it_names_all_wrong_settings_at_once() -> None:
    """Whoever sets the bot up does not have to fix one setting to hear of the next."""
    with pytest.raises(SettingsError) as error:
        load_settings({"HEMATOMA_GUIDE_MAX_TEXT": "x", "HEMATOMA_GUIDE_SESSION_HOURS": "y"})
    assert "MAX_TEXT" in str(error.value)
    assert "SESSION_HOURS" in str(error.value)


def test_it_never_repeats_a_secret(tmp_path: Path) -> None:
    """Neither an error nor a printed setting shows a secret."""
    with pytest.raises(SettingsError) as error:
        load_settings({"HEMATOMA_GUIDE_TOKEN_SECRET": "hush", "HEMATOMA_GUIDE_REDIS_URL": "hush"})
    assert "hush" not in str(error.value)
    shown = repr(load_settings({"HEMATOMA_GUIDE_TOKEN_SECRET": LONG_SECRET}))
    assert LONG_SECRET not in shown


def test_it_refuses_a_secret_given_twice(tmp_path: Path) -> None:
    """Two sources for one secret are a mistake, not a choice."""
    with pytest.raises(SettingsError, match="both set"):
        load_settings(
            {
                "HEMATOMA_GUIDE_TOKEN_SECRET": LONG_SECRET,
                "HEMATOMA_GUIDE_TOKEN_SECRET_FILE": str(tmp_path / "secret"),
            }
        )


WHATSAPP = {
    "HEMATOMA_GUIDE_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "HEMATOMA_GUIDE_WHATSAPP_ACCESS_TOKEN": "access-token-1",
    "HEMATOMA_GUIDE_WHATSAPP_APP_SECRET": "app-secret-1",
    "HEMATOMA_GUIDE_WHATSAPP_VERIFY_TOKEN": "verify-token-1",
}
TWILIO = {
    "HEMATOMA_GUIDE_PUBLIC_URL": "https://bot.clinic.example",
    "HEMATOMA_GUIDE_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "HEMATOMA_GUIDE_TWILIO_AUTH_TOKEN": "auth-token-1",
    "HEMATOMA_GUIDE_TWILIO_NUMBER": "whatsapp:+15550001111",
}


def test_a_messaging_platform_is_on_only_when_it_is_set_up() -> None:
    """Without its settings a channel has no address; with them it has."""
    nothing, both = load_settings({}), load_settings({**WHATSAPP, **TWILIO})
    assert (nothing.whatsapp_is_on, nothing.twilio_is_on) == (False, False)
    assert (both.whatsapp_is_on, both.twilio_is_on) == (True, True)


@pytest.mark.parametrize("together", [WHATSAPP, TWILIO], ids=["whatsapp", "twilio"])
def test_half_a_platform_ends_the_start(together: dict[str, str]) -> None:
    """Who forgets one setting of a platform is told which, before a patient finds out."""
    for missing in together:
        given = {name: value for name, value in together.items() if name != missing}
        with pytest.raises(SettingsError, match=missing):
            load_settings(given)


def test_the_secrets_of_a_platform_may_come_from_files(tmp_path: Path) -> None:
    """No secret of a platform needs to stand in the environment, and none is ever shown."""
    environ = {}
    for name, value in {**WHATSAPP, **TWILIO}.items():
        if name.endswith(("TOKEN", "SECRET")):
            (tmp_path / name).write_text(value + "\n")
            environ[f"{name}_FILE"] = str(tmp_path / name)
        else:
            environ[name] = value
    settings = load_settings(environ)
    assert settings.whatsapp_app_secret == "app-secret-1"
    assert settings.twilio_auth_token == "auth-token-1"
    assert not any(secret in repr(settings) for secret in ("app-secret", "auth-token", "access-"))


def test_numbers_that_a_clinic_has_not_set_are_named() -> None:
    """Who starts the bot is told that patients read examples instead of local numbers."""
    number, helplines = "HEMATOMA_GUIDE_EMERGENCY_NUMBER", "HEMATOMA_GUIDE_HELPLINES"
    assert load_settings({}).unset_contacts == [number, helplines]
    assert load_settings({number: "112", helplines: "116 123"}).unset_contacts == []
