from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.red_flags.component import RED_FLAG_KEY, RedFlagComponent
from bot.nlu.red_flags.detector import RedFlagDetector

CLASSIFIED = {"name": "ask_symptoms", "confidence": 0.9}


@pytest.fixture
def component(detector: RedFlagDetector) -> RedFlagComponent:
    """The component as Rasa has it."""
    return RedFlagComponent(detector)


def parsed(
    component: RedFlagComponent, text: str, tracker: DialogueStateTracker | None = None
) -> dict[str, Any]:
    """Return what Rasa's processor gets for a classified message."""
    message = Message({"text": text})
    message.set("intent", CLASSIFIED, add_to_output=True)
    (done,) = component.process([message], tracker)
    return dict(done.as_dict(only_output_properties=True))


@pytest.mark.parametrize(
    ("text", "intent"),
    [("both my legs are numb", "urgent"), ("I want to kill myself", "crisis")],
)
def test_it_overrules_the_intent(component: RedFlagComponent, text: str, intent: str) -> None:
    """Whatever the classifier thought, an emergency is treated as one."""
    data = parsed(component, text)
    assert data["intent"] == {"name": intent, "confidence": 1.0}
    assert data[RED_FLAG_KEY]["kind"] == intent
    assert data[RED_FLAG_KEY]["source"]


@pytest.mark.parametrize("text", ["What is a spinal hematoma?", "hello", "thank you"])
def test_it_leaves_other_messages_as_they_were(component: RedFlagComponent, text: str) -> None:
    """An ordinary question keeps its intent."""
    data = parsed(component, text)
    assert data["intent"] == CLASSIFIED
    assert "kind" not in data[RED_FLAG_KEY]


@pytest.mark.parametrize("text", ["/ask_symptoms", '/inform{"site": "spinal"}', "/urgent"])
def test_it_passes_payloads_untouched(component: RedFlagComponent, text: str) -> None:
    """A tapped button does what it says."""
    assert RED_FLAG_KEY not in parsed(component, text)


def test_a_slash_does_not_hide_an_emergency(component: RedFlagComponent) -> None:
    """A message that merely starts with a slash is checked like any other."""
    assert parsed(component, "/help my legs are numb")["intent"]["name"] == "urgent"


def test_it_remembers_risks_across_turns(component: RedFlagComponent) -> None:
    """A thinner named in an earlier message makes a later pain an emergency."""
    tracker = DialogueStateTracker.from_events("someone", [])
    first = parsed(component, "I'm on warfarin", tracker)
    tracker.update(UserUttered("I'm on warfarin", first["intent"], [], first))
    assert parsed(component, "my groin hurts", tracker)["intent"]["name"] == "urgent"


def test_nothing_of_the_text_is_in_the_metadata(component: RedFlagComponent) -> None:
    """What is stored beside a message holds names of rules, not the person's words."""
    found = parsed(component, "my zanzibar legs are numb")[RED_FLAG_KEY]
    assert "zanzibar" not in repr(found)


def test_rasa_gives_it_the_tracker() -> None:
    """The risk memory works because Rasa hands a conversation to `process`."""
    needs = DefaultV1Recipe()._get_needs_from_args(RedFlagComponent, "process")
    assert needs == {"tracker": "__tracker__"}


def _classified(text: str, name: str, confidence: float) -> Message:
    ranking = [
        {"name": name, "confidence": confidence},
        {"name": "ask_overview", "confidence": 1 - confidence},
    ]
    return Message({TEXT: text, INTENT: ranking[0], "intent_ranking": ranking})


@pytest.mark.parametrize(
    ("name", "confidence", "expected"),
    [
        ("urgent", 0.95, "ask_overview"),
        ("crisis", 0.5, "ask_overview"),
        ("crisis", 0.9, "crisis"),
    ],
)
def test_the_classifier_alone_alarms_only_for_a_sure_crisis(
    component: RedFlagComponent, name: str, confidence: float, expected: str
) -> None:
    """A question is answered though it sounds urgent; a likely wish to die is never set aside."""
    (message,) = component.process([_classified("what is a hematoma", name, confidence)])
    assert message.get(INTENT)["name"] == expected
