"""The test conversations beside this file, played through the trained model by `rasa test`."""

import json
from pathlib import Path

import pytest
import yaml

from tests.conftest import python

HERE = Path(__file__).parent


@pytest.mark.slow
def test_every_conversation_goes_as_written(tmp_path: Path, trained_model: Path) -> None:
    """Each line of each conversation is understood and answered as it should be, none left out."""
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text("{}\n")
    command = "rasa test core --e2e --fail-on-prediction-errors --no-plot".split()
    options = {"stories": HERE, "model": trained_model, "out": tmp_path, "endpoints": endpoints}
    run = python("-m", *command, *(f"--{name}={path}" for name, path in options.items()))
    output = run.stdout + run.stderr
    _, _, wrong = output.partition("WrongPredictionException")
    assert not wrong, wrong.partition("\x1b[0m")[0]
    assert run.returncode == 0, output[-3000:]
    stories = [
        story["story"]
        for path in HERE.glob("test_*.yml")
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    ]
    assert len(stories) == len(set(stories)) > 20
    found = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert found["conversation_accuracy"]["total"] == len(stories)
