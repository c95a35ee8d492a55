"""Fixtures shared by all tests: the real encoder, the built index, and a running bot."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Read by Rasa and its libraries when they are imported.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Declare our own marks; keep the key of the tests' bots out of the user's own folder."""
    keys = tempfile.TemporaryDirectory()
    config.add_cleanup(keys.cleanup)
    os.environ["HEMATOMA_GUIDE_KEY_FOLDER"] = keys.name
    config.addinivalue_line("markers", "slow: takes seconds, because it loads torch or Rasa")


@pytest.fixture(scope="session")
def encoder() -> Any:
    from knowledge_base.encoder import shared_encoder

    return shared_encoder()


@pytest.fixture(scope="session")
def index() -> Any:
    from knowledge_base.index import load_index

    return load_index()


@pytest.fixture(scope="session")
def searcher() -> Any:
    from knowledge_base.search import shared_searcher

    return shared_searcher()


@pytest.fixture(scope="session")
def answerer() -> Any:
    from knowledge_base.answer import shared_answerer

    return shared_answerer()


@pytest.fixture(scope="session")
def bot_url() -> Iterator[str]:
    from evaluation.launch import bot_command, free_port, running

    subprocess.run([sys.executable, "-m", "bot.prepare"], cwd=ROOT, check=True)
    port = free_port()
    with running(bot_command(port), port) as url:
        yield url


@pytest.fixture(scope="session")
def trained_model() -> Path:
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    assert models, "there is no trained model: run `make train`"
    return models[-1]


def python(
    *arguments: str, folder: Path = ROOT, typed: str | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    own = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **own, **environ},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
