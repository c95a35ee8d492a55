"""Start the bot for one evaluation, and stop it afterwards."""

from __future__ import annotations

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

from evaluation.errors import EvaluationError

ROOT = Path(__file__).parents[1]
START_SECONDS = 120.0
_POLL_SECONDS = 0.1
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
    log: Path | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[str]:
    """Run a server until the block ends.

    Args:
        command: serves on the port.
        port: where it serves.
        environment: variables beside our own.
        patience: seconds that it may take to become ready.
        folder: where it runs, and keeps what it stores.
        log: file that takes what it prints, after what is there; none keeps nothing.
        stop: what ends it.

    Yields:
        its address, once /health and /ready say yes.

    Raises:
        EvaluationError: it ends or stays silent; the message holds its last lines.
    """
    url = f"http://127.0.0.1:{port}"
    with log.open("a+b") if log else tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            problem = _wait(url, process, time.monotonic() + patience)
            if problem:
                printed.seek(0)
                said = printed.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
                raise EvaluationError("\n".join([f"The bot {problem}. It said last:", *said]))
            yield url
        finally:
            _stop(process, stop)


def _wait(url: str, process: subprocess.Popen[bytes], deadline: float) -> str | None:
    for path in ("/health", "/ready"):
        while not _says_yes(url + path):
            if process.poll() is not None:
                return f"ended with code {process.returncode} before it was ready"
            if time.monotonic() > deadline:
                return f"did not answer {path} in time"
            time.sleep(_POLL_SECONDS)
    return None


def _says_yes(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _stop(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    process.send_signal(stop)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
