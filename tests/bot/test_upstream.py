"""The changes inside Rasa are made for the pinned Rasa, and give what Rasa itself gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.rasa_changes import late_imports
from tests.conftest import python

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
pytestmark = pytest.mark.slow


def told(imports: str, model: Path) -> dict[str, Any]:
    done = python("-c", f"{imports}\n{TELL}", str(model), json.dumps(TALKS))
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_changes_give_what_rasa_gives(trained_model: Path) -> None:
    """Whatever is said, reading and next action are Rasa's own, without what Rasa imports."""
    theirs, ours = told(PLAIN, trained_model), told(CHANGED, trained_model)
    assert {*late_imports.WITH_TENSORFLOW, *late_imports.UNUSED} <= set(theirs.pop("modules"))
    assert "tensorflow" not in ours.pop("modules")
    assert ours == theirs
    assert ours["read"]["intent"]["name"] == "ask_causes"
