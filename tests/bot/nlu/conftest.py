"""The trained bot, which understands messages as it does when it serves."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Read = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def read(trained_model: Path) -> Read:
    agent = Agent.load(trained_model)

    def understand(*said: str) -> dict[str, Any]:
        tracker = DialogueStateTracker("one", agent.domain.slots)
        for text in said[:-1]:
            tracker.update(ActionExecuted("action_listen"))
            tracker.update(UserUttered(text, {"name": "tell", "confidence": 1.0}))
        return dict(asyncio.run(agent.processor.parse_message(UserMessage(said[-1]), tracker)))

    return understand
