"""What is stored of patients can be read with the secret alone, and names tell nothing."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sealing import KEY_FILE, CannotOpenError, Sealer, stored_secret
from bot.settings import Settings, SettingsError

SEALER = Sealer("a" * 32)
texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(texts, texts)
def test_what_was_sealed_is_opened_again(text: str, owner: str) -> None:
    """Nothing is lost, whatever the words and whoever they belong to."""
    assert SEALER.open(SEALER.seal(text, owner), owner) == text


def test_sealed_words_cannot_be_read_or_compared() -> None:
    """Who sees the file sees neither the words nor that somebody said the same twice."""
    first, second = SEALER.seal("my canary", "anna"), SEALER.seal("my canary", "anna")
    assert b"canary" not in first
    assert first != second


def test_another_owner_cannot_open_it() -> None:
    """A row moved to another person's place does not open there."""
    with pytest.raises(CannotOpenError):
        SEALER.open(SEALER.seal("hello", "anna"), "ben")


def test_another_secret_cannot_open_it() -> None:
    """A stolen file without its secret is worth nothing."""
    with pytest.raises(CannotOpenError):
        Sealer("b" * 32).open(SEALER.seal("hello", "anna"), "anna")


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 255))
def test_one_changed_bit_is_noticed(place: int, change: int) -> None:
    """Nobody can change a stored message unseen."""
    sealed = bytearray(SEALER.seal("a message of some length", "anna"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(CannotOpenError):
        SEALER.open(bytes(sealed), "anna")


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 12, b"x" * 28])
def test_what_was_never_sealed_is_refused(damaged: bytes) -> None:
    """A damaged row is an error that callers know."""
    with pytest.raises(CannotOpenError):
        SEALER.open(damaged, "anna")


def test_the_error_tells_nothing() -> None:
    """Neither words nor the cause that might hold them come out."""
    with pytest.raises(CannotOpenError) as caught:
        SEALER.open(SEALER.seal("my canary", "anna"), "canary")
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_name_is_the_same_after_a_restart() -> None:
    """The same person gets the same name from the same secret."""
    assert SEALER.name("whatsapp", "+1650") == Sealer("a" * 32).name("whatsapp", "+1650")
    assert re.fullmatch("[0-9a-f]{32}", SEALER.name("whatsapp", "+1650"))


def test_a_name_depends_on_the_secret() -> None:
    """Who knows all phone numbers of a country cannot find out whose name it is."""
    assert SEALER.name("+1650") != Sealer("b" * 32).name("+1650")


def test_names_of_different_things_differ() -> None:
    """The same number on two channels is two people, and parts do not run together."""
    names = {SEALER.name("a", "bc"), SEALER.name("ab", "c"), SEALER.name("abc"), SEALER.name("a")}
    assert len(names) == 4


def secret_of(data: Path, **environ: str) -> str:
    """The secret of a bot that keeps its data in a folder, and has a user's folder beside it."""
    data.mkdir(exist_ok=True)
    own = {"XDG_CONFIG_HOME": str(data.parent / "config")}
    return stored_secret(Settings("", data_folder=data), {**own, **environ})


def test_the_key_is_made_once_apart_from_the_data_for_its_owner_alone(tmp_path: Path) -> None:
    """Who copies the data folder has no key, and nobody else on the machine may read it."""
    secret = secret_of(tmp_path / "data")
    assert len(secret) >= 32
    file = tmp_path / "config/hematoma-guide" / KEY_FILE
    assert file.read_text() == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert not list((tmp_path / "data").iterdir())
    assert secret_of(tmp_path / "data") == secret


@pytest.mark.parametrize("place", ["named", "credentials", "data"])
def test_a_key_that_is_there_is_read_and_left_alone(
    tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A clinic brings its own, or has that of an earlier version, and is told to move it."""
    file = tmp_path / place / KEY_FILE
    file.parent.mkdir()
    file.write_text("c" * 40 + "\n")
    named = file.parent if place == "named" else None
    settings = Settings("", data_folder=tmp_path / "data", key_folder=named)
    environ = {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials"),
    }
    assert stored_secret(settings, environ) == "c" * 40
    assert file.read_text() == "c" * 40 + "\n"
    assert (f"move {file}" in caplog.text) is (place == "data")


def test_a_key_that_is_missing_beside_sealed_data_is_not_made_anew(tmp_path: Path) -> None:
    """Nothing is lost silently: the error says which file cannot be read, and what to do."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/conversations.db").touch()
    with pytest.raises(SettingsError, match=r"data\.key is missing.*conversations\.db.*backup"):
        secret_of(tmp_path / "data")
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize("content", [b"", b"half a secret", b"\xff" * 64])
def test_a_damaged_key_file_ends_the_start(tmp_path: Path, content: bytes) -> None:
    """Nothing is ever sealed with half a secret; the error says what to do."""
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(SettingsError, match="HEMATOMA_GUIDE_DATA_SECRET"):
        secret_of(tmp_path)


def test_a_folder_that_cannot_be_written_ends_the_start(tmp_path: Path) -> None:
    """Who runs the bot is told, instead of the first patient."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="HEMATOMA_GUIDE_KEY_FOLDER"):
        secret_of(tmp_path / "data", XDG_CONFIG_HOME=str(tmp_path / "file"))
