"""Rasa's own commands work as people who know Rasa expect."""

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from bot.conversation_store import FILE
from bot.setting_kinds import SHORTEST_SECRET
from bot.settings import PREFIX
from evaluation.launch import DATA_FOLDER, free_port, running
from tests.conftest import ROOT, python
from tests.conversations.own_bot import OwnBot
from tests.conversations.patient import SOURCES, Patient

QUESTION = "What are the symptoms of a spinal hematoma?"
RASA = [sys.executable, "-m", "rasa"]
SPINAL = SOURCES["spinal"]
QUIET = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def with_actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """An action server that runs, and the options with which Rasa's commands use it."""
    folder = tmp_path_factory.mktemp("actions")
    port = free_port()
    settings = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    settings["action_endpoint"]["url"] = f"http://127.0.0.1:{port}/webhook"
    path = folder / "endpoints.yml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with running([*RASA, "run", "actions", "--port", str(port)], port, QUIET, ready=["/health"]):
        yield ["--endpoints", str(path), "--port", str(free_port())]


def test_rasa_run_with_an_action_server_answers(
    tmp_path: Path, with_actions: list[str], trained_model: Path
) -> None:
    """The usual two processes of Rasa answer, log, refuse and forget as our own launcher does."""
    log = tmp_path / "server.log"
    with sqlite3.connect(tmp_path / FILE) as kept:
        kept.execute("CREATE TABLE conversations (id TEXT PRIMARY KEY, said FLOAT, tracker BLOB)")
        kept.execute("INSERT INTO conversations VALUES ('of long ago', 0.0, x'00')")
    options = ["--model", str(trained_model), "--interface", "127.0.0.1", *with_actions]
    command = [*RASA, "run", *options, "--credentials", "credentials.yml"]
    sealed = {**QUIET, f"{PREFIX}DATA_SECRET": "k" * SHORTEST_SECRET}
    with running(command, int(with_actions[-1]), sealed, data=tmp_path, log=log) as url:
        message = Patient(url).say(QUESTION)
        chunks = iter([b"{}"])  # its length is not told
        refused = requests.post(f"{url}/webhooks/rest/webhook", data=chunks, timeout=5)
    assert refused.status_code == 400
    ids = [row[0] for row in kept.execute("SELECT id FROM conversations")]
    assert len(ids) == 1
    assert "of long ago" not in ids
    events = [line for line in log.read_text().splitlines() if line.startswith("{")]
    assert {"time", "level", "logger", "event"} <= set(json.loads(events[-1]))
    lines = message["text"].split("\n")
    assert "bladder" in lines[0]
    assert SPINAL.title in lines[-2]
    assert lines[-1] == SPINAL.disclaimer
    assert message["custom"]["outcome"] == "answer"


def test_our_start_bears_rasas_own_stores_and_channels(tmp_path: Path) -> None:
    """A clinic that names them in endpoints.yml and credentials.yml is served all the same."""
    bot = OwnBot(tmp_path, {})
    own = {
        "endpoints.yml": "tracker_store: {type: SQL, dialect: sqlite, db: rasa.db}",
        "credentials.yml": "bot.channels.web.WebInput:\nbot.channels.rest.RestInput:\nsocketio: {}",
    }
    for name, text in own.items():
        (tmp_path / name).unlink()
        (tmp_path / name).write_text(text)
    with bot.running() as url:
        assert Patient(url).hear(QUESTION)[0] == "answer"


def test_rasa_shell_chats_like_our_own(
    tmp_path: Path, with_actions: list[str], trained_model: Path
) -> None:
    """`rasa shell` beside `rasa run actions` gives whole replies without JSON, and ends quietly."""
    command = ("-m", "rasa", "shell", "--model", str(trained_model), *with_actions)
    typed = f"{QUESTION}\n/why\n"
    shell = python(*command, typed=typed, **{DATA_FOLDER: str(tmp_path)})
    assert shell.returncode == 0, shell.stdout[-3000:] + shell.stderr[-3000:]
    # What stands on the screen, without colours and line breaks.
    seen = "".join(ANSI.sub("", shell.stdout + shell.stderr).split())
    for said in ("bladder", f'Source: "{SPINAL.title}"', SPINAL.disclaimer, "outcome: answer"):
        assert "".join(said.split()) in seen
    for unwanted in ('"outcome"', '"similarity"', "'outcome'", '"custom"', "/ask_", "Traceback"):
        assert unwanted not in seen
