"""Runs commands and servers of one side, and stops them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from benchmarks.errors import BenchmarkError
from evaluation.launch import last_words, says_yes, see_off

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "HF_HUB_OFFLINE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # The SDK's action server would listen on every address of the machine.
    "SANIC_HOST": "127.0.0.1",
}
START_SECONDS = 240.0
_POLL_SECONDS = 0.02
_ANSWER_SECONDS = 5.0
_STOP_SECONDS = 15.0


def python(*arguments: str) -> list[str]:
    """Return a command of the Python that runs now."""
    return [sys.executable, *arguments]


def run(command: Sequence[str], folder: Path, patience: float) -> float:
    """Run a command to its end.

    Args:
        command: what to run.
        folder: where.
        patience: seconds that it may take.

    Returns:
        the seconds it took.

    Raises:
        BenchmarkError: it failed or took too long; the message holds its last lines.
    """
    started = time.perf_counter()
    with (folder / "commands.log").open("w+b") as log:
        try:
            code = subprocess.run(
                command,
                cwd=folder,
                env=_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=patience,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as error:
            raise BenchmarkError(
                f"{_name(command)} took more than {patience:.0f} s. {last_words(log)}"
            ) from error
        if code:
            raise BenchmarkError(f"{_name(command)} ended with code {code}. {last_words(log)}")
    return time.perf_counter() - started


@dataclass
class Servers:
    """Running servers of one side; used as a context manager, it stops them at the end.

    Attributes:
        url: where the bot listens.
        ready: addresses that answer with success once everything is ready.
        processes: what was started.
        started: when, on the clock of `time.perf_counter`.
    """

    url: str
    ready: tuple[str, ...]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    _logs: list[IO[bytes]] = field(default_factory=list)

    def start(
        self, command: Sequence[str], folder: Path, more: Mapping[str, str] | None = None
    ) -> None:
        """Start a server.

        Args:
            command: what to run.
            folder: where; its output goes to a log in it.
            more: variables of its environment beside the usual ones.
        """
        log = (folder / f"server-{len(self.processes)}.log").open("w+b")
        self._logs.append(log)
        self.processes.append(
            subprocess.Popen(
                command,
                cwd=folder,
                env={**_environment(), **(more or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        )

    def wait(self) -> float:
        """Wait until everything is ready.

        Returns:
            seconds since the start.

        Raises:
            BenchmarkError: a server ended, or did not answer in time.
        """
        for address in self.ready:
            while not says_yes(address, _ANSWER_SECONDS):
                self._check()
                time.sleep(_POLL_SECONDS)
        return self.age()

    def age(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self.started

    def _check(self) -> None:
        for process, log in zip(self.processes, self._logs, strict=True):
            if process.poll() is not None:
                raise BenchmarkError(
                    f"A server ended with code {process.returncode}. {last_words(log)}"
                )
        if self.age() > START_SECONDS:
            words = " ".join(last_words(log) for log in self._logs)
            raise BenchmarkError(f"A server was not ready after {START_SECONDS:.0f} s. {words}")

    @property
    def ids(self) -> list[int]:
        """Ids of the processes that were started."""
        return [process.pid for process in self.processes]

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            see_off(process, _STOP_SECONDS)
        for log in self._logs:
            log.close()


def _environment() -> dict[str, str]:
    # A path to the checkout would let the copy import from the checkout.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**inherited, **ENVIRONMENT}


def _name(command: Sequence[str]) -> str:
    return " ".join(["python", *command[1:]])
