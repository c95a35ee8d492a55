"""Start the bot for one evaluation, and stop it afterwards."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from evaluation import EvaluationError

ROOT = Path(__file__).parents[1]
START_SECONDS = 120.0
DATA_FOLDER = "HEMATOMA_GUIDE_DATA_FOLDER"
KEY_FOLDER = "HEMATOMA_GUIDE_KEY_FOLDER"
_POLL_SECONDS = 0.02
_ANSWER_SECONDS = 2.0
_STOP_SECONDS = 10.0
_LAST_LINES = 12


def free_port() -> int:
    """Return a port of this machine that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bot_command(port: int) -> list[str]:
    """Return the command that serves the bot on a port."""
    return [sys.executable, "-m", "bot", "run", "--port", str(port)]


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    environment: Mapping[str, str] | None = None,
    patience: float = START_SECONDS,
    folder: Path = ROOT,
    data: Path | None = None,
    log: Path | None = None,
    stop: signal.Signals = signal.SIGTERM,
    ready: Sequence[str] = ("/health", "/ready"),
) -> Iterator[str]:
    """Run a server until the block ends.

    Args:
        command: serves on the port.
        port: where it serves.
        environment: variables beside our own.
        patience: seconds that it may take to become ready.
        folder: where it runs.
        data: folder of what it stores and of its key; None for one that is gone afterwards.
        log: file that takes what it prints, after what is there; none keeps nothing.
        stop: what ends it.
        ready: paths that answer with success when it can serve; none waits for nothing.

    Yields:
        its address, once it can serve.

    Raises:
        EvaluationError: it ends or stays silent; the message holds its last lines.
    """
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("a+b") if log else tempfile.TemporaryFile() as printed,
        tempfile.TemporaryDirectory() as passing,
    ):
        own = dict.fromkeys((DATA_FOLDER, KEY_FOLDER), str(data or passing))
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**os.environ, **own, **(environment or {})},
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            problem = _wait(url, ready, process, time.monotonic() + patience)
            if problem:
                printed.seek(0)
                said = printed.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
                raise EvaluationError("\n".join([f"The bot {problem}. It said last:", *said]))
            yield url
        finally:
            process.send_signal(stop)
            try:
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _says_yes(url: str) -> bool:
    try:
        return requests.get(url, timeout=_ANSWER_SECONDS).ok
    except requests.RequestException:
        return False


def _wait(
    url: str, ready: Sequence[str], process: subprocess.Popen[bytes], deadline: float
) -> str | None:
    for path in ready:
        while not _says_yes(url + path):
            if process.poll() is not None:
                return f"ended with code {process.returncode} before it was ready"
            if time.monotonic() > deadline:
                return f"did not answer {path} in time"
            time.sleep(_POLL_SECONDS)
    return None
