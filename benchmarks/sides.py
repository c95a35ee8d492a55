"""The two bots that are compared, each in a throw-away folder.

Ours is a copy of the project without index, model and conversations, so that the checkout's own
files stay as they are, and nobody's editing changes a running benchmark.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.plan import Plan
from benchmarks.stock.project import generate
from evaluation import EvaluationError
from evaluation.launch import ROOT, bot_command, free_port, running

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "HF_HUB_OFFLINE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # The SDK's action server would listen on every address of the machine.
    "SANIC_HOST": "127.0.0.1",
    # A path to the checkout would let the copy import from the checkout.
    "PYTHONPATH": "",
}
START_SECONDS = 240.0
SET_UP_SECONDS = 900.0
_LAST_CHARACTERS = 1000

_LEFT_OUT = shutil.ignore_patterns(
    *(".*", "__pycache__", "models", "index", "*.db*", "*.key", "report", "results"),
    *("tests", "docs", "evaluation", "deploy"),
)


class Ours:
    """The bot of this project."""

    name = "this bot"

    def __init__(self, folder: Path, source: Path = ROOT) -> None:
        """Copy the project from `source` to a folder, which is made."""
        self.folder = folder
        shutil.copytree(source, folder, ignore=_LEFT_OUT)

    def set_up(self) -> float:
        """Build the index and train the model, from nothing; return the seconds it took."""
        return run(("-m", "bot.prepare"), self.folder)[0]

    def serve(self) -> AbstractContextManager[str]:
        """Serve until the block ends; the address is ready when the block begins."""
        port = free_port()
        return running(bot_command(port), port, ENVIRONMENT, START_SECONDS, self.folder)

    def encoder_pass(self, questions: Sequence[str]) -> float:
        """Return the median milliseconds of the bare encoder for one question, by itself."""
        asked = self.folder / "floor-questions.json"
        asked.write_text(json.dumps(list(questions)), encoding="utf-8")
        return float(run(("-m", "benchmarks.floor", asked.name), self.folder)[1].split()[-1])


class Stock:
    """`rasa init`'s defaults, an action server, and Rasa's own SQLite store."""

    name = "stock Rasa"

    def __init__(self, folder: Path, source: Path, plan: Plan) -> None:
        """Generate the project in a folder, with the training data of ours in `source`."""
        self.folder = folder
        self._action_port = free_port()
        self.examples = generate(
            source, folder, self._action_port, plan.stock_examples, plan.stock_epochs, plan.seed
        )

    def set_up(self) -> float:
        """See `Ours.set_up`."""
        index = run(("build_index.py",), self.folder)[0]
        return index + run(("-m", "rasa", "train"), self.folder)[0]

    @contextmanager
    def serve(self) -> Iterator[str]:
        """See `Ours.serve`."""
        port, rasa = free_port(), [sys.executable, "-m", "rasa", "run"]
        actions = [*rasa, "actions", "--port", str(self._action_port)]
        bot = [*rasa, "--interface", "127.0.0.1", "--port", str(port)]
        where = (ENVIRONMENT, START_SECONDS, self.folder)
        # Both at the same time, which is the fastest that two processes can start.
        with (
            running(actions, self._action_port, *where, ready=()),
            running(bot, port, *where, ready=("/",)) as url,
        ):
            yield url


Side = Ours | Stock


def run(
    arguments: Sequence[str], folder: Path, patience: float = SET_UP_SECONDS
) -> tuple[float, str]:
    """Run a command of this Python in a folder, for at most `patience` seconds.

    Returns:
        the seconds it took, and what it printed.

    Raises:
        EvaluationError: it failed or took too long; the message holds its last words.
    """
    started = time.perf_counter()
    name = " ".join(["python", *arguments])
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            timeout=patience,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise EvaluationError(f"{name} took more than {patience:.0f} s.") from error
    except subprocess.CalledProcessError as error:
        words = f"{error.stdout}\n{error.stderr}"[-_LAST_CHARACTERS:]
        raise EvaluationError(f"{name} ended with code {error.returncode}: {words}") from error
    return time.perf_counter() - started, done.stdout
