"""What patients notice when the store of conversations fails: nothing, and no reminder is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests

from bot.conversation_store import FILE
from bot.sealing import KEY_FILE
from evaluation.launch import DATA_FOLDER, KEY_FOLDER, bot_command, free_port
from tests.conversations.own_bot import ROOT, OwnBot

EMERGENCY = "since my epidural i cant feel my legs"


@pytest.fixture
def bot(tmp_path: Path) -> OwnBot:
    """A bot whose stores no other test uses."""
    return OwnBot(tmp_path, {})


def said(url: str, text: str, sender: str) -> str:
    """Return the one answer to a message."""
    fields = {"sender": sender, "message": text}
    response = requests.post(f"{url}/webhooks/rest/webhook", json=fields, timeout=10)
    (message,) = response.json()
    return str(message["text"])


def test_a_locked_store_is_not_noticed(bot: OwnBot) -> None:
    """Answers come, the server stays awake, the emergency is recalled, and all is saved later."""
    with bot.running() as url:
        said(url, "hello", "one")
        with closing(sqlite3.connect(bot.folder / FILE)) as other:
            other.execute("BEGIN IMMEDIATE")
            alarm = said(url, EMERGENCY, "one")
            started = time.monotonic()
            assert requests.get(f"{url}/health", timeout=5).ok
            assert time.monotonic() - started < 1
            assert requests.get(f"{url}/ready", timeout=5).status_code == 503
            recalled = said(url, "how rare is a spinal hematoma?", "one")
        assert "emergency number" in alarm
        assert "emergency" in recalled
        said(url, "hello", "two")
        assert requests.get(f"{url}/ready", timeout=5).ok
        metrics = requests.get(f"{url}/metrics", timeout=5).text
        assert 'hematoma_guide_store_errors_total{operation="save"}' in metrics
    with bot.running() as url:
        assert "emergency" in said(url, "and how is it treated?", "one")


@pytest.mark.parametrize("damaged", [FILE, KEY_FILE, "."])
def test_damaged_data_end_the_start_in_one_sentence(tmp_path: Path, damaged: str) -> None:
    """No traceback: what is wrong, and what to do."""
    folder = tmp_path / "data"
    (tmp_path / KEY_FILE).write_text("a" * 40)
    if damaged == ".":
        folder.write_text("a file where a folder should be")
    else:
        folder.mkdir()
        (folder / damaged).write_text("too short")
    keys = folder if damaged == KEY_FILE else tmp_path
    ended = subprocess.run(
        bot_command(free_port()),
        cwd=ROOT,
        env={"PATH": "", DATA_FOLDER: str(folder), KEY_FOLDER: str(keys)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    (error,) = [line for line in ended.stderr.splitlines() if line.strip()]
    assert error.startswith("Error: ")
    assert (str(folder) if damaged == "." else damaged) in error
