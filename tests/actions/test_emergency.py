"""A danger is recalled, and a forbidden text never gets out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.alarm import ActionAlarm
from actions.base import SafeAction
from actions.care_seeking import ActionCareSeeking
from actions.emergency import OPEN_EMERGENCY, RECALLED_IN
from actions.reply import Reply, Texts
from actions.smalltalk import ActionSmalltalk
from knowledge_base.outcome import Outcome

DOMAIN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent.parent.parent / "domain.yml").read_text(encoding="utf-8")
)


def _tracker(intent: str, slots: dict[str, Any], **message: Any) -> Tracker:
    latest = {"intent": {"name": intent, "confidence": 0.9}, "text": "", "entities": [], **message}
    return Tracker("one", slots, latest, [], False, None, {}, "action_listen")


def _said(action: SafeAction, tracker: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, tracker, DOMAIN)
    return dispatcher.messages[0], events


@pytest.mark.parametrize(
    ("kind", "still"),
    [
        ("urgent", "You told me of signs"),
        ("poisoning", "You told me of signs"),
        ("crisis", "You told me of something very hard."),
        ("crisis_taken", "You told me of something very hard."),
    ],
)
def test_an_open_emergency_is_recalled_for_a_while(kind: str, still: str) -> None:
    """After an alarm, later answers begin with a line that recalls it, and then stop."""
    _, events = _said(ActionAlarm(), _tracker(kind, {}))
    for _ in range(RECALLED_IN):
        opened = next(event["value"] for event in events if event["name"] == OPEN_EMERGENCY)
        message, events = _said(ActionSmalltalk(), _tracker("thank", {OPEN_EMERGENCY: opened}))
        assert message["text"].startswith(still)
    (closed,) = (event["value"] for event in events if event["name"] == OPEN_EMERGENCY)
    message, _ = _said(ActionSmalltalk(), _tracker("thank", {OPEN_EMERGENCY: closed}))
    assert still not in message["text"]


def test_the_alarm_is_said_in_a_language_that_the_person_reads() -> None:
    """Who writes Spanish of numb legs reads in Spanish to call for help, and then the rest."""
    message, _ = _said(ActionAlarm(), _tracker("urgent", {}, language="es"))
    assert message["text"].startswith("En una emergencia, llame ya")
    assert "Call your local emergency number" in message["text"]
    assert message["custom"]["outcome"] == "urgent"


@pytest.mark.parametrize("site", [None, "spinal"])
def test_how_to_get_care_leads_with_the_emergency_line(site: str | None) -> None:
    """Whoever asks whether to call an ambulance reads first when to call, then whom."""
    focus = {"site": site, "shown": [], "last": []}
    message, _ = _said(ActionCareSeeking(), _tracker("care_seeking", {"focus": focus}))
    assert message["text"].startswith("Call your local emergency number")
    assert ("Source:" in message["text"]) == (site is not None)
    assert "seek" in message["text"].splitlines()[-1].lower()


def test_the_clinics_number_replaces_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that sets its emergency number has that one named, and no other."""
    monkeypatch.setenv("HEMATOMA_GUIDE_EMERGENCY_NUMBER", "112")
    message, _ = _said(ActionAlarm(), _tracker("urgent", {}))
    assert message["text"].startswith("Call 112 (abroad: the local emergency number) now.")
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
    """Whoever reviews alarms sees what it resembles, never what the patient wrote."""
    found = {"kind": "urgent", "group": "cauda_equina", "source": "a1-0007", "probability": 0.9}
    message, _ = _said(ActionAlarm(), _tracker("urgent", {}, danger=found, text="my own words"))
    assert message["custom"]["danger"] == found
    assert "my own words" not in str(message)
