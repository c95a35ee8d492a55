"""A server that the evaluation starts, and that does not get ready."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import requests

from evaluation import EvaluationError
from evaluation.launch import free_port, running


def test_a_server_that_does_not_get_ready_is_given_up(tmp_path: Path) -> None:
    """One that ends shows its last words; one that is alive, and not ready, does not run on."""
    command = [sys.executable, "-c", "raise SystemExit('There is no trained model')"]
    with pytest.raises(EvaluationError, match="no trained model"), running(command, free_port()):
        pass
    port = free_port()
    (tmp_path / "health").touch()
    command = [sys.executable, "-m", "http.server", str(port), "--directory", str(tmp_path)]
    refused = pytest.raises(EvaluationError, match="did not answer /ready")
    with refused, running(command, port, patience=1.5):
        pass
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}", timeout=2)
