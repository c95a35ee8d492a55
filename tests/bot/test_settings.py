"""The settings are checked before the server opens."""

import logging
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.setting_kinds import SHORTEST_SECRET
from bot.settings import PREFIX, Settings, load_settings

LONG_SECRET = "s" * SHORTEST_SECRET


def load(**named: str) -> Settings:
    return load_settings({f"{PREFIX}{name}": value for name, value in named.items()})


def test_it_starts_with_no_setting_at_all(caplog: pytest.LogCaptureFixture) -> None:
    """A newcomer needs no configuration: safe defaults, a secret made on the spot, and a note."""
    with caplog.at_level(logging.INFO):
        first, second = load(), load()
    assert first.unset_contacts == [f"{PREFIX}EMERGENCY_NUMBER", f"{PREFIX}HELPLINES"]
    assert load(EMERGENCY_NUMBER="112", HELPLINES="116 123").unset_contacts == []
    assert first.allowed_origins == ()
    assert (first.whatsapp_phone_number_id, first.twilio_account_sid) == (None, None)
    assert first.token_secret != second.token_secret
    assert len(first.token_secret) >= SHORTEST_SECRET
    assert f"{PREFIX}TOKEN_SECRET is not set" in caplog.text
    assert first.token_secret not in caplog.text


def test_it_reads_every_kind_of_setting() -> None:
    """What a clinic sets is what the bot uses."""
    settings = load(
        ALLOWED_ORIGINS="https://Clinic.Example:443, http://localhost:8080/",
        TRUSTED_PROXIES="2",
        TURN_SECONDS="7.5",
        SESSION_RATE="5/minute",
        MAX_TEXT=" ",
    )
    assert settings.allowed_origins == ("https://clinic.example", "http://localhost:8080")
    assert settings.trusted_proxies == 2
    assert settings.turn_seconds == 7.5
    assert settings.session_rate == "5/minute"
    assert settings.max_text == 2000  # a line left empty means the default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN_SECRET", "short"),
        ("ALLOWED_ORIGINS", "https://clinic.example/page"),
        ("FRAME_ORIGINS", "https://*.clinic.example"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://user@host/db"),
        ("SESSION_RATE", "lots"),
        ("TURN_SECONDS", "nan"),
        ("EMERGENCY_NUMBER", "call us"),
        ("METRICS_TOKEN", "only-with-the-access-that-asks-for-it"),
        ("WHATSAPP_PHONE_NUMBER_ID", "+1 555 000 1111"),
        ("WHATSAPP_API_URL", "https://user:word@graph.example"),
        ("TWILIO_NUMBER", "+15550001111"),
    ],
)
def test_it_names_a_wrong_setting(name: str, value: str) -> None:
    """A wrong value ends the start with a sentence that names the setting."""
    with pytest.raises(StartError, match=f"{PREFIX}{name}"):
        load(**{name: value})


def test_it_names_all_wrong_settings_and_never_repeats_a_secret(tmp_path: Path) -> None:
    """Who sets the bot up hears of each wrong setting at once; no error shows a secret."""
    wrong = {"MAX_TEXT": "x", "TOKEN_SECRET": "hush", "REDIS_URL": "hush"}
    with pytest.raises(StartError) as error:
        load(**wrong)
    assert all(name in str(error.value) for name in wrong)
    assert "hush" not in str(error.value)
    with pytest.raises(StartError, match="both set"):
        load(TOKEN_SECRET=LONG_SECRET, TOKEN_SECRET_FILE=str(tmp_path / "secret"))


WHATSAPP = {
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_ACCESS_TOKEN": "access-token-1",
    "WHATSAPP_APP_SECRET": "app-secret-1",
    "WHATSAPP_VERIFY_TOKEN": "verify-token-1",
}
TWILIO = {
    "PUBLIC_URL": "https://bot.clinic.example",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "auth-token-1",
    "TWILIO_NUMBER": "whatsapp:+15550001111",
}


@pytest.mark.parametrize("together", [WHATSAPP, TWILIO], ids=["whatsapp", "twilio"])
def test_half_a_platform_ends_the_start(together: dict[str, str]) -> None:
    """Who forgets one setting of a platform is told which, before a patient finds out."""
    for missing in together:
        given = {name: value for name, value in together.items() if name != missing}
        with pytest.raises(StartError, match=missing):
            load(**given)


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    """No secret needs to stand in the environment, and none is ever shown."""
    environ = {}
    for name, value in {"TOKEN_SECRET": LONG_SECRET, **WHATSAPP, **TWILIO}.items():
        if name.endswith(("TOKEN", "SECRET")):
            (tmp_path / name).write_text(value + "\n")
            environ[f"{name}_FILE"] = str(tmp_path / name)
        else:
            environ[name] = value
    settings = load(**environ)
    assert settings.whatsapp_app_secret == "app-secret-1"
    assert settings.twilio_auth_token == "auth-token-1"
    assert settings.token_secret == LONG_SECRET
    shown = repr(settings)
    assert not any(part in shown for part in (LONG_SECRET, "app-secret", "auth-token", "access-"))
