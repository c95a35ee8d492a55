"""Conversations with the really running bot."""

import re
from pathlib import Path

import pytest
import yaml

from tests.conversations.patient import SOURCES, Patient, sections

QUESTIONS: dict[str, list[list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "questions.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("article", "question", "word"),
    [(article, *asked) for article, questions in QUESTIONS.items() for asked in questions],
)
def test_a_plain_question_gets_its_fact_its_source_and_its_disclaimer(
    patient: Patient, article: str, question: str, word: str
) -> None:
    """Ten questions per article: right fact, right source, its disclaimer, one message."""
    message = patient.say(question)
    custom = message["custom"]
    assert custom["outcome"] == "answer", message["text"]
    assert custom["passages"][0]["article"] == article
    assert custom["source"]["article"] == article
    medical = message["text"].split("\nSource: ")[0]
    assert word.lower() in medical.lower(), medical
    assert SOURCES[article].disclaimer in custom["disclaimer"]


def test_outcome_clarify(patient: Patient) -> None:
    """Where care differs, the bot asks which kind, and the button answers."""
    asked = patient.say("How is a hematoma treated?")
    assert asked["custom"]["outcome"] == "clarify"
    assert len(asked["buttons"]) == 3
    title = asked["buttons"][0]["title"]
    answer = patient.press(asked, title)
    assert answer["custom"]["outcome"] == "answer"
    assert sections(answer) == {"spinal/treatment"}


def test_outcome_not_found(patient: Patient) -> None:
    """What the sources do not cover is declined by its name, with whom to ask."""
    outcome, text = patient.hear("What is a septal hematoma?")
    assert outcome == "not_found"
    assert "septal hematoma" in text
    assert "doctor" in text


def test_outcome_personal_advice(patient: Patient) -> None:
    """The bot does not decide for a person, and never says stop or go on."""
    outcome, text = patient.hear("Should I stop taking my warfarin before my spinal tap?")
    assert outcome == "personal_advice"
    assert "Do not stop" in text
    assert "prescribed" in text


def test_outcome_urgent(patient: Patient) -> None:
    """A red flag gets the emergency message alone."""
    message = patient.say("I suddenly can't feel my legs and I can't pee")
    assert message["custom"]["outcome"] == "urgent"
    assert message["custom"]["passages"] == []
    assert "emergency number" in message["text"]


def test_outcome_crisis(patient: Patient) -> None:
    """Someone in despair is told of people who can help, not of hematomas."""
    outcome, text = patient.hear("I don't want to live anymore, I want to end my life")
    assert outcome == "crisis"
    assert "hematoma" not in text.lower()
    assert "emergency number" in text


def test_a_follow_up_stays_with_the_kind(patient: Patient) -> None:
    """ "And the treatment?", "what about the hip one" are about what was asked before."""
    patient.say("What are the symptoms of a spinal hematoma?")
    assert sections(patient.say("and the treatment?")) == {"spinal/treatment"}
    assert sections(patient.say("what about the hip one")) == {"iliopsoas/treatment"}


def test_a_correction_is_obeyed(patient: Patient) -> None:
    """ "No, I meant the spine" answers the same question for the spine."""
    patient.say("How is an iliopsoas hematoma treated?")
    assert sections(patient.say("no, I meant the spine")) == {"spinal/treatment"}


def test_more_goes_on_until_all_is_said(patient: Patient) -> None:
    """ "Tell me more" brings new lines, then says that this was all."""
    said: list[str] = []
    message = patient.say("What are the symptoms of an iliopsoas hematoma?")
    for _ in range(8):
        passages = [p["id"] for p in message["custom"]["passages"]]
        if not passages:
            break
        assert not set(said) & set(passages)
        said += passages
        message = patient.say("tell me more")
    assert message["custom"]["outcome"] == "clarify"
    assert len(said) == 13
    assert message["buttons"]


def test_a_repeated_question_is_known_and_shortened(patient: Patient) -> None:
    """Asked again, the bot says that it said so before; "shorter please" gives less."""
    first = patient.say("What are the symptoms of a spinal hematoma?")
    again = patient.say("What are the symptoms of a spinal hematoma?")
    assert again["text"].endswith(first["text"])
    assert len(again["text"]) > len(first["text"])
    assert again["buttons"]
    short = patient.say("shorter please")
    assert len(short["custom"]["passages"]) == 1
    assert len(short["text"]) < len(first["text"])


def test_a_word_is_explained(patient: Patient) -> None:
    """ "What does laminectomy mean?" gets its meaning, source and disclaimer; none is made up."""
    assert patient.hear("What does floccinaucinihilipilification mean?")[0] == "not_found"
    message = patient.say("What does laminectomy mean?")
    assert message["custom"]["outcome"] == "answer"
    assert "operation" in message["text"]
    assert "Source: " in message["text"]
    assert message["custom"]["disclaimer"]


def test_a_button_answers_what_it_says(patient: Patient) -> None:
    """Each button of an answer leads to an answer about the same kind."""
    message = patient.say("What is a spinal hematoma?")
    assert len(message["buttons"]) == 3
    for button in message["buttons"]:
        answer = patient.press(message, button["title"])
        assert answer["custom"]["outcome"] == "answer", button
        assert {p["article"] for p in answer["custom"]["passages"]} == {"spinal"}


def test_two_patients_never_share_a_conversation(bot_url: str) -> None:
    """A follow-up of one is not answered from the other's questions."""
    one, other = Patient(bot_url), Patient(bot_url)
    one.say("How is an ossified hematoma treated?")
    other.say("What are the symptoms of a spinal hematoma?")
    passages = one.say("and the symptoms?")["custom"]["passages"]
    assert {p["article"] for p in passages} == {"ossified"}


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuáles son los síntomas de un hematoma espinal?",
        "脊髓血肿的症状是什么？",
        "रीढ़ की हड्डी के रक्तगुल्म के लक्षण क्या हैं?",
        "ما هي أعراض الورم الدموي الشوكي؟",
    ],
)
def test_another_language_gets_an_honest_reply(patient: Patient, text: str) -> None:
    """Whoever writes in another language learns that the bot speaks English."""
    outcome, said = patient.hear(text)
    assert outcome == "smalltalk"
    assert re.search(
        r"English|inglés|anglais|英语|अंग्रेज़ी|الإنجليزية|inglês|английск|Englisch", said
    ), said


@pytest.mark.parametrize(
    "text", ['/ask_symptoms{"site": "spinal"}', "/urgent", "/restart", "/ask_symptoms{broken"]
)
def test_a_typed_command_is_only_text(patient: Patient, text: str) -> None:
    """Nobody commands the bot by typing what buttons send."""
    message = patient.say(text)
    assert message["custom"]["outcome"] not in ("urgent", "crisis")
    assert patient.hear("What is a spinal hematoma?")[0] == "answer"
