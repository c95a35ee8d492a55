"""What the documents say is so."""

from __future__ import annotations

import re
import secrets
from dataclasses import fields
from pathlib import Path

import pytest
import requests

from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

ROW = re.compile(rf"^\| `{PREFIX}([A-Z_]+)` \| (.+?) \|", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
SETTING = re.compile(rf"{PREFIX}([A-Z]+(?:_[A-Z]+)*)")


def named(folder: str) -> set[str]:
    """The settings that the code of a folder names."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
    return {name for text in texts for name in SETTING.findall(text)}


def shown(default: object) -> str:
    """A default as the table of settings writes it."""
    if default in (None, ()):
        return "none"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_described_with_its_default(field: object) -> None:
    """Who runs the bot finds each setting and what holds without it."""
    rows = dict(ROW.findall(OPERATIONS))
    name = field.name.upper()  # type: ignore[attr-defined]
    assert name in rows
    if name != "TOKEN_SECRET":  # made anew at each start
        assert rows[name] == shown(field.default)  # type: ignore[attr-defined]


def test_the_table_of_settings_is_complete_and_holds_nothing_else() -> None:
    """No setting is secret knowledge, and none is promised that does not exist."""
    read = named("bot") | named("actions") | named("knowledge_base")
    read |= {field.name.upper() for field in fields(Settings)}
    plain = {name.removesuffix("_FILE") for name in read}
    assert set(dict(ROW.findall(OPERATIONS))) == plain


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    """No reader follows a link to a file that is not there."""
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_tree_in_the_readme_is_the_tree() -> None:
    """Each folder and file of the README's tree exists."""
    tree = README.split("## How it is laid out")[1].split("```")[1]
    names = [line.split()[0] for line in tree.strip().splitlines()]
    assert names
    for name in names:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_named_exists(document: Path) -> None:
    """Each `make ...` a reader is told to type can be typed."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(), re.MULTILINE):
        assert target in targets, target


def test_the_conversation_in_the_readme_is_real(bot_url: str) -> None:
    """The running bot says, word for word, what the README quotes."""
    transcript = README.split("```text\nYou: ")[1].split("```")[0]
    turns = [turn.split("\n\nBot: ") for turn in transcript.split("\n\nYou: ")]
    assert len(turns) >= 3
    sender = secrets.token_hex(8)
    for question, quoted in turns:
        reply = requests.post(
            f"{bot_url}/webhooks/rest/webhook",
            json={"sender": sender, "message": question},
            timeout=20,
        ).json()
        assert quoted.split() == reply[0]["text"].split()
