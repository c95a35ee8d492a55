"""The evaluation starts a server, waits for it, and leaves nothing running."""

from __future__ import annotations

import sys

import pytest
import requests

from evaluation import EvaluationError
from evaluation.launch import bot_command, free_port, running

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in {ready} else 404)
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def _command(port: int, ready: str) -> list[str]:
    return [sys.executable, "-c", SERVER.format(ready=ready), str(port)]


def test_it_waits_until_the_server_is_ready_and_stops_it() -> None:
    """Inside the block the server answers, after it nobody does."""
    port = free_port()
    with running(_command(port, "('/health', '/ready')"), port) as url:
        assert requests.get(f"{url}/health", timeout=2).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/health", timeout=2)


def test_a_server_that_ends_shows_its_last_words() -> None:
    """The reason stands in the error, so nobody has to look for a log."""
    command = [sys.executable, "-c", "raise SystemExit('There is no trained model')"]
    with pytest.raises(EvaluationError, match="no trained model"), running(command, free_port()):
        pass


def test_a_server_that_never_gets_ready_is_given_up() -> None:
    """Being alive is not being ready."""
    port = free_port()
    command = _command(port, "('/health',)")
    with (
        pytest.raises(EvaluationError, match="did not answer /ready"),
        running(command, port, patience=1.5),
    ):
        pass


def test_the_bot_is_started_by_its_own_command() -> None:
    """The evaluation runs what a person would run."""
    assert bot_command(5010)[1:] == ["-m", "bot", "run", "--port", "5010"]
