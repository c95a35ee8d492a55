"""Which words are chosen for requests that nobody can decide from afar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.base import SafeAction
from actions.care_seeking import ActionCareSeeking
from actions.personal_advice import ActionPersonalAdvice
from actions.smalltalk import ActionSmalltalk
from actions.understanding import INTENT_RESPONSE_KEY

DOMAIN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "domain.yml").read_text(encoding="utf-8")
)


def said(action: SafeAction, intent: str, text: str, **message: Any) -> str:
    """What an action says to a message."""
    latest = {"intent": {"name": intent, "confidence": 0.99}, "text": text, "entities": []}
    tracker = Tracker("one", {}, {**latest, **message}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    action.run(dispatcher, tracker, DOMAIN)
    return str(dispatcher.messages[0]["text"])


@pytest.mark.parametrize(
    ("action", "intent", "text"),
    [
        (ActionAnswer(), "ask_treatment", "will the physio hurt me? it starts tomorrow"),
        (ActionSmalltalk(), "fear", "will the needle hurt when they drain my hip, I'm a coward"),
        (ActionPersonalAdvice(), "personal_advice", "is it going to hurt me"),
    ],
)
def test_nobody_can_say_if_it_will_hurt(action: SafeAction, intent: str, text: str) -> None:
    """Whoever fears a needle is sent to the team, whatever the message is taken for."""
    assert said(action, intent, text).startswith("I can't say if it will hurt you.")


def test_how_often_is_not_about_medicines() -> None:
    """Who asks how often to go is not told about tablets."""
    key = {INTENT_RESPONSE_KEY: "personal_advice/medicine"}
    asked = "how many times a week must I go to physio for my hip"
    text = said(ActionPersonalAdvice(), "personal_advice", asked, **key)
    assert text.startswith("I can't say how often is right for you.")


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("care_seeking/ambulance", "Call your local emergency number"),
        ("care_seeking/when", "Call your own doctor, clinic or nurse line today, or your local"),
        ("care_seeking/whom", "Ask your own doctor, clinic or nurse line first."),
    ],
)
def test_care_is_named_by_what_was_asked(key: str, first: str) -> None:
    """When to call comes first, or whom to ask; the emergency number is always there."""
    text = said(ActionCareSeeking(), "care_seeking", "", **{INTENT_RESPONSE_KEY: key})
    assert text.startswith(first)
    assert "emergency number" in text
