"""The test conversations beside this file, played through the trained model by `rasa test`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CONVERSATIONS = sorted(HERE.glob("test_*.yml"))


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, trained_model: Path) -> Path:
    """The folder with what `rasa test core` found."""
    folder = tmp_path_factory.mktemp("rasa_test")
    (folder / "endpoints.yml").write_text("{}\n")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "rasa",
            "test",
            "core",
            "--e2e",
            "--fail-on-prediction-errors",
            "--stories",
            str(HERE),
            "--model",
            str(trained_model),
            "--out",
            str(folder),
            "--endpoints",
            str(folder / "endpoints.yml"),
            "--no-plot",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    (folder / "output.txt").write_text(f"{run.returncode}\n{run.stdout}\n{run.stderr}")
    return folder


@pytest.mark.slow
def test_every_conversation_goes_as_written(report: Path) -> None:
    """Each line of each conversation is understood and answered as it should be."""
    output = (report / "output.txt").read_text(encoding="utf-8")
    _, _, wrong = output.partition("WrongPredictionException")
    assert not wrong, wrong.partition("\x1b[0m")[0]
    assert output.startswith("0\n"), output[-3000:]


@pytest.mark.slow
def test_every_conversation_was_played(report: Path) -> None:
    """No conversation is left out in silence."""
    stories = [
        story["story"]
        for path in CONVERSATIONS
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    ]
    assert len(stories) == len(set(stories)) > 20
    found = json.loads((report / "story_report.json").read_text(encoding="utf-8"))
    assert found["conversation_accuracy"]["total"] == len(stories)
