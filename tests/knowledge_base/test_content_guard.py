"""What may not be said is found, and nothing else is."""

from pathlib import Path

import pytest
import yaml

from knowledge_base.content_guard import broken_rule, rules

FORBIDDEN = {
    "dose": ["Take 75 mg of it.", "Two tablets are enough.", "She took it twice a day."],
    "medicine_change": [
        "Stop taking warfarin for a week.",
        "You should stop your blood thinner.",
        "It is safe to restart the tablets.",
        "Take some aspirin.",
        "Stop taking warfarin without delay.",
        "Hold your warfarin.",
        "Come off your blood thinner.",
        "Patients can stop aspirin at home.",
    ],
    "painkiller": ["Ibuprofen helps with the pain.", "Doctors like Tylenol best."],
    "verdict": ["You have a spinal hematoma.", "It sounds like you are well.", "Your INR is fine."],
    "waiting": ["You can wait and see.", "Wait a few days before you call."],
    "reassurance": ["There is nothing to worry about.", "You will be fine.", "It is harmless."],
    "home_treatment": ["Apply heat to it.", "You can massage the leg."],
    "contact": ["Write to clinic@example.org.", "Call +91 00000 00000 today.", "Use WhatsApp."],
}
STRANGERS = yaml.safe_load(
    (Path(__file__).parent / "guard_sentences.yml").read_text(encoding="utf-8")
)
HARMLESS = [
    "Do not stop, skip or change a blood thinner on your own.",
    "Warfarin (a blood thinner) can cause it.",
    "Her hemoglobin was 6 g/dL.",
    "A care team may suggest ice packs at first.",
    "Do not wait for me.",
    "It happens in 0.6% to 6.6%.",
    "The report was published on October 25, 2023.",
    "If you have signs of it, get seen at once.",
]


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in FORBIDDEN.items() for text in texts]
)
def test_a_forbidden_text_is_named(rule: str, text: str) -> None:
    """Each kind of forbidden text is recognised, wherever in a reply it stands, and explained."""
    assert {rule.id for rule in rules() if rule.why} == set(FORBIDDEN)
    found = broken_rule(f"A true line.\n- {text}\nSource: a page.")
    assert found is not None
    assert found.id == rule


@pytest.mark.parametrize("text", STRANGERS["forbidden"])
def test_what_strangers_would_forbid_is_stopped(text: str) -> None:
    """Whatever its shape, a sentence that may harm is not said."""
    assert broken_rule(text) is not None


@pytest.mark.parametrize("text", [*HARMLESS, *STRANGERS["harmless"]])
def test_a_harmless_text_passes(text: str) -> None:
    """Warnings, facts and dates are not mistaken for something forbidden, nor is our number."""
    assert broken_rule(text) is None
    assert broken_rule("Call 0800 123 456 78 now.", ("0800 123 456 78",)) is None
