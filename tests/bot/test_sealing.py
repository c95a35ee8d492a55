"""What is stored of patients can be read with the secret alone, and names tell nothing."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sealing import CannotOpenError, Sealer, secret_in
from bot.settings import SettingsError

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


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The first start makes the secret; nobody else on the machine may read it."""
    file = tmp_path / "data.key"
    secret = secret_in(file)
    assert len(secret) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret_in(file) == secret
    assert secret_in(tmp_path / "other.key") != secret


def test_a_key_file_that_is_there_is_read_and_left_alone(tmp_path: Path) -> None:
    """A clinic may bring its own secret."""
    file = tmp_path / "data.key"
    file.write_text("c" * 40 + "\n")
    assert secret_in(file) == "c" * 40
    assert file.read_text() == "c" * 40 + "\n"


@pytest.mark.parametrize("content", [b"", b"half a secret", b"\xff" * 64])
def test_a_damaged_key_file_ends_the_start(tmp_path: Path, content: bytes) -> None:
    """Nothing is ever sealed with half a secret; the error says what to do."""
    file = tmp_path / "data.key"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="HEMATOMA_GUIDE_DATA_SECRET"):
        secret_in(file)


def test_a_folder_that_cannot_be_written_ends_the_start(tmp_path: Path) -> None:
    """Who runs the bot is told, instead of the first patient."""
    with pytest.raises(SettingsError, match="HEMATOMA_GUIDE_DATA_SECRET"):
        secret_in(tmp_path / "missing" / "data.key")
