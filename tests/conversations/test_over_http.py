"""Conversations with the really running bot, over POST /webhooks/rest/webhook."""

from __future__ import annotations

import gzip
import json
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from knowledge_base.articles import Source, load_articles
from knowledge_base.outcome import Outcome

QUESTIONS: dict[str, list[list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "questions.yml").read_text(encoding="utf-8")
)
SOURCES: dict[str, Source] = {article.source.id: article.source for article in load_articles()}
STACK_TRACE = re.compile(r"traceback|exception|error:|\.py\b|line \d+|<html", re.IGNORECASE)

Message = dict[str, Any]


class Patient:
    """Someone who writes to the bot."""

    def __init__(self, url: str) -> None:
        """Start a conversation of their own."""
        self.address = f"{url}/webhooks/rest/webhook"
        self.id = secrets.token_hex(8)

    def post(self, **kwargs: Any) -> requests.Response:
        """Send any request."""
        return requests.post(self.address, timeout=60, **kwargs)

    def say(self, text: str) -> Message:
        """Send a message; give the one message that answers it."""
        response = self.post(json={"sender": self.id, "message": text})
        assert response.status_code == 200, response.text
        messages = response.json()
        assert len(messages) == 1, messages
        (message,) = messages
        assert message["recipient_id"] == self.id
        check(message)
        return message

    def hear(self, text: str) -> tuple[str, str]:
        """Send a message; give the outcome and the text."""
        message = self.say(text)
        return message["custom"]["outcome"], message["text"]

    def press(self, message: Message, title: str) -> Message:
        """Press a button of a message."""
        (payload,) = [b["payload"] for b in message["buttons"] if b["title"] == title]
        return self.say(payload)


def check(message: Message) -> None:
    """What holds for every reply, whatever was said."""
    text, custom = message["text"], message["custom"]
    assert text.strip()
    assert "\n\n" not in text
    assert not re.search(r"\n\s+\n", text)
    assert not STACK_TRACE.search(text)
    assert "{" not in text
    assert custom["outcome"] in {outcome.value for outcome in Outcome}
    assert len(message.get("buttons", [])) <= 3
    if custom["passages"]:
        lines = text.split("\n")
        assert custom["disclaimer"] == lines[-1]
        assert lines[-2].startswith("Source: ")
        assert custom["source"]["title"] in lines[-2]
        for passage in custom["passages"]:
            assert set(passage) >= {"id", "article", "topic", "similarity"}
            assert passage["id"].startswith(f"{passage['article']}/{passage['topic']}")
            assert SOURCES[passage["article"]].title in lines[-2]
            assert SOURCES[passage["article"]].disclaimer in lines[-1]
            assert -1 <= passage["similarity"] <= 1.0001


@pytest.fixture
def patient(bot_url: str) -> Patient:
    """Someone who has not written before."""
    return Patient(bot_url)


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


def test_there_are_ten_questions_per_article() -> None:
    """Every article is asked about as much as any other."""
    assert {name: len(asked) for name, asked in QUESTIONS.items()} == dict.fromkeys(SOURCES, 10)


# One scenario per outcome, named alike.


def test_outcome_answer(patient: Patient) -> None:
    """A question that the sources answer is answered, with buttons to go on."""
    message = patient.say("What are the symptoms of a spinal hematoma?")
    assert message["custom"]["outcome"] == "answer"
    assert "bladder" in message["text"]
    assert message["buttons"]


def test_outcome_clarify(patient: Patient) -> None:
    """Where care differs, the bot asks which kind, and the button answers."""
    asked = patient.say("How is a hematoma treated?")
    assert asked["custom"]["outcome"] == "clarify"
    assert len(asked["buttons"]) == 3
    title = asked["buttons"][0]["title"]
    answer = patient.press(asked, title)
    assert answer["custom"]["outcome"] == "answer"
    assert {p["id"].rsplit("/", 1)[0] for p in answer["custom"]["passages"]} == {"spinal/treatment"}


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


def test_outcome_smalltalk(patient: Patient) -> None:
    """At first contact the bot says that it is a computer program."""
    outcome, text = patient.hear("Hello!")
    assert outcome == "smalltalk"
    assert "computer program" in text


# Follow-ups.


def test_a_follow_up_stays_with_the_kind(patient: Patient) -> None:
    """ "And the treatment?", "what about the hip one" are about what was asked before."""
    patient.say("What are the symptoms of a spinal hematoma?")
    follow = patient.say("and the treatment?")["custom"]["passages"]
    assert {p["id"].rsplit("/", 1)[0] for p in follow} == {"spinal/treatment"}
    other = patient.say("what about the hip one")["custom"]["passages"]
    assert {p["article"] for p in other} == {"iliopsoas"}
    assert {p["topic"] for p in other} == {"treatment"}


def test_a_correction_is_obeyed(patient: Patient) -> None:
    """ "No, I meant the spine" answers the same question for the spine."""
    patient.say("How is an iliopsoas hematoma treated?")
    passages = patient.say("no, I meant the spine")["custom"]["passages"]
    assert {p["id"].rsplit("/", 1)[0] for p in passages} == {"spinal/treatment"}


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


