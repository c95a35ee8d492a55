"""What a message is read after."""

from __future__ import annotations

from rasa.shared.core.events import Event, UserUttered

from bot.nlu.context import earlier_in, is_payload
from knowledge_base.encoder import CONTEXT_LETTERS, CONTEXT_MESSAGES, SEPARATOR, in_context


def said(*texts: str, intent: str = "ask_causes") -> list[Event]:
    """Messages of one person."""
    return [UserUttered(text, {"name": intent, "confidence": 1.0}) for text in texts]


def test_the_last_messages_stand_before_the_next() -> None:
    """Fragments that are sent one by one are read together."""
    texts = [f"message {number}" for number in range(9)]
    assert earlier_in(said(*texts)) == texts[-CONTEXT_MESSAGES:]


def test_what_people_tell_of_themselves_is_kept_longer() -> None:
    """A blood thinner that was named ten messages ago is still known."""
    events = [*said("I take warfarin", intent="tell"), *said(*map(str, range(10)))]
    assert earlier_in(events) == ["I take warfarin", "8", "9"]


def test_buttons_say_nothing() -> None:
    """What a button sends is not read as a person's words."""
    assert earlier_in(said('/ask_symptoms{"site": "spinal"}', "hello")) == ["hello"]
    assert is_payload("/greet")
    assert not is_payload("/ my legs are numb")


def test_what_has_alarmed_does_not_alarm_again() -> None:
    """The question after an alarm is a question; the alarm itself is recalled (`emergency.py`)."""
    events = [*said("I had an epidural"), *said("my legs are numb", intent="urgent"), *said("ok")]
    assert earlier_in(events) == ["I had an epidural", "ok"]


def test_context_is_short() -> None:
    """A turn takes as long however much was written before."""
    assert len(in_context(["word " * 200] * 5)) == CONTEXT_LETTERS
    assert in_context(["one", "two"]) == f"one{SEPARATOR}two"
