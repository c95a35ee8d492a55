"""A turn as the action server sees it: a tracker, a dispatcher, and the real domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import Texts

Run = Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]


def tracker_of(
    text: str = "",
    intent: str = "ask_overview",
    entities: list[dict[str, Any]] | None = None,
    focus: dict[str, Any] | None = None,
    channel: str = "rest",
    **more: Any,
) -> Tracker:
    """A conversation whose latest message is this one."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "intent_ranking": [{"name": intent, "confidence": 0.9}],
        "entities": entities or [],
        **more,
    }
    said = [{"event": "user", "text": text, "input_channel": channel}]
    return Tracker("s1", {"focus": focus}, message, said, False, None, {}, "action_listen")


@pytest.fixture
def texts(domain: dict[str, Any]) -> Texts:
    """The domain's texts."""
    return Texts(domain)


@pytest.fixture
def run(domain: dict[str, Any]) -> Run:
    """Run an action; give the one message it said, and its events."""

    def run_action(action: Action, tracker: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        dispatcher = CollectingDispatcher()
        events = action.run(dispatcher, tracker, domain)
        (message,) = dispatcher.messages
        return message, events

    return run_action
