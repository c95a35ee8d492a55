"""What patients notice when the store or the clock fails: nothing, and no reminder is lost."""

import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
import requests

from bot.conversation_store import FILE
from bot.data_folder import LOCK_FILE
from bot.sealing import KEY_FILE
from evaluation.launch import DATA_FOLDER, KEY_FOLDER, free_port
from tests.bot.channels.messaging.clinic import until
from tests.bot.channels.serving import Chat
from tests.bot.channels.whatsapp import fake_graph
from tests.conftest import python
from tests.conversations.own_bot import OwnBot
from tests.conversations.patient import Patient

EMERGENCY = "since my epidural i cant feel my legs"

# Serves as `python -m bot run` does, by a clock that a file sets forward or back.
CLOCK = """
import sys, time
from pathlib import Path
true, step = time.time, Path(sys.argv[2])
time.time = lambda: true() + float(step.read_text())
from bot.__main__ import main
sys.exit(main(["run", "--port", sys.argv[1]]))
"""


@pytest.fixture
def bot(tmp_path: Path, meta: fake_graph.FakeGraph) -> OwnBot:
    return OwnBot(tmp_path, meta.settings())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program holds a lock on the file of conversations."""
    with closing(sqlite3.connect(folder / FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """No file of the bot takes another byte, its log included."""
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux can take the disk from a process that runs")
    bot = int((folder / LOCK_FILE).read_text())
    before = resource.prlimit(bot, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    yield
    resource.prlimit(bot, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("fault", [locked, full])
def test_a_store_that_fails_is_not_noticed(
    bot: OwnBot, meta: fake_graph.FakeGraph, fault: Callable[[Path], AbstractContextManager[None]]
) -> None:
    """Answers come, the emergency is recalled; what cannot be kept is refused or saved later."""
    phone = fake_graph.Phone()
    written = phone.text("hello")
    with bot.running(stop=signal.SIGKILL) as url:
        before, one = Patient(url), Patient(url)
        before.say(EMERGENCY)
        with fault(bot.folder):
            alarm = one.say(EMERGENCY)["text"]
            started = time.monotonic()
            assert requests.get(f"{url}/health", timeout=5).ok
            assert time.monotonic() - started < 1
            assert requests.get(f"{url}/ready", timeout=5).status_code == 503
            recalled = one.say("how rare is a spinal hematoma?")["text"]
            taken = fake_graph.post(url, written)
            erased = before.post(json={"sender": before.id, "message": "delete my data"})
        assert "emergency number" in alarm
        assert "emergency" in recalled
        # Meta brings again what was not stored; the lock is on the other file.
        assert taken == (500 if fault is full else 200)
        assert erased.json()["error"]["code"] == "not_erased"
        Patient(url).say("hello")
        assert requests.get(f"{url}/ready", timeout=5).ok
        metrics = requests.get(f"{url}/metrics", timeout=5).text
        assert 'hematoma_guide_store_errors_total{operation="save"}' in metrics
        fake_graph.post(url, written)
        until(lambda: meta.to(phone))
    with bot.running() as url:
        for patient in (before, one):
            assert "emergency" in patient.say("and how is it treated?")["text"]
        assert fake_graph.post(url, written) == 200
    assert len(meta.to(phone)) == 1


def test_a_clock_that_is_set_is_not_noticed(tmp_path: Path, meta: fake_graph.FakeGraph) -> None:
    """Chats go on, their limits hold for a minute and no longer, WhatsApp is answered at once."""
    clock = tmp_path / "clock"
    settings = {**meta.settings(), "HEMATOMA_GUIDE_SESSION_RATE": "2/minute"}
    command = [sys.executable, "-c", CLOCK]
    bot = OwnBot(tmp_path, settings, lambda port: [*command, str(port), str(clock)])

    def set_to(step: int) -> None:
        (tmp_path / "set").write_text(str(step))
        (tmp_path / "set").replace(clock)

    set_to(0)
    with bot.running() as url, httpx.Client(base_url=url, timeout=10) as client:
        for number, step in enumerate((-7200, 1800)):
            set_to(0)
            chat = Chat(None, client)
            assert "emergency number" in chat.post(EMERGENCY).text
            assert [chat.post("hello").status_code for _ in range(2)] == [200, 429]
            set_to(step)
            assert "emergency" in chat.post("how rare is a spinal hematoma?").text
            assert [chat.post("thanks").status_code for _ in range(2)] == [200, 429]
            phone = fake_graph.Phone(f"US.1{number}", f"1555000000{number}")
            assert fake_graph.post(url, phone.text("hello")) == 200
            until(partial(meta.to, phone), seconds=10)


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
    own = {DATA_FOLDER: str(folder), KEY_FOLDER: str(keys)}
    ended = python("-m", "bot", "run", "--port", str(free_port()), **own)
    assert ended.returncode == 1
    (error,) = [line for line in ended.stderr.splitlines() if line.strip()]
    assert error.startswith("Error: ")
    assert (str(folder) if damaged == "." else damaged) in error
