"""A server that the evaluation starts, and that does not get ready."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import requests

from evaluation import EvaluationError
from evaluation.launch import free_port, running


def test_a_server_that_ends_shows_its_last_words() -> None:
    """The reason stands in the error, so nobody has to look for a log."""
    command = [sys.executable, "-c", "raise SystemExit('There is no trained model')"]
    with pytest.raises(EvaluationError, match="no trained model"), running(command, free_port()):
        pass


def test_a_server_that_never_gets_ready_is_given_up(tmp_path: Path) -> None:
    """Being alive is not being ready; and what was given up does not run on."""
    port = free_port()
    (tmp_path / "health").touch()
    command = [sys.executable, "-m", "http.server", str(port), "--directory", str(tmp_path)]
    with (
        pytest.raises(EvaluationError, match="did not answer /ready"),
        running(command, port, patience=1.5),
    ):
        pass
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}", timeout=2)
