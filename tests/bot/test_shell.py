"""The chat in the terminal, really running in a pseudo-terminal of 80 columns."""

import fcntl
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
import yaml

from tests.conftest import ROOT, python
from tests.conversations.own_bot import OwnBot
from tests.conversations.patient import SOURCES

COLUMNS = 80
PROMPT = "You: "
QUESTION = "What are the symptoms of a spinal hematoma?"
COMMAND = [sys.executable, "-m", "bot", "shell"]
SPINAL = SOURCES["spinal"]
CTRL_C, CTRL_D = "\x03", "\x04"
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")
pytestmark = pytest.mark.slow


class Terminal:
    """A terminal in which the bot was started."""

    def __init__(self, folder: Path, wait_for: str = PROMPT) -> None:
        self.folder = folder
        self.screen = pexpect.spawn(
            *(COMMAND[0], COMMAND[1:]),
            cwd=folder,
            env=environment(folder),
            dimensions=(24, COLUMNS),
            encoding="utf-8",
            timeout=120,
        )
        self.screen.logfile_read = self.log = io.StringIO()
        self.screen.expect_exact(wait_for)

    @property
    def seen(self) -> str:
        return ANSI.sub("", self.log.getvalue())

    def say(self, text: str) -> str:
        self.screen.sendline(text)
        self.screen.expect_exact(PROMPT)
        return ANSI.sub("", self.screen.before).partition("\n")[2]

    def leave(self, keys: str) -> int:
        self.screen.send(keys[:-1])
        self.screen.send(keys[-1])
        self.screen.expect(pexpect.EOF)
        self.screen.close()
        return int(self.screen.exitstatus)


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    data = {"HEMATOMA_GUIDE_DATA_FOLDER": str(folder), "PYTHONPATH": str(ROOT)}
    return {**kept, **data, "TERM": "xterm"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = OwnBot(tmp_path_factory.mktemp("shell"), {}).folder
    (folder / "tests" / "conversations").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Terminal]:
    """One terminal for all tests that do not end the chat."""
    terminal = Terminal(folder)
    start = terminal.seen.partition(PROMPT)[0]
    assert start.startswith("Loading the bot ...\n")
    assert len(start.strip().splitlines()) <= 4  # no warnings of libraries
    yield terminal
    assert terminal.leave(CTRL_D) == 0


@pytest.fixture
def terminal(opened: Terminal) -> Terminal:
    opened.say("/reset")
    return opened


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_reply_is_whole_and_within_the_lines(terminal: Terminal) -> None:
    """No word is cut off or lost: danger signs, source and disclaimer are all there."""
    replies = [terminal.say(text) for text in (QUESTION, "tell me more", "my legs are numb")]
    for reply in replies:
        assert all(len(line) <= COLUMNS for line in reply.splitlines()), reply
    # The further lines of a bullet stand under its text.
    assert re.search(r"\n     - .*\n       \w", replies[1])
    assert "bladder or bowel control" in flat(replies[0])
    assert f'\n\n     Source: "{SPINAL.title}"' in replies[0]
    assert SPINAL.disclaimer in flat(replies[0])
    assert "emergency number" in flat(replies[2])


def test_a_number_picks_a_choice_and_all_else_is_a_message(terminal: Terminal) -> None:
    """What is picked is named and answered; danger after a number, or a payload, is only read."""
    reply = terminal.say(QUESTION)
    choices = re.findall(r"^ +(\d)\. (.+)$", reply, re.MULTILINE)
    assert [number for number, _ in choices] == ["1", "2", "3"]
    picked = terminal.say("2")
    assert f"({choices[1][1]})" in picked
    assert "Source: " in picked
    assert "Bot: " in terminal.say("7")
    alarm = flat(terminal.say("1 leg is numb since my epidural"))
    assert "Call your local emergency number" in alarm
    assert "Source: " not in terminal.say('/ask_causes{"site": "ossified"}')
    assert not re.search(r"/ask_(?!causes)", terminal.seen)