def test_shorter_is_shorter(patient: Patient) -> None:
    """ "Shorter please" gives less than before, and still source and disclaimer."""
    long = patient.say("What are the symptoms of a spinal hematoma?")
    short = patient.say("shorter please")
    assert len(short["custom"]["passages"]) == 1
    assert len(short["text"]) < len(long["text"])


def test_a_repeated_question_is_known(patient: Patient) -> None:
    """Asked again, the bot says that it said so before, and offers to go on."""
    first = patient.say("What are the symptoms of a spinal hematoma?")
    again = patient.say("What are the symptoms of a spinal hematoma?")
    assert again["text"].endswith(first["text"])
    assert len(again["text"]) > len(first["text"])
    assert again["buttons"]


def test_a_word_is_explained(patient: Patient) -> None:
    """ "What does laminectomy mean?" gets its meaning, a source and a disclaimer."""
    message = patient.say("What does laminectomy mean?")
    assert message["custom"]["outcome"] == "answer"
    assert "operation" in message["text"]
    assert "Source: " in message["text"]
    assert message["custom"]["disclaimer"]


def test_a_yes_or_no_question_is_led_by_its_word(patient: Patient) -> None:
    """ "Yes." or "No." stands first where the source says so, and not with a negation."""
    assert patient.say("Can warfarin cause a spinal hematoma?")["text"].startswith("Yes.")
    assert patient.say("Can a spine bleed be ruled out without a scan?")["text"].startswith("No.")
    other = Patient(patient.address.removesuffix("/webhooks/rest/webhook"))
    assert not other.say("Can warfarin not cause a spinal hematoma?")["text"].startswith("Yes")


def test_a_button_answers_what_it_says(patient: Patient) -> None:
    """Each button of an answer leads to an answer about the same kind."""
    message = patient.say("What is a spinal hematoma?")
    assert len(message["buttons"]) == 3
    for button in message["buttons"]:
        answer = patient.press(message, button["title"])
        assert answer["custom"]["outcome"] == "answer", button
        assert {p["article"] for p in answer["custom"]["passages"]} == {"spinal"}


def test_a_red_flag_interrupts_and_the_talk_goes_on(patient: Patient) -> None:
    """Danger comes first in the middle of questions; questions are answered afterwards."""
    patient.say("How is a spinal hematoma found?")
    assert patient.hear("now my legs went numb")[0] == "urgent"
    assert patient.hear("What causes a spinal hematoma?")[0] == "answer"


def test_two_patients_never_share_a_conversation(bot_url: str) -> None:
    """A follow-up of one is not answered from the other's questions."""
    one, other = Patient(bot_url), Patient(bot_url)
    one.say("How is an ossified hematoma treated?")
    other.say("What are the symptoms of a spinal hematoma?")
    passages = one.say("and the symptoms?")["custom"]["passages"]
    assert {p["article"] for p in passages} == {"ossified"}


# Bad input.


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "😭😭😭🩸",
        "?",
        "...",
        "1",
        "a" * 2000,
        "spinal hematoma " * 120,
        "null",
        "undefined",
        "<script>alert(1)</script>",
        "{missing}",
        "'; DROP TABLE conversations; --",
        "what is\x00 a spinal\x00 hematoma",
        "\u202ewhat is it\u202c",
        "what is a spinal hematoma\ud83d",
        "\ud83d",
        "line one\n\n\nline two: what is a spinal hematoma?",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_odd_messages_get_a_polite_reply_or_a_clear_refusal(patient: Patient, text: str) -> None:
    """Whatever is typed, the patient reads a sentence, and the bot goes on."""
    body = json.dumps({"sender": patient.id, "message": text})
    response = patient.post(data=body, headers={"Content-Type": "application/json"})
    if response.status_code == 200:
        (message,) = response.json()
        check(message)
    else:
        assert_refused(response)
    assert patient.hear("What is a spinal hematoma?")[0] == "answer"


def assert_refused(response: requests.Response) -> None:
    """A refusal is a 4xx with a sentence."""
    assert 400 <= response.status_code < 500, response.text
    assert len(response.text) < 500
    assert not STACK_TRACE.search(response.text)
    sentence = json.dumps(response.json(), ensure_ascii=False)
    assert re.search(r"[A-Z][a-z ,]+.*\.", sentence), sentence


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\t", "\x00", "/", "\u200b"], ids=lambda text: ascii(text)
)
def test_an_empty_message_is_refused_with_a_sentence(patient: Patient, text: str) -> None:
    """Nothing typed is answered by a request to type something, never by an empty list."""
    response = patient.post(json={"sender": patient.id, "message": text})
    if response.status_code == 200:
        (message,) = response.json()
        check(message)
    else:
        assert_refused(response)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuáles son los síntomas de un hematoma espinal?",
        "Quels sont les symptômes d'un hématome ?",
        "脊髓血肿的症状是什么？",
        "रीढ़ की हड्डी के रक्तगुल्म के लक्षण क्या हैं?",
        "ما هي أعراض الورم الدموي الشوكي؟",
        "Quais são os sintomas de um hematoma?",
        "Каковы симптомы спинальной гематомы?",
        "Wie wird ein Bluterguss behandelt?",
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
    "text",
    [
        '/ask_symptoms{"site": "spinal"}',
        "/urgent",
        "/crisis",
        "/restart",
        "/session_start",
        '/ask_treatment{"site": "spinal", "focus": "x"}',
        "/nlu_fallback",
        "/ask_symptoms{broken",
    ],
)
def test_a_typed_command_is_only_text(patient: Patient, text: str) -> None:
    """Nobody commands the bot by typing what buttons send."""
    message = patient.say(text)
    assert message["custom"]["outcome"] not in ("urgent", "crisis")
    assert patient.hear("What is a spinal hematoma?")[0] == "answer"


