"""Conversations are kept short, and not for long; what still counts of them is not lost."""

import asyncio
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.stored_conversation import buttons_said
from bot.conversation_end import LAST_BUTTONS, LAST_EVENTS
from bot.conversation_store import FILE, ConversationStore
from bot.nlu.context import earlier_in
from bot.sealing import Sealer
from bot.storage.database import StoreError
from tests.bot.channels.serving import real_domain

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(real_domain(), file=str(tmp_path / FILE))


def _turn(tracker: DialogueStateTracker, number: int, intent: str = "ask_causes") -> None:
    read = {"intent": {"name": intent}, "entities": [], "danger": {"n": number}}
    said = {"name": intent, "confidence": 1.0}
    tracker.update(UserUttered(f"question {number}", said, parse_data=read))
    tracker.update(ActionExecuted("action_answer"))
    tracker.update(BotUttered("answer", {"buttons": [{"title": "?", "payload": f"/b{number}"}]}))
    tracker.update(ActionExecuted("action_listen"))


def _on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def _talked(store: ConversationStore, turns: int, first: str = "ask_causes") -> Any:
    """A conversation of so many turns, saved and read again after each."""
    tracker = await store.get_or_create_tracker("one")
    tracker.update(SlotSet("focus", {"site": "ossified"}))
    for number in range(turns):
        _turn(tracker, number, "ask_causes" if number else first)
        await store.save(tracker)
        tracker = await store.retrieve("one")
    return tracker


async def test_a_long_conversation_stays_small(store: ConversationStore) -> None:
    """The 200th question finds no more than the 20th: few words, few buttons, and its subject."""
    tracker = await _talked(store, 200)
    assert len(tracker.events) <= LAST_EVENTS + len(tracker.slots) + 1
    assert tracker.get_slot("focus") == {"site": "ossified"}
    said = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    assert said[-1] == "question 199"
    assert len(said) <= LAST_EVENTS / 4
    (carrier,) = [e for e in tracker.events if isinstance(e, BotUttered) and not e.text]
    assert len(carrier.data["buttons"]) == LAST_BUTTONS


@pytest.mark.parametrize("turns", [1, 10, 30])
async def test_what_a_patient_told_still_counts(store: ConversationStore, turns: int) -> None:
    """A blood thinner named long ago is still read before the next message."""
    tracker = await _talked(store, turns, "tell")
    assert "question 0" in earlier_in(tracker.events)


@pytest.mark.parametrize("turns", [1, 20])
async def test_an_old_button_still_works(store: ConversationStore, turns: int) -> None:
    """A button that was offered some turns ago may still be pressed, and no other."""
    await _talked(store, turns)
    said = await buttons_said(SimpleNamespace(tracker_store=store), "one") or []
    assert any("/b0" in payloads for payloads in said)
    assert said[-1] == [f"/b{turns - 1}"]


async def test_a_conversation_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time of retention nothing is left, also of what was said by a wrong clock."""
    store = ConversationStore(real_domain(), file=":memory:", retention_hours=1)
    await _talked(store, 1)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert await store.retrieve("one") is None
    await store.save(await store.get_or_create_tracker("two"))
    await store.forget_old()
    assert list(await store.keys()) == ["two"]
    # The clock is set back by an hour: what was said ahead of it counts as said now.
    for clock, left in ((now, ["two"]), (now + 3601, [])):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        await store.forget_old()
        assert list(await store.keys()) == left


async def test_what_cannot_be_erased_is_said(store: ConversationStore, tmp_path: Path) -> None:
    """Nobody is told that a conversation is gone while it is not."""
    await store.save(await store.get_or_create_tracker("one"))
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            await store.delete("one")
    assert list(await store.keys()) == ["one"]


@pytest.mark.parametrize("erased_first", [True, False])
async def test_what_was_never_saved_does_not_come_back(
    store: ConversationStore, tmp_path: Path, erased_first: bool
) -> None:
    """Somebody else's turn, saved meanwhile, brings nothing back that is being erased."""
    one, two = [await store.get_or_create_tracker(name) for name in ("one", "two")]
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("BEGIN IMMEDIATE")
        await store.save(one)
    at_once = [store.delete("one"), store.save(two)]
    await asyncio.gather(*(at_once if erased_first else reversed(at_once)))
    assert list(await store.keys()) == ["two"]


async def test_nothing_erased_stays_on_the_disk(store: ConversationStore, tmp_path: Path) -> None:
    """Not in the file, nor in the file of changes beside it; what is another's stays."""
    for name in ("a-name-of-its-own", "two"):
        await store.save(await store.get_or_create_tracker(name))
    assert b"a-name-of-its-own" in _on_disk(tmp_path)
    await store.delete("a-name-of-its-own")
    assert b"a-name-of-its-own" not in _on_disk(tmp_path)
    assert list(await store.keys()) == ["two"]


async def test_no_word_of_a_patient_can_be_read_in_the_file(
    store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gets hold of the file alone learns nothing; a changed secret breaks nothing."""
    await _talked(store, 1)
    assert b"conversations" in _on_disk(tmp_path)
    assert b"question 0" not in _on_disk(tmp_path)
    monkeypatch.setattr("bot.conversation_store.shared_sealer", lambda: Sealer("another" * 5))
    assert await store.retrieve("one") is None