def test_why_names_what_decided(terminal: Terminal) -> None:
    """An answer by its intent and passages, an alarm by its like, a no by what fell short."""
    assert "no reply yet" in terminal.say("/why")
    terminal.say(QUESTION)
    why = terminal.say("/why")
    assert re.search(r"outcome: +answer\n +intent: +ask_symptoms [01]\.\d\d", why)
    assert re.search(r"danger: +0\.\d+, under the 0\.\d+", why)
    assert re.search(r"said: +spinal/symptoms/\d+, similarity [01]\.\d\d", why)
    assert re.search(r"left out: spinal/\w+/\d+, similarity \d\.\d\d, score \d\.\d\d", why)
    assert all(len(line) <= COLUMNS for line in why.splitlines())
    for said, told in (
        ("I cannot feel my legs since my epidural", r"danger: urgent [01]\.\d+; likest message"),
        ("how do I treat a migraine?", r"not answered at 0\.0.*outside: migraine"),
    ):
        terminal.say(said)
        assert re.search(told, flat(terminal.say("/why")))
    # The words that delete a chat elsewhere are obeyed.
    terminal.say("please delete my data")
    assert "no reply yet" in terminal.say("/why")
    assert "nothing to save" in terminal.say("/save empty")


def test_help_lists_the_commands_and_a_bad_name_is_refused(terminal: Terminal) -> None:
    """Nobody has to know them by heart; nothing is written elsewhere than where it belongs."""
    said = terminal.say("/help")
    assert all(command in said for command in ("/why", "/save NAME", "/reset", "/quit"))
    assert not terminal.say("").strip()
    assert "empty" in terminal.say("/")
    terminal.say("hello")
    before = sorted(terminal.folder.rglob("*.yml"))
    for name in ("", "../evil", "Two Words", "x" * 61):
        assert "small letters" in terminal.say(f"/save {name}")
    assert sorted(terminal.folder.rglob("*.yml")) == before


def test_a_saved_conversation_is_found_by_rasa_test_and_holds(terminal: Terminal) -> None:
    """What was saved, with a choice and a follow-up, is a test that goes as written."""
    for said in ("hello", QUESTION, "2", "and the causes?", "My legs are numb", "thanks"):
        terminal.say(said)
    assert "test_goes_well.yml" in terminal.say("/save goes_well")
    assert "exists already" in terminal.say("/save goes_well")
    saved = terminal.folder / "tests" / "conversations" / "test_goes_well.yml"
    (story,) = yaml.safe_load(saved.read_text(encoding="utf-8"))["stories"]
    assert story["story"] == "goes well"
    assert sum("user" in step for step in story["steps"]) == 6
    out = terminal.folder / "results"
    command = "rasa test core --e2e --stories . --no-plot --fail-on-prediction-errors --out".split()
    run = python("-m", *command, str(out), folder=terminal.folder)
    assert run.returncode == 0, run.stdout[-3000:]
    assert "Evaluating 1 stories" in run.stderr + run.stdout


@pytest.mark.parametrize("loads", [True, False])
def test_ctrl_c_ends_the_chat_quietly(folder: Path, loads: bool) -> None:
    """While it still loads, or in the middle of a sentence, it is no error."""
    terminal = Terminal(folder, "Loading the bot ..." if loads else PROMPT)
    assert terminal.leave(CTRL_C if loads else "half a sentence" + CTRL_C) == 0
    assert not re.search("Traceback|Error", terminal.seen)


def test_piped_lines_are_answered(folder: Path) -> None:
    """A file of messages gives a transcript of both sides, also beside a bot that runs."""
    typed = f"{QUESTION}\n1\n".encode() + b"\xff\xfe caf\xe9 \x1b[2J\nno end of line"
    with (folder / "bot.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        env = environment(folder)
        done = subprocess.run(
            COMMAND, cwd=folder, env=env, input=typed, capture_output=True, check=False
        )
    said = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"You: {QUESTION}\nBot: " in said
    assert SPINAL.disclaimer in flat(said)
    assert "You: no end of line\nBot: " in said
    assert all(len(line) <= COLUMNS for line in said.splitlines())
    assert not (folder / "conversations.db").exists()
