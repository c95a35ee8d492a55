"""Conversations are kept short, and not for long."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import conversation_store
from bot.conversation_end import LAST_EVENTS
from bot.conversation_store import ConversationStore
from bot.errors import StartError
from bot.sealing import Sealer
from bot.storage import database
from bot.storage.database import LOCKED_SECONDS, StoreError


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
    await store.forget_old()
    assert list(await store.keys()) == ["two"]


@_awaited
async def test_a_clock_that_is_set_back_keeps_nothing_for_longer(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said while it was ahead is forgotten as if it had been said now."""
    store = ConversationStore(domain, file=":memory:", retention_hours=1)
    now = time.time()
    for clock, left in ((now + 86_400, ["one"]), (now, ["one"]), (now + 3601, [])):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        if clock > now + 3601:
            await store.save(await store.get_or_create_tracker("one"))
        await store.forget_old()
        assert list(await store.keys()) == left


@_awaited
async def test_a_conversation_can_be_erased(domain: Domain) -> None:
    """Who asks for it has their conversation erased, and nobody else's."""
    store = ConversationStore(domain, file=":memory:")
    for name in ("one", "two"):
        await store.save(await store.get_or_create_tracker(name))
    await store.delete("one")
    assert list(await store.keys()) == ["two"]


@_awaited
async def test_a_locked_file_costs_no_turn(domain: Domain, tmp_path: Path) -> None:
    """What is said while another program holds the file is known, and saved afterwards."""
    file = tmp_path / "conversations.db"
    store = ConversationStore(domain, file=str(file))
    tracker = await store.get_or_create_tracker("one")
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        _turn(tracker, 1)
        waited = asyncio.create_task(store.save(tracker))
        started = time.monotonic()
        await asyncio.sleep(0.01)
        assert time.monotonic() - started < LOCKED_SECONDS / 2, "the loop stood still"
        await waited
        assert store.unsaved == 1
        known = await store.retrieve("one")
        assert known is not None
        assert known.latest_message.text == "question 1"
    await store.save(await store.get_or_create_tracker("two"))
    assert store.unsaved == 0
    assert set(await ConversationStore(domain, file=str(file)).keys()) == {"one", "two"}


@_awaited
async def test_what_cannot_be_saved_is_bounded(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that fails for long does not fill the memory."""
    monkeypatch.setattr(conversation_store, "MOST_UNSAVED", 3)
    monkeypatch.setattr(database, "LOCKED_SECONDS", 0.01)
    file = tmp_path / "conversations.db"
    store = ConversationStore(domain, file=str(file))
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(6):
            await store.save(await store.get_or_create_tracker(str(number)))
    await store.save(await store.get_or_create_tracker("last"))
    assert set(await store.keys()) == {"4", "5", "last"}


@_awaited
async def test_what_cannot_be_erased_is_said(domain: Domain, tmp_path: Path) -> None:
    """Nobody is told that a conversation is gone while it is not."""
    file = tmp_path / "conversations.db"
    store = ConversationStore(domain, file=str(file))
    await store.save(await store.get_or_create_tracker("one"))
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            await store.delete("one")
    assert list(await store.keys()) == ["one"]


@pytest.mark.parametrize("erased_first", [True, False])
@_awaited
async def test_what_was_never_saved_does_not_come_back(
    domain: Domain, tmp_path: Path, erased_first: bool
) -> None:
    """Somebody else's turn, saved meanwhile, brings nothing back that is being erased."""
    file = tmp_path / "conversations.db"
    store = ConversationStore(domain, file=str(file))
    one, two = [await store.get_or_create_tracker(name) for name in ("one", "two")]
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        await store.save(one)
    at_once = [store.delete("one"), store.save(two)]
    await asyncio.gather(*(at_once if erased_first else reversed(at_once)))
    assert list(await store.keys()) == ["two"]


@_awaited
async def test_nothing_erased_stays_on_the_disk(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the file, nor in the file of changes beside it."""
    store = ConversationStore(domain, file=str(tmp_path / "conversations.db"))
    await store.save(await store.get_or_create_tracker("a-name-of-its-own"))

    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"a-name-of-its-own" in on_disk()
    await store.delete("a-name-of-its-own")
    assert b"a-name-of-its-own" not in on_disk()


@pytest.mark.parametrize("damage", [b"this is no database" * 100, None])
def test_a_file_that_cannot_be_used_ends_the_start(
    domain: Domain, tmp_path: Path, damage: bytes | None
) -> None:
    """One sentence names the file and the remedy."""
    file = tmp_path / "conversations.db"
    if damage is None:
        file.mkdir()
    else:
        file.write_bytes(damage)
    with pytest.raises(StartError, match=r"conversations\.db cannot be used .*take it away"):
        ConversationStore(domain, file=str(file))


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
