"""From Rasa's tracker to a question."""

from __future__ import annotations

from typing import Any

import pytest

from actions.understanding import intent_of, question_of
from tests.actions.conftest import tracker_of


def entity(entity: str, value: str, start: int, end: int) -> dict[str, Any]:
    """An entity as the extractor gives it."""
    return {"entity": entity, "value": value, "start": start, "end": end}


def test_sites_come_in_order_and_once() -> None:
    """A patient who names two kinds gets both, in the order in which they were named."""
    text, places = "psoas or spine or psoas", [("iliopsoas", 0, 5), ("spinal", 9, 14)]
    entities = [entity("site", *place) for place in (*places, ("iliopsoas", 18, 23))]
    question = question_of(tracker_of(text, entities=entities))
    assert (question.text, question.bare) == (text, "or or")
    assert (question.sites, question.site) == (("iliopsoas", "spinal"), None)


@pytest.mark.parametrize(
    ("ranking", "named", "topic"),
    [
        ({"ask_symptoms": 0.8, "ask_causes": 0.1}, [], "symptoms"),
        ({"greet": 0.9, "ask_causes": 0.05}, [], None),
        ({"greet": 0.9}, ["outlook"], "outlook"),
        ({"greet": 0.9}, ["outlook", "causes"], None),
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
