"""The process that serves patients is small, and says at the start when it cannot be."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from evaluation.launch import DATA_FOLDER, free_port
from tests.conftest import python

HEAVY = set(
    "tensorflow torch jax sklearn sentence_transformers transformers matplotlib pandas pymongo "
    "dask aiogram aiohttp google keras onnx pydantic skops".split()
)

# Serves as `python -m bot run` does, takes one turn over HTTP, and tells what was imported.
ONE_TURN = """
import json, os, signal, sys, threading, time, urllib.request

def ask(port):
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(url + "/ready")
            break
        except OSError:
            time.sleep(0.1)
    message = {"sender": "one", "message": "What are the symptoms of a spinal hematoma?"}
    request = urllib.request.Request(
        url + "/webhooks/rest/webhook",
        json.dumps(message).encode(),
        {"Content-Type": "application/json"},
    )
    said = json.load(urllib.request.urlopen(request))
    kept = sorted({name.partition(".")[0] for name, module in sys.modules.items() if module})
    print(json.dumps({"outcome": said[0]["custom"]["outcome"], "modules": kept}), flush=True)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=ask, args=(sys.argv[1],), daemon=True).start()
from bot.__main__ import main
main(["run", "--port", sys.argv[1]])
"""


@pytest.mark.slow
def test_a_running_bot_carries_nothing_heavy(trained_model: Path, tmp_path: Path) -> None:
    """After a real turn neither TensorFlow nor PyTorch is loaded, nor what else is not used."""
    done = python("-c", ONE_TURN, str(free_port()), **{DATA_FOLDER: str(tmp_path)})
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stdout + done.stderr
    told = json.loads(lines[0])
    assert told["outcome"] == "answer"
    assert not HEAVY & set(told["modules"])


@pytest.mark.slow
def test_a_model_that_needs_tensorflow_is_refused_with_advice(tmp_path: Path) -> None:
    """Who configures DIETClassifier learns at the start what is wrong and what to do."""
    description = {
        "predict_schema": {
            "nodes": {"run": {"uses": "rasa.nlu.classifiers.diet_classifier.DIETClassifier"}}
        }
    }
    (tmp_path / "metadata.json").write_text(json.dumps(description), encoding="utf-8")
    (tmp_path / "models").mkdir()
    with tarfile.open(tmp_path / "models" / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "metadata.json", "metadata.json")
    done = python("-m", "bot", "run", "--port", str(free_port()), folder=tmp_path)
    assert done.returncode == 1
    for part in ("DIETClassifier", "TensorFlow", "config.yml", "rasa run"):
        assert part in done.stderr
    assert "Traceback" not in done.stderr
