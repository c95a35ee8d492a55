"""An emergency is recalled, and a forbidden text never gets out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.emergency import OPEN_EMERGENCY, RECALLED_IN
from actions.reply import Reply, Texts
from actions.smalltalk import ActionSmalltalk
from actions.urgent import ActionUrgent
from knowledge_base.outcome import Outcome

DOMAIN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent.parent.parent / "domain.yml").read_text(encoding="utf-8")
)
STILL = DOMAIN["responses"]["utter_still_urgent"][0]["text"]


def _tracker(intent: str, slots: dict[str, Any], **message: Any) -> Tracker:
    latest = {"intent": {"name": intent}, "text": "", "entities": [], **message}
    return Tracker("one", slots, latest, [], False, None, {}, "action_listen")


def _said(action: SafeAction, tracker: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, DOMAIN)
    return dispatcher.messages[0], events


def test_an_open_emergency_is_recalled_for_a_while() -> None:
    """After an alarm, later answers begin with a line that recalls it, and then stop."""
    _, events = _said(ActionUrgent(), _tracker("urgent", {}))
    left = next(event["value"] for event in events if event["name"] == OPEN_EMERGENCY)
    assert left == RECALLED_IN
    for _ in range(RECALLED_IN):
        message, events = _said(ActionSmalltalk(), _tracker("thank", {OPEN_EMERGENCY: left}))
        assert message["text"].startswith(STILL)
        left = next(event["value"] for event in events if event["name"] == OPEN_EMERGENCY)
    message, _ = _said(ActionSmalltalk(), _tracker("thank", {OPEN_EMERGENCY: left}))
    assert STILL not in message["text"]


def test_the_alarm_speaks_to_whoever_helps() -> None:
    """Someone who writes for another person reads what to do for them."""
    mine, _ = _said(ActionUrgent(), _tracker("urgent", {}))
    theirs, _ = _said(ActionUrgent(), _tracker("urgent", {}, red_flag={"proxy": True}))
    assert "for them" in theirs["text"]
    assert "for them" not in mine["text"]


def test_the_clinics_number_replaces_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that sets its emergency number has that one named, and no other."""
    monkeypatch.setenv("HEMATOMA_GUIDE_EMERGENCY_NUMBER", "112")
    message, _ = _said(ActionUrgent(), _tracker("urgent", {}))
    assert "Call 112 now" in message["text"]
    assert "911" not in message["text"]


class _Careless(SafeAction):
    def name(self) -> str:
        return "action_careless"

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, list[dict[str, Any]]]:
        return Reply(Outcome.ANSWER, ("Stop taking warfarin today.",)), []


def test_a_forbidden_text_never_reaches_the_reader(caplog: pytest.LogCaptureFixture) -> None:
    """A reply that breaks a rule is replaced by kind words, and the log names the rule."""
    message, _ = _said(_Careless(), _tracker("thank", {}))
    assert "warfarin" not in message["text"]
    assert message["custom"]["outcome"] == "unavailable"
    assert "medicine_change" in caplog.text
    assert "warfarin" not in caplog.text


def test_an_alarm_says_what_raised_it_and_no_word_of_the_message() -> None:
    """Whoever reviews alarms sees the rule that fired, never what the patient wrote."""
    found = {"group": "cauda_equina", "source": "ce-legs-weak", "proxy": False, "remembered": {}}
    message, _ = _said(ActionUrgent(), _tracker("urgent", {}, red_flag=found, text="my own words"))
    assert message["custom"]["red_flag"] == {
        "group": "cauda_equina",
        "source": "ce-legs-weak",
        "proxy": False,
    }
    assert "my own words" not in str(message)
