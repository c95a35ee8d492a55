"""Index and model are made again when, and only when, something they are made from changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.prepare import digest_of, is_current, note


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "config.yml",
        "domain.yml",
        "data/nlu/causes.yml",
        "bot/nlu/encoder.py",
        "knowledge_base/articles/spinal.md",
        "knowledge_base/index/manifest.json",
        "knowledge_base/index/encoder.onnx",
        "models/one.tar.gz",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    note(tmp_path, digest_of(tmp_path))
    return tmp_path


def is_made(project: Path) -> bool:
    return is_current(project, digest_of(project))


@pytest.mark.parametrize(
    "name",
    [
        "domain.yml",
        "data/nlu/new.yml",
        "bot/nlu/encoder.py",
        "knowledge_base/articles/spinal.md",
        "models/made-from.json",
    ],
)
def test_a_change_is_noticed(project: Path, name: str) -> None:
    """Who edits what a model is made from, or damages the note of it, gets a new one."""
    assert is_made(project)
    (project / name).write_text('{"digest": ')
    assert not is_made(project)


def test_what_does_not_matter_changes_nothing(project: Path) -> None:
    """Caches, an editor's files and code that is not trained cost no training."""
    for name in ("knowledge_base/__pycache__/x.pyc", "data/.causes.yml.swp", "actions/answer.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("changed")
    assert is_made(project)
