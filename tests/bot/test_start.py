"""What the bot needs before the first patient comes, and what it tells who starts it."""

import asyncio
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig

from bot.conversation_store import ConversationStore
from bot.errors import StartError
from bot.prepare import digest_of, is_current, note
from bot.rasa_changes import late_imports
from bot.serving import warm_up
from evaluation.launch import DATA_FOLDER, free_port
from tests.conftest import ROOT, python

TAKE = "from bot.data_folder import take; take(); print('taken', flush=True); input()"
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

CHANGED = """
from bot import rasa_changes
rasa_changes.import_rasa()
from bot.rasa_changes import patches
patches.apply()
"""
PLAIN = "import rasa.core.run"
# Understands a message, and predicts the next action of conversations of some intents.
TELL = """
import asyncio, json, sys
modules = [*sys.modules]
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
agent = Agent.load(sys.argv[1])

def predicted(intents):
    tracker = DialogueStateTracker("one", agent.domain.slots)
    for name in intents:
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered("words", {"name": name, "confidence": 1.0}), agent.domain)
        if name != intents[-1]:
            tracker.update(ActionExecuted("action_answer"))
            tracker.update(BotUttered("answer"))
    # Twice, for what is remembered.
    return [agent.processor.predict_next_with_tracker(tracker)[of] for of in ("scores", "policy")]

def understood(text):
    return asyncio.run(agent.processor.parse_message(UserMessage(text)))

talks = json.loads(sys.argv[2])
told = {"read": understood("What causes a spinal hematoma?"), "next": [*map(predicted, talks)]}
print(json.dumps({"modules": modules, **told}, default=str))
"""
TALKS = [
    ("greet",),
    ("ask_causes", "ask_more"),
    ("urgent",),
    ("ask_symptoms", "thank", "crisis"),
    ("nlu_fallback", "choose_site", "ask_shorter", "say_goodbye"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "config.yml domain.yml data/nlu/causes.yml bot/nlu/encoder.py models/one.tar.gz "
        "knowledge_base/articles/spinal.md knowledge_base/index/manifest.json "
        "knowledge_base/index/encoder.onnx knowledge_base/index/reranker.onnx"
    ).split():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    note(tmp_path, digest_of(tmp_path))
    return tmp_path


def is_made(project: Path) -> bool:
    return is_current(project, digest_of(project))


@pytest.mark.parametrize(
    "name",
    "domain.yml data/nlu/new.yml bot/nlu/encoder.py knowledge_base/articles/spinal.md "
    "models/made-from.json".split(),
)
def test_a_change_of_what_is_trained_is_noticed(project: Path, name: str) -> None:
    """Who edits what a model is made from, or damages the note of it, gets a new one.

    Caches, an editor's files and code that is not trained cost no training.
    """
    for other in ("knowledge_base/__pycache__/x.pyc", "data/.causes.yml.swp", "actions/answer.py"):
        (project / other).parent.mkdir(exist_ok=True)
        (project / other).write_text("changed")
    assert is_made(project)
    (project / name).write_text('{"digest": ')
    assert not is_made(project)


def test_a_second_bot_is_refused(tmp_path: Path) -> None:
    """It is told who has the folder, and what to do; a killed bot leaves it free."""
    folder = tmp_path / "data"
    own = {DATA_FOLDER: str(folder)}
    pipe = subprocess.PIPE
    command, env = [sys.executable, "-c", TAKE], {**os.environ, **own, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe) as first:
        assert first.stdout
        assert first.stdout.readline() == b"taken\n"
        refused = python("-c", TAKE, **own).stderr
        assert f"process {first.pid}" in refused
        assert DATA_FOLDER in refused
        first.kill()
    assert python("-c", TAKE, typed="\n", **own).stdout == "taken\n"
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_bot_that_cannot_answer_does_not_start(trained_model: Path) -> None:
    """Whoever starts it learns at once, and the store of conversations holds none of its own."""
    store = ConversationStore(None, file=":memory:")
    nowhere = EndpointConfig("http://127.0.0.1:1/webhook")
    agent = Agent.load(trained_model, tracker_store=store, action_endpoint=nowhere)
    kept = agent.processor.tracker_store
    with pytest.raises(StartError, match="cannot answer"):
        asyncio.run(warm_up(agent))
    assert agent.processor.tracker_store is kept
    assert list(asyncio.run(store.keys())) == []


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
    heavy = {"uses": "rasa.nlu.classifiers.diet_classifier.DIETClassifier"}
    description = {"predict_schema": {"nodes": {"run": heavy}}}
    (tmp_path / "metadata.json").write_text(json.dumps(description), encoding="utf-8")
    (tmp_path / "models").mkdir()
    with tarfile.open(tmp_path / "models" / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "metadata.json", "metadata.json")
    done = python("-m", "bot", "run", "--port", str(free_port()), folder=tmp_path)
    assert done.returncode == 1
    for part in ("DIETClassifier", "TensorFlow", "config.yml", "rasa run"):
        assert part in done.stderr
    assert "Traceback" not in done.stderr


def told(imports: str, model: Path) -> dict[str, Any]:
    done = python("-c", f"{imports}\n{TELL}", str(model), json.dumps(TALKS))
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.slow
def test_the_changes_give_what_rasa_gives(trained_model: Path) -> None:
    """Whatever is said, reading and next action are Rasa's own, without what Rasa imports."""
    theirs, ours = told(PLAIN, trained_model), told(CHANGED, trained_model)
    assert {*late_imports.WITH_TENSORFLOW, *late_imports.UNUSED} <= set(theirs.pop("modules"))
    assert "tensorflow" not in ours.pop("modules")
    assert ours == theirs
    assert ours["read"]["intent"]["name"] == "ask_causes"
