"""Index and model are made again when, and only when, something they are made from changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.prepare import digest_of, is_current, note


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with an index and a model."""
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


def current(project: Path) -> bool:
    """Whether nothing needs to be made."""
    return is_current(project, digest_of(project))


def test_nothing_is_made_when_nothing_changed(project: Path) -> None:
    """The second start goes straight on."""
    assert current(project)


@pytest.mark.parametrize(
    "name",
    [
        "domain.yml",
        "data/nlu/causes.yml",
        "data/nlu/new.yml",
        "bot/nlu/encoder.py",
        "knowledge_base/articles/spinal.md",
    ],
)
def test_a_change_is_noticed(project: Path, name: str) -> None:
    """Who edits an example, an article or a component gets a new model at the next start."""
    (project / name).write_text("changed")
    assert not current(project)


def test_a_renamed_file_is_noticed(project: Path) -> None:
    """A file that moved counts as a change."""
    (project / "domain.yml").rename(project / "data/domain.yml")
    assert not current(project)


@pytest.mark.parametrize(
    "name", ["knowledge_base/__pycache__/x.pyc", "data/.causes.yml.swp", "actions/answer.py"]
)
def test_what_does_not_matter_changes_nothing(project: Path, name: str) -> None:
    """Caches, an editor's files and code that is not trained cost no training."""
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed")
    assert current(project)


@pytest.mark.parametrize(
    "name", ["models/one.tar.gz", "models/made-from.json", "knowledge_base/index/manifest.json"]
)
def test_what_is_lost_is_made_again(project: Path, name: str) -> None:
    """A model or index that was deleted, or never finished, is made at the next start."""
    (project / name).unlink()
    assert not current(project)


def test_a_damaged_note_is_not_trusted(project: Path) -> None:
    """A note cut short by a crash leads to a new model, not to an error."""
    (project / "models/made-from.json").write_text('{"digest": ')
    assert not current(project)
