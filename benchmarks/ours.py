"""This bot, as a copy in a throw-away folder.

A copy starts without index, model and conversations, so that the first start can be timed,
the checkout's own files stay as they are, and nobody's editing changes a running benchmark.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import Servers, python, run
from benchmarks.side import SetUp
from evaluation.launch import free_port

ROOT = Path(__file__).parents[1]
SET_UP_SECONDS = 900.0
FLOOR_SECONDS = 300.0

_LEFT_OUT = shutil.ignore_patterns(
    ".*", "__pycache__", "models", "index", "*.db*", "*.key", "report", "results"
)
_NOT_NEEDED = ("tests", "docs", "evaluation", "deploy")


class Ours:
    """The bot of this project."""

    name = "this bot"

    def __init__(self, folder: Path, source: Path = ROOT) -> None:
        """Copy the project.

        Args:
            folder: where the copy goes; it is made.
            source: the project.
        """
        self.folder = folder
        folder.mkdir(parents=True)
        for entry in source.iterdir():
            if entry.name in (*_NOT_NEEDED, *_LEFT_OUT(str(source), [entry.name])):
                continue
            if entry.is_dir():
                shutil.copytree(entry, folder / entry.name, ignore=_LEFT_OUT)
            else:
                shutil.copy(entry, folder / entry.name)

    def set_up(self) -> SetUp:
        """See `Side.set_up`."""
        index = run(python("-m", "knowledge_base", "build"), self.folder, SET_UP_SECONDS)
        rest = run(python("-m", "bot.prepare"), self.folder, SET_UP_SECONDS)
        # `bot.prepare` trains too, among other things; here once more, for its own time.
        training = run(python("-m", "bot", "train"), self.folder, SET_UP_SECONDS)
        return SetUp(index, training, index + rest)

    def serve(self) -> Servers:
        """See `Side.serve`."""
        return self.serve_with(["-m", "bot"])

    def serve_with(self, program: Sequence[str]) -> Servers:
        """Start the bot by another program that takes the same arguments.

        Args:
            program: arguments of Python that come before `run`.
        """
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        servers = Servers(url, (f"{url}/health", f"{url}/ready"))
        servers.start(python(*program, "run", "--port", str(port)), self.folder)
        return servers

    def encoder_pass(self, questions: Sequence[str]) -> float:
        """Return the median seconds of the bare encoder for one question, in its own process."""
        asked, answered = self.folder / "floor-questions.json", self.folder / "floor.json"
        asked.write_text(json.dumps(list(questions)), encoding="utf-8")
        command = python("-m", "benchmarks.floor", asked.name, answered.name)
        run(command, self.folder, FLOOR_SECONDS)
        return float(json.loads(answered.read_text(encoding="utf-8")))
