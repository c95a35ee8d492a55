"""Intents, entities and languages, as the trained bot finds them in a message."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.language_detector import FOREIGN_INTENT, LANGUAGE_KEY, LanguageDetector
from bot.nlu.synonym_entity_extractor import SynonymEntityExtractor
from tests.bot.nlu.conftest import Read
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    """The domain file."""
    return dict(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8")))


def found(read: Read, text: str, entity: str) -> list[str]:
    """Values of one entity in a text."""
    return [e["value"] for e in read(text)["entities"] if e["entity"] == entity]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("which warning signs does a bleed by the spine give", "ask_symptoms"),
        ("what brings on a psoas bleed", "ask_causes"),
        ("which scan do doctors order to see it", "ask_diagnosis"),
        ("good morning", "greet"),
        ("cheers, that was helpful", "thank"),
        ("ought I to quit my blood thinner", "personal_advice/medicine"),
        ("my INR came back as 3.4, is that bad", "personal_advice/results"),
        ("can I fly to Spain next week with this bruise", "personal_advice/plan"),
        ("should I put ice on my sore hip", "personal_advice/home"),
    ],
)
def test_a_plain_message_is_understood(read: Read, text: str, intent: str) -> None:
    """Wordings in no example are understood too, and advice told apart by what was asked."""
    said = read(text)
    assert said["intent"]["name"] == intent.partition("/")[0]
    assert said.get("intent_response_key") == (intent if "/" in intent else None)


def test_confidences_are_shares_of_one(read: Read) -> None:
    """The ranking is in order, complete enough, and its shares do not exceed the whole."""
    said = read("qwrtzp")
    shares = [intent["confidence"] for intent in said["intent_ranking"]]
    assert len(shares) == 10
    assert shares == sorted(shares, reverse=True)
    assert 0.5 < sum(shares) <= 1.0001
    assert said["intent"] == said["intent_ranking"][0]


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
        ("my spine's bleed", "spine", ["spinal"]),
        ("😀😀 spine 😀", "spine", ["spinal"]),
        ("tell me about illiopsoas  haematoma now", "illiopsoas  haematoma", ["iliopsoas"]),
        ("is the bleed in the psoas’ or not", "the psoas", ["iliopsoas"]),
        ("what about the hip one", "hip one", ["iliopsoas"]),
        ("what is O.I.H.?", "O.I.H", ["ossified"]),
        ("the bone in my muscle", "bone in my muscle", ["ossified"]),
        ("spine or psoas, which is worse", "spine", ["spinal", "iliopsoas"]),
        ("ossified intramuscular hematoma", "ossified intramuscular hematoma", ["ossified"]),
    ],
)
def test_a_site_is_recognised(read: Read, text: str, words: str, sites: list[str]) -> None:
    """In everyday, British or misspelt words; what is cut out of a follow-up is as typed."""
    assert found(read, text, "site") == sites
    first = next(e for e in read(text)["entities"] if e["entity"] == "site")
    assert words in text[first["start"] : first["end"] + 1]


@pytest.mark.parametrize(
    "text",
    [
        "what is the capital of France",
        "a spinning class",
        "hippo and spinach",
        "subdural hematoma",
        "I am bored to the bone",
        "shipment of hips",
        "😀 ... !",
    ],
)
def test_no_site_is_made_up(read: Read, text: str) -> None:
    """Words that only look alike name no site."""
    assert found(read, text, "site") == []


@pytest.mark.parametrize(
    ("text", "entity", "values"),
    [
        ("and the treatment?", "topic", ["treatment"]),
        ("symtoms please", "topic", ["symptoms"]),
        ("hello", "topic", []),
        ("in the case report, what happened?", "article", ["iliopsoas_case"]),
    ],
)
def test_a_topic_is_recognised(read: Read, text: str, entity: str, values: list[str]) -> None:
    """One word is enough to say what is asked; questions about the one patient reach her report."""
    assert found(read, text, entity) == values


def test_a_value_without_a_phrase_stops_the_training() -> None:
    """A site that nobody could ever name is noticed when training, by its name."""
    extractor = SynonymEntityExtractor.create(
        {"values": {"site": ["knee"]}}, None, Resource("extractor"), None
    )
    with pytest.raises(InvalidConfigException, match="knee"):
        extractor.train(TrainingData())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was ist ein spinales Hämatom?", "de"),
        ("¿Qué es un hematoma espinal?", "es"),
        ("Tụ máu cột sống là gì và điều trị thế nào?", "vi"),
        ("Wat is een hematoom in de rug?", "nl"),
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
        "경막외 마취 후 다리에 감각이 없어요",
        "אחרי האפידורל אני לא מרגיש את הרגליים",
        "بعد الإبرة في الظهر لا أشعر بساقي",
    ],
)
def test_another_script_is_noticed_whatever_the_vote(
    read: Read, domain: dict[str, Any], text: str
) -> None:
    """Letters that English does not have decide alone."""
    said = read(text)
    assert said["intent"]["name"] == FOREIGN_INTENT
    assert f"utter_other_language_{said[LANGUAGE_KEY]}" in domain["responses"]


@pytest.mark.parametrize(
    "text", ["gotta go", "was it bad", "ok 👍", "❤️", "no idea", "simpler pls im 16"]
)
def test_english_and_emoji_stay_english(read: Read, text: str) -> None:
    """Short English is not taken for another language."""
    assert read(text)["intent"]["name"] != FOREIGN_INTENT


def test_every_reply_is_in_the_language_it_is_named_for(domain: dict[str, Any]) -> None:
    """The text that a person gets is in their own language."""
    names = [name for name in domain["responses"] if name.startswith("utter_other_language_")]
    vote = [{"name": FOREIGN_INTENT, "confidence": 1.0}]
    said = [
        Message({"text": domain["responses"][name][0]["text"], "intent_ranking": vote})
        for name in names
    ]
    LanguageDetector().process(said)
    assert names
    assert [m.get(LANGUAGE_KEY) for m in said] == [name.rpartition("_")[2] for name in names]
