"""From Rasa's tracker to a question."""

from __future__ import annotations

from typing import Any

import pytest

from actions.understanding import focus_of, intent_of, question_of
from knowledge_base.question import Focus
from tests.actions.conftest import tracker_of


def entity(entity: str, value: str, start: int, end: int) -> dict[str, Any]:
    """An entity as the extractor gives it."""
    return {"entity": entity, "value": value, "start": start, "end": end}


@pytest.mark.parametrize(
    ("text", "entities", "sites", "bare"),
    [
        (
            "psoas or spine or psoas",
            [
                entity("site", "iliopsoas", 0, 5),
                entity("site", "spinal", 9, 14),
                entity("site", "iliopsoas", 18, 23),
            ],
            ("iliopsoas", "spinal"),
            "or or",
        ),
        ("signs of spine bleed", [entity("site", "spinal", 9, 20)], ("spinal",), "signs of"),
    ],
)
def test_sites_come_in_order_and_once(
    text: str, entities: list[dict[str, Any]], sites: tuple[str, ...], bare: str
) -> None:
    """A patient who names two kinds gets both, in the order in which they were named."""
    question = question_of(tracker_of(text, entities=entities))
    assert (question.text, question.bare, question.sites) == (text, bare, sites)
    assert question.site == (sites[0] if len(sites) == 1 else None)


@pytest.mark.parametrize(
    ("ranking", "named", "topic"),
    [
        ({"ask_symptoms": 0.8, "ask_causes": 0.1}, [], "symptoms"),
        ({"ask_causes": 0.35, "ask_symptoms": 0.4}, [], "symptoms"),
        ({"greet": 0.9, "ask_causes": 0.05}, [], None),
        ({"greet": 0.9}, ["outlook"], "outlook"),
        ({"greet": 0.9}, ["outlook", "causes"], None),
        ({"ask_symptoms": 0.8}, ["outlook"], "symptoms"),
    ],
)
def test_the_topic_comes_from_the_intent_or_from_one_word(
    ranking: dict[str, float], named: list[str], topic: str | None
) -> None:
    """A sure intent decides the topic, else a word that names exactly one."""
    rows = [{"name": name, "confidence": sure} for name, sure in ranking.items()]
    entities = [entity("topic", value, 0, 1) for value in named]
    question = question_of(tracker_of("x y", intent_ranking=rows, entities=entities))
    assert question.topic == topic
    assert question.confidences == ranking


@pytest.mark.parametrize(
    "missing",
    [{"intent": None}, {"intent_ranking": []}, {"entities": None}, {"intent": {"name": None}}],
)
def test_a_message_with_parts_missing_is_still_a_question(missing: dict[str, Any]) -> None:
    """Whatever understanding left out, the words are there."""
    tracker = tracker_of("what is it", "greet")
    tracker.latest_message.update(missing)
    assert question_of(tracker).text == "what is it"
    assert intent_of(tracker) == ("" if "intent" in missing else "greet")


def test_the_thread_is_what_the_last_turn_left() -> None:
    """A follow-up leans on the turn before, a new conversation on nothing."""
    left = Focus("spinal", "spinal", "symptoms", "what signs", ("spinal/symptoms/1",))
    assert focus_of(tracker_of("more", slots={"focus": left.as_dict()})) == left
    assert focus_of(tracker_of("hi")) == Focus()
