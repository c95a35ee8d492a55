"""The bot talks to itself before the first patient comes, and nothing of that is left behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig

from bot.conversation_store import ConversationStore
from bot.errors import StartError
from bot.serving import warm_up


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
