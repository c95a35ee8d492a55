from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from benchmarks.ours import ROOT
from bot.conversation_store import ConversationStore

# Where a conversation is as long as the store lets it become.
_TURNS = 100


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    """A durable store."""
    domain = Domain.load(str(ROOT / "domain.yml"))
    return ConversationStore(domain, file=str(tmp_path / "conversations.db"))


@pytest.fixture
def tracker(store: ConversationStore) -> DialogueStateTracker:
    """A long conversation, saved."""
    tracker = asyncio.run(store.get_or_create_tracker("one"))
    for number in range(_TURNS):
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(UserUttered(f"question {number}", {"name": "greet", "confidence": 1.0}))
        tracker.update(ActionExecuted("action_answer"))
        tracker.update(BotUttered("An answer of some length. " * 20))
    asyncio.run(store.save(tracker))
    return tracker


def test_store_save(
    benchmark: Any, store: ConversationStore, tracker: DialogueStateTracker
) -> None:
    """Saving a long conversation; the event loop around it costs some 0.1 ms."""
    benchmark(lambda: asyncio.run(store.save(tracker)))


def test_store_retrieve(
    benchmark: Any, store: ConversationStore, tracker: DialogueStateTracker
) -> None:
    """Reading a long conversation; the event loop around it costs some 0.1 ms."""
    assert benchmark(lambda: asyncio.run(store.retrieve(tracker.sender_id)))
