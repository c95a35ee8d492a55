"""What every action does: one harmless reply, whatever happens, and no patient's words logged."""

import logging

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor

from actions.base import Events, SafeAction
from actions.reply import Reply, Role, Texts, lines_of
from knowledge_base.outcome import Outcome
from tests.actions.conftest import DOMAIN, run, tracker_of

SECRET = "my left leg went numb on Tuesday"


def our_actions() -> list[Action]:
    """Every action of the project."""
    executor = ActionExecutor()
    executor.register_package("actions")
    found = [bound.__self__ for bound in executor.actions.values()]
    return [action for action in found if type(action).__module__.startswith("actions.")]


class Careless(SafeAction):
    """An action that breaks with the patient's words in the error, or says what it must not."""

    def __init__(self, error: type[Exception] | None = None) -> None:
        self._error = error

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        if self._error:
            raise self._error(f"cannot read {tracker.latest_message['text']}")
        return Reply(Outcome.ANSWER, lines_of(Role.PLAIN, "Stop taking warfarin today.")), []


def test_a_failing_action_says_sorry_and_logs_no_words(
    texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    """When something breaks, the patient reads something kind, and the log holds none of it."""
    with caplog.at_level(logging.DEBUG):
        message, events = run(Careless(ValueError), tracker_of(SECRET))
    assert message["text"].startswith(texts("unavailable").strip())
    assert "seek medical attention" in message["text"]
    assert message["custom"]["outcome"] == "unavailable"
    assert events == []
    assert "careless" in caplog.text
    assert not any(word in caplog.text for word in ("numb", "Tuesday", "left leg"))
    assert all(not record.exc_info for record in caplog.records)


def test_a_forbidden_text_never_reaches_the_reader(caplog: pytest.LogCaptureFixture) -> None:
    """A reply that breaks a rule is replaced by kind words, and the log names the rule."""
    message, _ = run(Careless(), tracker_of())
    assert "warfarin" not in message["text"]
    assert message["custom"]["outcome"] == "unavailable"
    assert "medicine_change" in caplog.text
    assert "warfarin" not in caplog.text


@pytest.mark.parametrize("action", our_actions(), ids=lambda action: action.name())
@pytest.mark.parametrize(
    "tracker",
    [
        tracker_of("what is a spinal hematoma", "greet"),
        tracker_of("x" * 5000),
        tracker_of("hello", "greet", intent_ranking=[]),
        tracker_of("hello", "an_intent_that_nobody_knows"),
        tracker_of("more", "ask_more", {"focus": {"site": "spinal"}}),
        tracker_of("more", "ask_more", entities=[{"entity": "site", "value": "spinal"}]),
    ],
    ids="question long unranked unknown half-a-focus entity-without-place".split(),
)
def test_every_action_always_says_exactly_one_thing(action: Action, tracker: Tracker) -> None:
    """Silence is a bug: whatever reaches an action, one message comes back."""
    message, _ = run(action, tracker)
    assert message["text"].strip()
    assert "\n\n" not in message["text"]
    assert message["custom"]["outcome"]
    assert "{" not in message["text"]
    assert action.name() in DOMAIN["actions"]
