"""The bot is warm before the first patient comes, and nothing of that is left behind."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig

from bot import warm_up as module
from bot.conversation_store import ConversationStore
from bot.errors import StartError
from bot.in_process_actions import InProcessActions
from bot.warm_up import warm_up

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def agent(trained_model: Path) -> Agent:
    """The trained bot, with the actions in this process."""
    store = ConversationStore(None, file=":memory:")
    return Agent.load(trained_model, tracker_store=store, action_endpoint=InProcessActions())


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if no other test of this process had loaded a heavy library."""
    monkeypatch.setattr(module, "_HEAVY", ())
    yield
    gc.unfreeze()


def test_warming_up_leaves_no_conversation(agent: Agent) -> None:
    """The store of conversations holds none that no patient had."""
    store = agent.processor.tracker_store
    asyncio.run(warm_up(agent))
    assert agent.processor.tracker_store is store
    assert list(asyncio.run(store.keys())) == []


def test_a_bot_that_cannot_answer_does_not_start(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts it learns at once, not from the first patient."""
    nowhere = EndpointConfig("http://127.0.0.1:1/webhook")
    monkeypatch.setattr(agent.processor, "action_endpoint", nowhere)
    with pytest.raises(StartError, match="cannot answer"):
        asyncio.run(warm_up(agent))


def test_a_component_that_brings_a_heavy_library_is_refused(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the library, and Rasa's own commands, which serve it."""
    monkeypatch.setattr(module, "_HEAVY", ("a_heavy_library",))
    monkeypatch.setitem(sys.modules, "a_heavy_library", ModuleType("a_heavy_library"))
    with pytest.raises(StartError, match=r"a_heavy_library.*rasa run"):
        asyncio.run(warm_up(agent))
