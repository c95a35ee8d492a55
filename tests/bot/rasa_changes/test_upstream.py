"""The changes inside Rasa are made for the pinned Rasa, and give what Rasa itself gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.rasa_changes import late_imports

ROOT = Path(__file__).parents[3]
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
# Rasa without what this bot leaves out, and nothing that could bring TensorFlow.
LIGHT = """
import importlib, sys
from bot import rasa_changes
rasa_changes.import_rasa()
sys.modules["tensorflow"] = None
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(name)
"""

pytestmark = pytest.mark.slow


def python(code: str, *arguments: str) -> str:
    """What a new Python process prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def told(imports: str, model: Path) -> dict[str, Any]:
    """What Rasa makes of messages and conversations."""
    printed = python(f"{imports}\n{TELL}", str(model), json.dumps(TALKS))
    return dict(json.loads(printed.splitlines()[-1]))


def test_the_changes_give_what_rasa_gives(trained_model: Path) -> None:
    """Whatever is said, reading and next action are Rasa's own, without what Rasa imports."""
    theirs, ours = told(PLAIN, trained_model), told(CHANGED, trained_model)
    assert {*late_imports.WITH_TENSORFLOW, *late_imports.UNUSED} <= set(theirs.pop("modules"))
    assert "tensorflow" not in ours.pop("modules")
    assert ours == theirs
    assert ours["read"]["intent"]["name"] == "ask_causes"


def test_the_refused_components_still_need_tensorflow() -> None:
    """A component of Rasa that stops needing TensorFlow can leave the list."""
    assert python(LIGHT, *late_imports.BRING_TENSORFLOW).split() == [*late_imports.BRING_TENSORFLOW]