def test_a_message_of_100_kilobytes_is_refused(patient: Patient) -> None:
    """A huge message costs nobody else's time, and its sender is told."""
    assert_refused(patient.post(json={"sender": patient.id, "message": "word " * 20_000}))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"not json", "application/json"),
        (b"[1, 2]", "application/json"),
        (b'"text"', "application/json"),
        (b"null", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b'{"sender": "a", "message": NaN}', "application/json"),
        (b"[" * 5000, "application/json"),
        (b'{"sender": "a", "message": "hi"}', "text/plain"),
        (b"sender=a&message=hi", "application/x-www-form-urlencoded"),
    ],
)
def test_a_malformed_request_is_refused(patient: Patient, body: bytes, kind: str) -> None:
    """Whoever writes a client learns what is wrong with the request."""
    assert_refused(patient.post(data=body, headers={"Content-Type": kind}))


def test_a_zipped_request_is_refused_by_its_name(patient: Patient) -> None:
    """Whoever zips a request learns that this is what was wrong."""
    response = patient.post(
        data=gzip.compress(b"{}"),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert response.status_code == 415
    assert "Content-Encoding" in response.json()["error"]["message"]


def test_a_byte_order_mark_changes_nothing(patient: Patient) -> None:
    """Some programs put one in front of what they send."""
    body = b"\xef\xbb\xbf" + json.dumps({"sender": patient.id, "message": "hello"}).encode()
    response = patient.post(data=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"sender": "a"},
        {"sender": "a", "message": None},
        {"sender": "a", "message": 7},
        {"sender": "a", "message": ["hi"]},
        {"sender": "a", "message": {"text": "hi"}},
        {"sender": "a", "text": "hi"},
        {"sender": ["a"], "message": "hi"},
        {"sender": "a b", "message": "hi"},
        {"sender": "../../etc/passwd", "message": "hi"},
        {"sender": "s\ud83d", "message": "hi"},
        {"sender": "x" * 65, "message": "hi"},
        {"sender": 7, "message": "hi"},
    ],
    ids=ascii,
)
def test_missing_or_wrong_fields_are_refused(patient: Patient, fields: dict[str, Any]) -> None:
    """A request without its parts is refused with a sentence, and ends no server."""
    response = patient.post(data=json.dumps(fields), headers={"Content-Type": "application/json"})
    assert_refused(response)
    assert patient.hear("Hello")[0] == "smalltalk"


@pytest.mark.parametrize("sender", [None, "", "absent"])
def test_whoever_gives_no_sender_talks_alone(bot_url: str, sender: str | None) -> None:
    """Without a sender nobody lands in a conversation that others share."""
    ids = set()
    for text in ("How is an ossified hematoma treated?", "and the symptoms?"):
        fields = {"sender": sender, "message": text}
        if sender == "absent":
            del fields["sender"]
        response = requests.post(f"{bot_url}/webhooks/rest/webhook", json=fields, timeout=60)
        assert response.status_code == 200
        (message,) = response.json()
        ids.add(message["recipient_id"])
        articles = {p["article"] for p in message["custom"]["passages"]}
    assert len(ids) == 2
    assert "default" not in ids
    assert articles != {"ossified"}


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_refused(patient: Patient, method: str) -> None:
    """The address takes messages and nothing else."""
    response = requests.request(method, patient.address, timeout=30)
    assert response.status_code in (404, 405)
    assert not re.search(r"traceback|\.py\b", response.text, re.IGNORECASE)


def test_extra_fields_change_nothing(patient: Patient) -> None:
    """A client cannot pass for another channel or plant data in a conversation."""
    response = patient.post(
        json={
            "sender": patient.id,
            "message": "Hello",
            "input_channel": "web",
            "metadata": {"focus": {"site": "spinal"}},
        }
    )
    (message,) = response.json()
    assert message["custom"]["outcome"] == "smalltalk"


def test_delete_my_data_is_taken_at_its_word(patient: Patient) -> None:
    """The words erase the conversation: what was talked about is forgotten."""
    patient.say("What are the symptoms of a spinal hematoma?")
    outcome, text = patient.hear("Please delete my data.")
    assert outcome == "smalltalk"
    assert "deleted" in text
    assert "spin" not in patient.hear("and the treatment?")[1].split("\n")[0].lower()
