"""A turn as the action server sees it: a tracker, a dispatcher, and the real domain."""

from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import Texts
from tests.conftest import ROOT

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def tracker_of(
    text: str = "", intent: str = "ask_overview", slots: dict[str, Any] | None = None, **more: Any
) -> Tracker:
    """A conversation whose latest message is this one."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "intent_ranking": [{"name": intent, "confidence": 0.9}],
        "entities": [],
        **more,
    }
    said = [{"event": "user", "text": text, "input_channel": "rest"}]
    return Tracker("s1", slots or {}, message, said, False, None, {}, "action_listen")


def run(action: Action, tracker: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run an action; give the one message it said, and its events."""
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, DOMAIN)
    (message,) = dispatcher.messages
    return message, events


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The domain's texts."""
    return Texts(DOMAIN)
