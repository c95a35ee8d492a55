"""Conversations are kept short, and not for long."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation_end import LAST_EVENTS
from bot.conversation_store import ConversationStore
from bot.sealing import Sealer


def _awaited(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(*args: Any, **fixtures: Any) -> None:
        asyncio.run(test(*args, **fixtures))

    return run


ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The bot's own domain."""
    return Domain.load(str(ROOT / "domain.yml"))


def _turn(tracker: DialogueStateTracker, number: int) -> None:
    tracker.update(
        UserUttered(
            f"question {number}",
            {"name": "greet", "confidence": 1.0},
            parse_data={"intent": {"name": "greet"}, "entities": [], "danger": {"n": number}},
        )
    )
    tracker.update(ActionExecuted("action_answer"))
    tracker.update(BotUttered("answer"))
    tracker.update(ActionExecuted("action_listen"))


@_awaited
async def test_a_restart_loses_no_conversation(domain: Domain, tmp_path: Path) -> None:
    """A patient goes on where they were, after the server was restarted."""
    file = str(tmp_path / "conversations.db")
    store = ConversationStore(domain, file=file)
    tracker = await store.get_or_create_tracker("one")
    _turn(tracker, 1)
    tracker.update(SlotSet("focus", {"site": "spinal"}))
    await store.save(tracker)
    again = await ConversationStore(domain, file=file).retrieve("one")
    assert again is not None
    assert again.get_slot("focus") == {"site": "spinal"}
    assert again.latest_message.text == "question 1"


@_awaited
async def test_a_long_conversation_stays_small(domain: Domain) -> None:
    """The two-hundredth question finds no more to read than the twentieth."""
    store = ConversationStore(domain, file=":memory:")
    tracker = await store.get_or_create_tracker("one")
    tracker.update(SlotSet("focus", {"site": "ossified"}))
    for number in range(200):
        _turn(tracker, number)
        await store.save(tracker)
        tracker = await store.retrieve("one")
    assert len(tracker.events) <= LAST_EVENTS + len(tracker.slots) + 1
    assert tracker.get_slot("focus") == {"site": "ossified"}


@_awaited
async def test_a_conversation_is_forgotten_in_time(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time of retention nothing of a conversation is left."""
    store = ConversationStore(domain, file=":memory:", retention_hours=1)
    tracker = await store.get_or_create_tracker("one")
    _turn(tracker, 1)
    await store.save(tracker)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert await store.retrieve("one") is None
    await store.save(await store.get_or_create_tracker("two"))
    assert list(await store.keys()) == ["two"]


@_awaited
async def test_a_conversation_can_be_erased(domain: Domain) -> None:
    """Who asks for it has their conversation erased, and nobody else's."""
    store = ConversationStore(domain, file=":memory:")
    for name in ("one", "two"):
        await store.save(await store.get_or_create_tracker(name))
    await store.delete("one")
    assert list(await store.keys()) == ["two"]


def test_a_retention_of_nothing_is_refused(domain: Domain) -> None:
    """A retention that would forget everything at once is named as wrong."""
    with pytest.raises(ValueError, match="retention_hours"):
        ConversationStore(domain, file=":memory:", retention_hours=0)


def test_no_word_of_a_patient_can_be_read_in_the_file(domain: Domain, tmp_path: Path) -> None:
    """Whoever gets hold of the file alone learns nothing of what was said."""
    store = ConversationStore(domain, file=str(tmp_path / "conversations.db"))
    tracker = asyncio.run(store.get_or_create_tracker("one"))
    _turn(tracker, 1)
    asyncio.run(store.save(tracker))
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"conversations" in kept
    assert b"question 1" not in kept


@_awaited
async def test_a_row_sealed_with_another_secret_is_as_good_as_none(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed secret starts conversations anew, and breaks nothing."""
    store = ConversationStore(domain, file=str(tmp_path / "conversations.db"))
    tracker = await store.get_or_create_tracker("one")
    _turn(tracker, 1)
    await store.save(tracker)
    monkeypatch.setattr("bot.conversation_store.shared_sealer", lambda: Sealer("another" * 5))
    assert await store.retrieve("one") is None
