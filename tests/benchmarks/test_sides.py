"""Both sides are made in throw-away folders, started, and stopped without a trace."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from benchmarks.sides import Ours
from benchmarks.stock.project import generate
from evaluation.launch import ROOT
from knowledge_base.articles import load_articles
from knowledge_base.passages import passages_of


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


def test_the_stock_project_is_what_rasa_init_gives(tmp_path: Path) -> None:
    """Nothing makes it slow or fast: Rasa's own pipeline and store, and all our passages."""
    project = tmp_path / "stock"
    generate(ROOT, project, action_port=5055, examples=3, epochs=0, seed=1)
    config = yaml.safe_load((project / "config.yml").read_text(encoding="utf-8"))
    names = {part["name"] for part in (*config["pipeline"], *config["policies"])}
    assert {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"} <= names
    assert {part["epochs"] for part in config["pipeline"] if "epochs" in part} == {100}
    store = yaml.safe_load((project / "endpoints.yml").read_text("utf-8"))["tracker_store"]
    assert store == {"type": "SQL", "dialect": "sqlite", "db": "rasa.db"}
    passages = json.loads((project / "passages.json").read_text(encoding="utf-8"))
    ours = [p.text for article in load_articles() for p in passages_of(article)]
    assert [passage["text"] for passage in passages] == ours
