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


def test_sites_come_in_order_and_once() -> None:
    """A patient who names two kinds gets both, in the order in which they were named."""
    text = "psoas or spine or psoas"
    question = question_of(
        tracker_of(
            text,
            entities=[
                entity("site", "iliopsoas", 0, 5),
                entity("site", "spinal", 9, 14),
                entity("site", "iliopsoas", 18, 23),
            ],
        )
    )
    assert question.sites == ("iliopsoas", "spinal")
    assert question.site is None
    assert question.text == text
    assert question.bare == "or or"


def test_one_site_is_the_site() -> None:
    """A patient who names one kind is answered on that one."""
    question = question_of(
        tracker_of("signs of spine bleed", entities=[entity("site", "spinal", 9, 20)])
    )
    assert question.site == "spinal"
    assert question.bare == "signs of"


def test_the_patient_of_the_case_report_is_recognised() -> None:
    """A question about "the lady" goes to the case report."""
    question = question_of(
        tracker_of("how old was the lady", entities=[entity("article", "iliopsoas_case", 12, 20)])
    )
    assert question.about_case
    assert question.article == "iliopsoas_case"


@pytest.mark.parametrize(
    ("ranking", "entities", "topic"),
    [
        ([("ask_symptoms", 0.8), ("ask_causes", 0.1)], [], "symptoms"),
        ([("ask_causes", 0.35), ("ask_symptoms", 0.4)], [], "symptoms"),
        ([("greet", 0.9), ("ask_causes", 0.05)], [], None),
        ([("greet", 0.9)], [("topic", "outlook")], "outlook"),
        ([("greet", 0.9)], [("topic", "outlook"), ("topic", "causes")], None),
        ([("ask_symptoms", 0.8)], [("topic", "outlook")], "symptoms"),
    ],
)
def test_the_topic_comes_from_the_intent_or_from_one_word(
    ranking: list[tuple[str, float]], entities: list[tuple[str, str]], topic: str | None
) -> None:
    """A sure intent decides the topic, else a word that names exactly one."""
    question = question_of(
        tracker_of(
            "x y",
            intent_ranking=[{"name": n, "confidence": c} for n, c in ranking],
            entities=[entity(e, v, 0, 1) for e, v in entities],
        )
    )
    assert question.topic == topic
    assert question.confidences == dict(ranking)


def test_a_button_asks_its_question_in_words() -> None:
    """Pressing "Symptoms" asks for the symptoms of the site it was offered for."""
    question = question_of(
        tracker_of(
            '/ask_symptoms{"site": "spinal"}',
            "ask_symptoms",
            entities=[entity("site", "spinal", 13, 31)],
        )
    )
    assert question.text == "symptoms spinal hematoma"
    assert question.topic == "symptoms"
    assert question.site == "spinal"
    assert "/" not in question.bare


@pytest.mark.parametrize(
    "missing",
    [{}, {"intent_ranking": []}, {"entities": None}, {"intent": {"name": None, "confidence": 0}}],
)
def test_a_message_with_parts_missing_is_still_a_question(missing: dict[str, Any]) -> None:
    """Whatever understanding left out, the words are there."""
    tracker = tracker_of("what is it")
    tracker.latest_message.update(missing)
    question = question_of(tracker)
    assert question.text == "what is it"


def test_a_conversation_without_a_thread_has_an_empty_focus() -> None:
    """A new conversation leans on nothing."""
    assert focus_of(tracker_of("hi")) == Focus()


def test_the_thread_is_what_the_last_turn_left() -> None:
    """A follow-up leans on the turn before."""
    left = Focus("spinal", "spinal", "symptoms", "what signs", ("spinal/symptoms/1",))
    assert focus_of(tracker_of("more", focus=left.as_dict())) == left


def test_a_message_without_an_intent_has_an_empty_name() -> None:
    """Nothing breaks when nothing was understood."""
    assert intent_of(tracker_of("x", intent="greet")) == "greet"
    tracker = tracker_of("x")
    tracker.latest_message["intent"] = None
    assert intent_of(tracker) == ""
