"""Intents, entities and languages, as the trained bot finds them in a message."""

import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.core.events import Event, UserUttered

from bot.nlu.context import earlier_in
from bot.nlu.language_detector import FOREIGN_INTENT, LANGUAGE_KEY
from knowledge_base.encoder import CONTEXT_LETTERS, in_context
from tests.actions.conftest import DOMAIN
from tests.bot.nlu.conftest import Read


def found(read: Read, text: str, entity: str) -> list[str]:
    return [e["value"] for e in read(text)["entities"] if e["entity"] == entity]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("which warning signs does a bleed by the spine give", "ask_symptoms"),
        ("which scan do doctors order to see it", "ask_diagnosis"),
        ("ought I to quit my blood thinner", "personal_advice/medicine"),
        ("my INR came back as 3.4, is that bad", "personal_advice/results"),
        ("should I put ice on my sore hip", "personal_advice/home"),
    ],
)
def test_a_plain_message_is_understood(read: Read, text: str, intent: str) -> None:
    """Wordings in no example are understood too, and advice told apart by what was asked."""
    said = read(text)
    assert said["intent"]["name"] == intent.partition("/")[0]
    assert said.get("intent_response_key") == (intent if "/" in intent else None)


def test_a_model_holds_no_code(trained_model: Path) -> None:
    """Loading a model can never run what somebody hid in it."""
    with tarfile.open(trained_model) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive.getmembers()):
            assert member.name.endswith((".json", ".yml", ".npz"))
            if member.name.endswith(".npz"):
                stored = np.load(BytesIO(archive.extractfile(member).read()), allow_pickle=False)
                assert all(stored[name].dtype != object for name in stored.files)


@pytest.mark.parametrize(
    ("text", "words", "sites"),
    [
        ("what is a SPINAL haematoma?", "SPINAL haematoma", ["spinal"]),
        ("the spianl hemotoma", "spianl hemotoma", ["spinal"]),
        ("😀😀 spine 😀", "spine", ["spinal"]),
        ("tell me about illiopsoas  haematoma now", "illiopsoas  haematoma", ["iliopsoas"]),
        ("is the bleed in the psoas’ or not", "the psoas", ["iliopsoas"]),
        ("what is O.I.H.?", "O.I.H", ["ossified"]),
        ("the bone in my muscle", "bone in my muscle", ["ossified"]),
        ("spine or psoas, which is worse", "spine", ["spinal", "iliopsoas"]),
        ("what is the capital of France", None, []),
        # Words that only look alike.
        ("hippo and spinach", None, []),
        ("subdural hematoma", None, []),
        ("I am bored to the bone", None, []),
    ],
)
def test_a_site_is_recognised(read: Read, text: str, words: str | None, sites: list[str]) -> None:
    """In everyday, British or misspelt words; what is cut out of a follow-up is as typed."""
    assert found(read, text, "site") == sites
    if words:
        first = next(e for e in read(text)["entities"] if e["entity"] == "site")
        assert words in text[first["start"] : first["end"] + 1]


def test_a_topic_is_recognised(read: Read) -> None:
    """One word is enough to say what is asked; questions about the one patient reach her report."""
    assert found(read, "symtoms please", "topic") == ["symptoms"]
    assert found(read, "in the case report, what happened?", "article") == ["iliopsoas_case"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was ist ein spinales Hämatom?", "de"),
        ("Tụ máu cột sống là gì và điều trị thế nào?", "vi"),
        ("Belimde şişlik var ne yapmalıyım", "tr"),
        ("Після епідуралу я не відчуваю ніг", "uk"),
    ],
)
def test_a_message_in_another_language_is_named(read: Read, text: str, language: str) -> None:
    """Who writes another language is answered in it."""
    said = read(text)
    assert said["intent"]["name"] == FOREIGN_INTENT
    assert said[LANGUAGE_KEY] == language


@pytest.mark.parametrize(
    "text",
    [
        "硬膜外麻酔の後、足の感覚がありません",
        "אחרי האפידורל אני לא מרגיש את הרגליים",
        "بعد الإبرة في الظهر لا أشعر بساقي",
    ],
)
def test_another_script_is_noticed_whatever_the_vote(read: Read, text: str) -> None:
    """Letters that English does not have decide alone."""
    said = read(text)
    assert said["intent"]["name"] == FOREIGN_INTENT
    assert f"utter_other_language_{said[LANGUAGE_KEY]}" in DOMAIN["responses"]


@pytest.mark.parametrize(
    "text", ["gotta go", "was it bad", "ok 👍", "❤️", "no idea", "simpler pls im 16"]
)
def test_english_and_emoji_stay_english(read: Read, text: str) -> None:
    """Short English is not taken for another language."""
    assert read(text)["intent"]["name"] != FOREIGN_INTENT


def said(*texts: str, intent: str = "ask_causes") -> list[Event]:
    return [UserUttered(text, {"name": intent, "confidence": 1.0}) for text in texts]


def test_what_people_tell_of_themselves_is_kept_longer() -> None:
    """A blood thinner named ten messages ago is still known, and else what was said last.

    What a button sent is not read, nor what has alarmed: that is recalled (`emergency.py`).
    """
    events = [*said("I take warfarin", intent="tell"), *said(*map(str, range(10)))]
    events += [*said('/ask_symptoms{"site": "spinal"}'), *said("I am numb", intent="urgent")]
    assert earlier_in(events) == ["I take warfarin", "8", "9"]
    assert len(in_context(["word " * 200] * 5)) == CONTEXT_LETTERS
