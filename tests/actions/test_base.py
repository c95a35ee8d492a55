"""What every action does: one reply, whatever happens, and no words of patients in the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor

from actions.base import Events, SafeAction
from actions.reply import Reply, Texts
from tests.actions.conftest import Run, tracker_of

SECRET = "my left leg went numb on Tuesday"


def our_actions() -> list[Action]:
    """Every action of the project."""
    executor = ActionExecutor()
    executor.register_package("actions")
    found = [bound.__self__ for bound in executor.actions.values()]
    return [action for action in found if type(action).__module__.startswith("actions.")]


class Failing(SafeAction):
    """An action in which something breaks, with the patient's words in the error."""

    def __init__(self, error: type[Exception] = ValueError) -> None:
        """Keep the error to raise."""
        self._error = error

    def name(self) -> str:
        """See parent class."""
        return "action_failing"

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See parent class."""
        raise self._error(f"cannot read {tracker.latest_message['text']}")


@pytest.mark.parametrize("error", [ValueError, KeyError, RuntimeError, OSError])
def test_a_failing_action_says_sorry_and_logs_no_words(
    run: Run, texts: Texts, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    """When something breaks, the patient reads something kind, and the log holds none of it."""
    with caplog.at_level(logging.DEBUG):
        message, events = run(Failing(error), tracker_of(SECRET))
    assert message["text"].startswith(texts("unavailable").strip())
    assert "seek medical attention" in message["text"]
    assert message["custom"]["outcome"] == "unavailable"
    assert events == []
    assert "action_failing" in caplog.text
    assert not any(word in caplog.text for word in ("numb", "Tuesday", "left leg"))
    assert all(not record.exc_info for record in caplog.records)


@pytest.mark.parametrize("action", our_actions(), ids=lambda action: action.name())
@pytest.mark.parametrize(
    "tracker",
    [
        tracker_of("what is a spinal hematoma", "greet"),
        tracker_of("", "greet"),
        tracker_of("x" * 5000, "ask_overview"),
        tracker_of("😀", "nlu_fallback"),
        tracker_of("hello", "greet", intent_ranking=[]),
        tracker_of("hello", "an_intent_that_nobody_knows"),
        tracker_of("more", "ask_more", focus={"site": "spinal"}),
        tracker_of("more", "ask_more", entities=[{"entity": "site", "value": "spinal"}]),
    ],
    ids=[
        "question",
        "empty",
        "long",
        "emoji",
        "no ranking",
        "unknown intent",
        "half a focus",
        "entity without place",
    ],
)
def test_every_action_always_says_exactly_one_thing(
    run: Run, action: Action, tracker: Tracker
) -> None:
    """Silence is a bug: whatever reaches an action, one message comes back."""
    message, _ = run(action, tracker)
    assert message["text"].strip()
    assert "\n\n" not in message["text"]
    assert message["custom"]["outcome"]
    assert "{" not in message["text"]


def test_an_answer_is_remembered(run: Run) -> None:
    """The next turn knows what this one was about."""
    (answer,) = [action for action in our_actions() if action.name() == "action_answer"]
    entities = [{"entity": "site", "value": "spinal", "start": 25, "end": 31}]
    _, events = run(
        answer, tracker_of("what are the symptoms of spinal hematoma", "ask_symptoms", entities)
    )
    (event,) = events
    focus: dict[str, Any] = event["value"]
    assert event["name"] == "focus"
    assert (focus["site"], focus["topic"]) == ("spinal", "symptoms")
    assert focus["shown"]


@pytest.mark.parametrize(
    ("name", "intent", "first"),
    [
        ("action_alarm", "urgent", "Call your local emergency number"),
        ("action_alarm", "poisoning", "Call your local emergency number"),
        ("action_alarm", "crisis_other", "It is good that you speak up for them."),
        ("action_alarm", "crisis", "I am so sorry you feel this way."),
        (
            "action_personal_advice",
            "personal_advice",
            "I can't decide that for you. Please ask your doctor, nurse or pharmacist.",
        ),
    ],
)
def test_fixed_messages_hold_nothing_that_was_retrieved(
    run: Run, name: str, intent: str, first: str
) -> None:
    """In an emergency the patient reads the fixed words, complete, and no article."""
    (action,) = [action for action in our_actions() if action.name() == name]
    message, _ = run(action, tracker_of("what is it, and my legs are numb", intent))
    assert message["text"].startswith(first)
    assert "Source:" not in message["text"]
    assert "{" not in message["text"]
    outcome = {"poisoning": "urgent", "crisis_other": "crisis"}.get(intent, intent)
    assert message["custom"]["outcome"] == outcome
    assert message["custom"]["passages"] == []
