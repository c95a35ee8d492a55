"""Rasa's own commands work as people who know Rasa expect."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import yaml

from evaluation.launch import DATA_FOLDER, free_port
from knowledge_base.articles import Source, load_articles
from tests.conversations.own_bot import OwnBot

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds
QUESTION = "What are the symptoms of a spinal hematoma?"
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spinal() -> Source:
    """The source that answers the question."""
    (source,) = [a.source for a in load_articles() if a.source.id == "spinal"]
    return source


@contextmanager
def started(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of this environment until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                DATA_FOLDER: str(log.parent),
                "PYTHONUNBUFFERED": "1",
                "PYTHONWARNINGS": "ignore",
                "COLUMNS": "200",
            },
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    pytest.fail(f"{url} did not answer: {log.read_text(errors='replace')[-3000:]}")


def screen(log: Path) -> str:
    """What stands on the screen, without colours and line breaks."""
    return "".join(ANSI.sub("", log.read_text(errors="replace")).split())


def wait_on_screen(text: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until a text stands on the screen; give all of it."""
    sought = "".join(text.split())
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen = screen(log)
        if sought in seen:
            return seen
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        time.sleep(0.2)
    pytest.fail(f"{text!r} was never said: {log.read_text(errors='replace')[-3000:]}")


@pytest.fixture
def endpoints(tmp_path: Path) -> tuple[Path, int]:
    """The project's endpoints, with the action server on a free port; and that port."""
    port = free_port()
    settings = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    settings["action_endpoint"]["url"] = f"http://127.0.0.1:{port}/webhook"
    if "file" in settings.get("tracker_store", {}):
        settings["tracker_store"]["file"] = str(tmp_path / "conversations.db")
    path = tmp_path / "endpoints.yml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path, port


def test_rasa_run_with_an_action_server_answers(
    tmp_path: Path, endpoints: tuple[Path, int], trained_model: Path, spinal: Source
) -> None:
    """The usual two processes of Rasa answer, log and refuse as our own launcher does."""
    path, action_port = endpoints
    port = free_port()
    actions_log, server_log = tmp_path / "actions.log", tmp_path / "server.log"
    with (
        started("rasa", "run", "actions", "--port", str(action_port), log=actions_log) as actions,
        started(
            "rasa",
            "run",
            "--endpoints",
            str(path),
            "--model",
            str(trained_model),
            "--port",
            str(port),
            "--interface",
            "127.0.0.1",
            "--credentials",
            "credentials.yml",
            log=server_log,
        ) as server,
    ):
        wait_for(f"http://127.0.0.1:{action_port}/health", actions, actions_log)
        wait_for(f"http://127.0.0.1:{port}/ready", server, server_log)
        response = requests.post(
            f"http://127.0.0.1:{port}/webhooks/rest/webhook",
            json={"sender": "s1", "message": QUESTION},
            timeout=60,
        )
        refused = requests.post(
            f"http://127.0.0.1:{port}/webhooks/rest/webhook",
            data=iter([b"{}"]),  # in chunks: its length is not told
            timeout=5,
        )
    assert refused.status_code == 400
    events = [line for line in server_log.read_text().splitlines() if line.startswith("{")]
    assert {"time", "level", "logger", "event"} <= set(json.loads(events[-1]))
    (message,) = response.json()
    lines = message["text"].split("\n")
    assert "bladder" in lines[0]
    assert spinal.title in lines[-2]
    assert lines[-1] == spinal.disclaimer
    assert message["custom"]["outcome"] == "answer"
    assert all(line.strip() for line in lines)


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
        body = {"sender": "s1", "message": QUESTION}
        said = requests.post(f"{url}/webhooks/rest/webhook", json=body, timeout=60).json()
    assert said[0]["custom"]["outcome"] == "answer"


def test_rasa_shell_chats_like_our_own(
    tmp_path: Path, endpoints: tuple[Path, int], trained_model: Path, spinal: Source
) -> None:
    """`rasa shell` beside `rasa run actions` gives whole replies without JSON, and ends quietly."""
    path, action_port = endpoints
    actions_log, log = tmp_path / "actions.log", tmp_path / "shell.log"
    with (
        started("rasa", "run", "actions", "--port", str(action_port), log=actions_log) as actions,
        started(
            "rasa",
            "shell",
            "--endpoints",
            str(path),
            "--model",
            str(trained_model),
            "--port",
            str(free_port()),
            log=log,
        ) as shell,
    ):
        wait_for(f"http://127.0.0.1:{action_port}/health", actions, actions_log)
        wait_on_screen("Ctrl+D ends.", shell, log)
        assert shell.stdin is not None
        shell.stdin.write(f"{QUESTION}\n/why\n".encode())
        shell.stdin.close()
        assert shell.wait(timeout=PATIENCE) == 0
    seen = screen(log)
    for said in ("bladder", f'Source: "{spinal.title}"', spinal.disclaimer, "outcome: answer"):
        assert "".join(said.split()) in seen
    for unwanted in ('"outcome"', '"similarity"', "'outcome'", "custom", "/ask_", "Traceback"):
        assert unwanted not in seen


def test_a_used_port_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    """Whoever starts the bot twice learns why the second one does not start, and what to do."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        log = tmp_path / "run.log"
        with started("bot", "run", "--port", str(port), log=log) as run:
            assert run.wait(timeout=PATIENCE) == 1
    said = log.read_text(errors="replace")
    assert f"127.0.0.1:{port}" in said
    assert f"PORT={port + 1}" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("port", ["0", "65536", "http", "-5", "5005.5"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    """A mistyped port is named in a sentence."""
    log = tmp_path / "run.log"
    with started("bot", "run", f"--port={port}", log=log) as run:
        assert run.wait(timeout=PATIENCE) == 2
    said = log.read_text(errors="replace")
    assert port in said
    assert "1 to 65535" in said
    assert "Traceback" not in said
