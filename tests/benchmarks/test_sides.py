"""Both sides are made in throw-away folders, started, and stopped without a trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.sides import Ours, run
from benchmarks.stock.project import generate
from evaluation import EvaluationError
from evaluation.launch import ROOT
from knowledge_base.articles import load_articles
from knowledge_base.passages import passages_of


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated project with a small sample."""
    folder = tmp_path_factory.mktemp("made") / "stock"
    generate(ROOT, folder, action_port=5055, examples=3, epochs=0, seed=1)
    return folder


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_a_command_that_fails_or_hangs_ends_the_run(tmp_path: Path) -> None:
    """A set-up that did not work is not timed."""
    seconds, said = run(("-c", "print('done')"), tmp_path)
    assert (seconds > 0, said) == (True, "done\n")
    with pytest.raises(EvaluationError, match=r"code 1: (?s:.*)no data"):
        run(("-c", "raise SystemExit('no data')"), tmp_path)
    with pytest.raises(EvaluationError, match="more than"):
        run(("-c", "input()"), tmp_path, 0.0)


def test_the_copy_of_the_bot_starts_from_nothing(tmp_path: Path) -> None:
    """No index, no model, no key and nobody's conversations come along."""
    source = tmp_path / "source"
    kept = {"bot/__init__.py", "knowledge_base/search.py", "config.yml"}
    left = ("knowledge_base/index/vectors.faiss", "models/one.tar.gz", ".venv/bin/python")
    for name in (*kept, *left, "conversations.db-wal", "data.key", "tests/test_bot.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    copy = Ours(tmp_path / "copy", source).folder
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert files == kept


def test_the_stock_project_is_what_rasa_init_gives(project: Path) -> None:
    """Nothing makes it slow or fast: Rasa's own pipeline and store, and all our passages."""
    config = _read(project / "config.yml")
    names = {part["name"] for part in (*config["pipeline"], *config["policies"])}
    assert {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"} <= names
    assert {part["epochs"] for part in config["pipeline"] if "epochs" in part} == {100}
    store = _read(project / "endpoints.yml")["tracker_store"]
    assert store == {"type": "SQL", "dialect": "sqlite", "db": "rasa.db"}
    passages = json.loads((project / "passages.json").read_text(encoding="utf-8"))
    ours = [p.text for article in load_articles() for p in passages_of(article)]
    assert [passage["text"] for passage in passages] == ours


def test_a_comparison_with_a_bot_that_learned_nothing_is_refused(tmp_path: Path) -> None:
    """No training data is an error."""
    with pytest.raises(EvaluationError, match="no training examples"):
        generate(tmp_path, tmp_path / "other", action_port=5055, examples=0, epochs=0, seed=1)
