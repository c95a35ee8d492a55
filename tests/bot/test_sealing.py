"""What is stored of patients can be read with the secret alone, and names tell nothing."""

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StartError
from bot.sealing import KEY_FILE, CannotOpenError, Sealer, stored_secret
from bot.settings import Settings

SEALER = Sealer("a" * 32)
texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(texts, texts)
def test_what_was_sealed_is_opened_again(text: str, owner: str) -> None:
    """Nothing is lost, nobody sees that the same was said twice, and no bit can be changed."""
    sealed = SEALER.seal(text, owner)
    assert SEALER.open(sealed, owner) == text
    assert sealed != SEALER.seal(text, owner)
    place = len(text) % len(sealed)
    changed = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
    with pytest.raises(CannotOpenError):
        SEALER.open(changed, owner)


@pytest.mark.parametrize(
    ("sealed", "owner", "secret"),
    [
        (SEALER.seal("my canary", "anna"), "ben", "a" * 32),
        (SEALER.seal("my canary", "anna"), "canary", "b" * 32),
        (b"", "anna", "a" * 32),
        (b"x" * 28, "anna", "a" * 32),
    ],
)
def test_nobody_else_opens_it(sealed: bytes, owner: str, secret: str) -> None:
    """A row that was moved, stolen or damaged does not open, and the error tells nothing."""
    with pytest.raises(CannotOpenError) as caught:
        Sealer(secret).open(sealed, owner)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_name_is_the_same_after_a_restart_and_tells_nothing() -> None:
    """Who knows all phone numbers cannot find whose it is; other channels give other names."""
    name = SEALER.name("whatsapp", "+1650")
    assert name == Sealer("a" * 32).name("whatsapp", "+1650")
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert name != Sealer("b" * 32).name("whatsapp", "+1650")
    names = {SEALER.name("a", "bc"), SEALER.name("ab", "c"), SEALER.name("abc"), SEALER.name("a")}
    assert len(names) == 4


def secret_of(data: Path, key_folder: Path | None = None, **environ: str) -> str:
    """The secret of a bot that keeps its data in a folder, and has a user's folder beside it."""
    data.mkdir(exist_ok=True)
    own = {"XDG_CONFIG_HOME": str(data.parent / "config")}
    settings = Settings("", data_folder=data, key_folder=key_folder)
    return stored_secret(settings, {**own, **environ})


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
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    assert secret_of(tmp_path / "data", named, **given) == "c" * 40
    assert file.read_text() == "c" * 40 + "\n"
    assert (f"move {file}" in caplog.text) is (place == "data")


def test_a_key_that_is_missing_beside_sealed_data_is_not_made_anew(tmp_path: Path) -> None:
    """Nothing is lost silently: the error says which file cannot be read, and what to do."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/conversations.db").touch()
    with pytest.raises(StartError, match=r"data\.key is missing.*conversations\.db.*backup"):
        secret_of(tmp_path / "data")
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize("content", [b"half a secret", b"\xff" * 64])
def test_a_damaged_key_file_ends_the_start(tmp_path: Path, content: bytes) -> None:
    """Nothing is ever sealed with half a secret, or with one that cannot be kept."""
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(StartError, match="HEMATOMA_GUIDE_DATA_SECRET"):
        secret_of(tmp_path)
    with pytest.raises(StartError, match="HEMATOMA_GUIDE_KEY_FOLDER"):
        secret_of(tmp_path / "data", XDG_CONFIG_HOME=str(tmp_path / KEY_FILE))
