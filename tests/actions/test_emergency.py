"""Fixed words: for a danger, which is recalled, and for what nobody can decide from afar."""

import pytest

from actions.alarm import ActionAlarm
from actions.answer import ActionAnswer, ActionCareSeeking, ActionPersonalAdvice, ActionSmalltalk
from actions.base import SafeAction
from actions.emergency import OPEN_EMERGENCY, RECALLED_IN
from actions.understanding import INTENT_RESPONSE_KEY
from tests.actions.conftest import run, tracker_of


@pytest.mark.parametrize(
    ("kind", "still"),
    [("urgent", "You told me of signs"), ("crisis", "You told me of something very hard.")],
)
def test_an_open_emergency_is_recalled_for_a_while(kind: str, still: str) -> None:
    """After an alarm, later answers begin with a line that recalls it, and then stop."""
    _, events = run(ActionAlarm(), tracker_of("", kind))
    for _ in range(RECALLED_IN):
        opened = next(event["value"] for event in events if event["name"] == OPEN_EMERGENCY)
        message, events = run(ActionSmalltalk(), tracker_of("", "thank", {OPEN_EMERGENCY: opened}))
        assert message["text"].startswith(still)
    (closed,) = (event["value"] for event in events if event["name"] == OPEN_EMERGENCY)
    message, _ = run(ActionSmalltalk(), tracker_of("", "thank", {OPEN_EMERGENCY: closed}))
    assert still not in message["text"]


def test_the_alarm_is_said_in_a_language_that_the_person_reads() -> None:
    """Who writes Spanish of numb legs reads in Spanish to call for help, and then the rest."""
    message, _ = run(ActionAlarm(), tracker_of("", "urgent", language="es"))
    assert message["text"].startswith("En una emergencia, llame ya")
    assert "Call your local emergency number" in message["text"]
    assert message["custom"]["outcome"] == "urgent"


@pytest.mark.parametrize("site", [None, "spinal"])
def test_how_to_get_care_leads_with_the_emergency_line(site: str | None) -> None:
    """Whoever asks whether to call an ambulance reads first when to call, then whom."""
    focus = {"site": site, "shown": [], "last": []}
    message, _ = run(ActionCareSeeking(), tracker_of("", "care_seeking", {"focus": focus}))
    assert message["text"].startswith("Call your local emergency number")
    assert ("Source:" in message["text"]) == (site is not None)
    assert "seek" in message["text"].splitlines()[-1].lower()


def test_the_clinics_number_replaces_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that sets its emergency number has that one named, and no other."""
    monkeypatch.setenv("HEMATOMA_GUIDE_EMERGENCY_NUMBER", "112")
    message, _ = run(ActionAlarm(), tracker_of("", "urgent"))
    assert message["text"].startswith("Call 112 (abroad: the local emergency number) now.")
    assert "911" not in message["text"]


@pytest.mark.parametrize(
    ("action", "intent", "first"),
    [
        (ActionAlarm(), "urgent", "Call your local emergency number"),
        (ActionAlarm(), "poisoning", "Call your local emergency number"),
        (ActionAlarm(), "crisis_other", "It is good that you speak up for them."),
        (ActionAlarm(), "crisis", "I am so sorry you feel this way."),
        (ActionPersonalAdvice(), "personal_advice", "I can't decide that for you. Please ask your"),
    ],
)
def test_fixed_messages_hold_nothing_that_was_retrieved(
    action: SafeAction, intent: str, first: str
) -> None:
    """In an emergency the patient reads the fixed words, complete, and no article.

    The clinic learns what raised the alarm, never what the patient wrote.
    """
    found = {"kind": intent, "group": "cauda_equina", "source": "a1-0007", "probability": 0.9}
    message, _ = run(action, tracker_of("what is it, and my legs are numb", intent, danger=found))
    assert message["text"].startswith(first)
    assert "Source:" not in message["text"]
    assert "{" not in message["text"]
    outcome = {"poisoning": "urgent", "crisis_other": "crisis"}.get(intent, intent)
    assert message["custom"]["outcome"] == outcome
    assert message["custom"]["passages"] == []
    assert message["custom"].get("danger", found) == found
    assert "my legs" not in str(message)


NEEDLE, MEDICINE = "will the needle hurt me", "personal_advice/medicine"
HOW_OFTEN = "how many times a week must I go to physio for my hip"


@pytest.mark.parametrize(
    ("action", "intent", "text", "first"),
    [
        # Whoever fears a needle is sent to the team, whatever the message is taken for.
        (ActionAnswer(), "ask_treatment", NEEDLE, "I can't say if it will hurt you."),
        (ActionSmalltalk(), "fear", NEEDLE, "I can't say if it will hurt you."),
        (ActionPersonalAdvice(), "personal_advice", NEEDLE, "I can't say if it will hurt you."),
        # Who asks how often to go is not told about tablets, who asks about tablets is.
        (ActionPersonalAdvice(), MEDICINE, HOW_OFTEN, "I can't say how often is right for you."),
        (ActionPersonalAdvice(), MEDICINE, "my hip is sore, skip a pill?", "I can't say what"),
        # When to call comes first, or whom to ask.
        (ActionCareSeeking(), "care_seeking/ambulance", "", "Call your local"),
        (ActionCareSeeking(), "care_seeking/whom", "", "Ask your own doctor"),
    ],
)
def test_what_nobody_can_decide_from_afar_has_words_of_its_own(
    action: SafeAction, intent: str, text: str, first: str
) -> None:
    """The words go by what was asked; who asks for care always reads the emergency number."""
    named = tracker_of(text, intent.partition("/")[0], **{INTENT_RESPONSE_KEY: intent})
    message, _ = run(action, named)
    assert message["text"].startswith(first)
    assert "emergency number" in message["text"] or "care_seeking" not in intent
