"""A long conversation is kept short, and what still counts of it is not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.stored_conversation import last_buttons, payload_was_uttered
from bot.conversation_end import LAST_BUTTONS, LAST_EVENTS, end_of
from bot.nlu.context import earlier_in

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The bot's own domain."""
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def tracker(domain: Domain) -> DialogueStateTracker:
    """A conversation that waits for its first message."""
    tracker = DialogueStateTracker("one", domain.slots)
    tracker.update(ActionExecuted("action_listen"))
    return tracker


def take_turn(tracker: DialogueStateTracker, number: int, intent: str = "ask_causes") -> None:
    """One turn of a patient."""
    tracker.update(
        UserUttered(
            f"message {number}",
            {"name": intent, "confidence": 1.0},
        )
    )
    tracker.update(ActionExecuted("action_answer"))
    tracker.update(BotUttered("answer", {"buttons": [{"title": "?", "payload": f"/b{number}"}]}))
    tracker.update(ActionExecuted("action_listen"))


def stored(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The conversation as it comes back from a store."""
    events = [event.as_dict() for event in end_of(tracker)]
    return DialogueStateTracker.from_dict("one", events, domain.slots)


class Store:
    """A tracker store that holds one conversation."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self.tracker = tracker
        self.tracker_store = self

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        """Give it."""
        return self.tracker


def test_a_short_conversation_is_kept_as_it_is(tracker: DialogueStateTracker) -> None:
    """Nothing of a chat of a few messages is dropped."""
    for number in range(4):
        take_turn(tracker, number)
    assert end_of(tracker) == list(tracker.events)


def test_a_long_conversation_keeps_its_length(
    tracker: DialogueStateTracker, domain: Domain
) -> None:
    """The 200th turn finds as many events as the 20th."""
    lengths = []
    for number in range(200):
        take_turn(tracker, number)
        tracker = stored(tracker, domain)
        lengths.append(len(tracker.events))
    assert lengths[-1] == lengths[20] <= LAST_EVENTS + 1


def test_the_words_of_old_messages_are_dropped(
    tracker: DialogueStateTracker, domain: Domain
) -> None:
    """What a patient wrote is kept for a few turns only."""
    for number in range(30):
        take_turn(tracker, number)
        tracker = stored(tracker, domain)
    kept = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    assert kept[-1] == "message 29"
    assert len(kept) <= LAST_EVENTS / 4


@pytest.mark.parametrize("turns_ago", [1, 5, 10, 30])
def test_what_a_patient_told_still_counts(
    tracker: DialogueStateTracker, domain: Domain, turns_ago: int
) -> None:
    """A blood thinner named long ago is still read before the next message."""
    take_turn(tracker, 0, "tell")
    for number in range(1, turns_ago):
        take_turn(tracker, number)
        tracker = stored(tracker, domain)
    assert "message 0" in earlier_in(tracker.events)


@pytest.mark.parametrize("turns_ago", [1, 8, 20])
def test_an_old_button_still_works(
    tracker: DialogueStateTracker, domain: Domain, turns_ago: int
) -> None:
    """A button that was offered some turns ago may still be pressed, and no other."""
    import asyncio

    for number in range(turns_ago):
        take_turn(tracker, number)
        tracker = stored(tracker, domain)
    agent = Store(tracker)
    assert asyncio.run(payload_was_uttered(agent, "one", "/b0"))
    assert not asyncio.run(payload_was_uttered(agent, "one", "/b999"))
    assert asyncio.run(last_buttons(agent, "one")) == [f"/b{turns_ago - 1}"]


def test_buttons_are_not_kept_for_ever(tracker: DialogueStateTracker, domain: Domain) -> None:
    """The list of offered buttons does not grow with the conversation."""
    for number in range(100):
        take_turn(tracker, number)
        tracker = stored(tracker, domain)
    (carrier,) = [e for e in tracker.events if isinstance(e, BotUttered) and not e.text]
    assert len(carrier.data["buttons"]) == LAST_BUTTONS


def test_slots_outlive_the_events_that_set_them(
    tracker: DialogueStateTracker, domain: Domain
) -> None:
    """What the conversation is about stays known, however long ago it was said."""
    tracker.update(SlotSet("focus", {"site": "ossified"}))
    for number in range(60):
        take_turn(tracker, number)
        tracker = stored(tracker, domain)
    assert tracker.get_slot("focus") == {"site": "ossified"}
