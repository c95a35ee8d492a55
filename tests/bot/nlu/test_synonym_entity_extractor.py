"""The entity extractor: lay words for sites and topics, whatever the spelling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.synonym_entity_extractor import SynonymEntityExtractor
from tests.bot.nlu.conftest import Kitchen, message

ROOT = Path(__file__).parents[3]
VALUES: dict[str, list[str]] = next(
    part["values"]
    for part in yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    if part["name"].endswith("SynonymEntityExtractor")
)


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, training_data: TrainingData
) -> tuple[Kitchen, SynonymEntityExtractor]:
    """An extractor trained on data/nlu."""
    kitchen = Kitchen(tmp_path_factory.mktemp("extractor"))
    extractor: SynonymEntityExtractor = kitchen.make(SynonymEntityExtractor, values=VALUES)
    extractor.train(training_data)
    return kitchen, extractor


def found(extractor: SynonymEntityExtractor, text: str, entity: str = "") -> list[str]:
    """Values found in a text."""
    (said,) = extractor.process([message(text)])
    return [e["value"] for e in said.get(ENTITIES) if not entity or e["entity"] == entity]


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("what is a spinal hematoma", ["spinal"]),
        ("SPINAL HAEMATOMA", ["spinal"]),
        ("the spianl hemotoma", ["spinal"]),
        ("a bleed in my spine?", ["spinal"]),
        ("signs of a psoas bleed", ["iliopsoas"]),
        ("illiopsoas haematoma", ["iliopsoas"]),
        ("iliopsas hematoma", ["iliopsoas"]),
        ("what about the hip one", ["iliopsoas"]),
        ("hip flexor bleed", ["iliopsoas"]),
        ("what is OIH", ["ossified"]),
        ("what is O.I.H.?", ["ossified"]),
        ("my spine's bleed", ["spinal"]),
        ("ossified hematoma", ["ossified"]),
        ("osified hematoma", ["ossified"]),
        ("the bone in my muscle", ["ossified"]),
        ("spine or psoas, which is worse", ["spinal", "iliopsoas"]),
    ],
)
def test_a_site_is_recognised(
    trained: tuple[Kitchen, SynonymEntityExtractor], text: str, sites: list[str]
) -> None:
    """A patient names the kind in everyday, British or misspelt words."""
    assert found(trained[1], text, "site") == sites


@pytest.mark.parametrize(
    "text",
    [
        "what is the capital of France",
        "a spinning class",
        "hippo and spinach",
        "hematoma",
        "subdural hematoma",
        "I am bored to the bone",
        "my muscle hurts",
        "shipment of hips",
        "",
        "😀 ... !",
        "日本語",
    ],
)
def test_no_site_is_made_up(trained: tuple[Kitchen, SynonymEntityExtractor], text: str) -> None:
    """Words that only look alike name no site."""
    (said,) = trained[1].process([message(text)])
    assert [e for e in said.get(ENTITIES, []) if e["entity"] == "site"] == []


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("and the treatment?", ["treatment"]),
        ("symtoms please", ["symptoms"]),
        ("causes", ["causes"]),
        ("diagnosis", ["diagnosis"]),
        ("hello", []),
    ],
)
def test_a_topic_is_recognised(
    trained: tuple[Kitchen, SynonymEntityExtractor], text: str, topics: list[str]
) -> None:
    """One word is enough to say what is asked."""
    assert found(trained[1], text, "topic") == topics


@pytest.mark.parametrize(
    "text", ["what happened to the woman in the case report", "the case report"]
)
def test_the_case_report_is_recognised(
    trained: tuple[Kitchen, SynonymEntityExtractor], text: str
) -> None:
    """Questions about the one patient lead to her report."""
    assert "iliopsoas_case" in found(trained[1], text, "article")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what is a SPINAL haematoma?", "SPINAL haematoma"),
        ("tell me about illiopsoas  haematoma now", "illiopsoas  haematoma"),
        ("is the bleed in the psoas’ or not", "the psoas"),
        ("😀😀 spine 😀", "spine"),
    ],
)
def test_places_are_those_of_the_typed_words(
    trained: tuple[Kitchen, SynonymEntityExtractor], text: str, words: str
) -> None:
    """The words that are cut out of a follow-up are the patient's own, however spelt."""
    (said,) = trained[1].process([message(text)])
    spans = [text[e["start"] : e["end"]] for e in said.get(ENTITIES) if e["entity"] == "site"]
    assert any(span.startswith(words) for span in spans), spans


def test_the_longest_phrase_wins_and_nothing_overlaps(
    trained: tuple[Kitchen, SynonymEntityExtractor],
) -> None:
    """ "Ossified intramuscular hematoma" is one thing, not three."""
    (said,) = trained[1].process([message("ossified intramuscular hematoma of the spine")])
    entities = said.get(ENTITIES)
    ends = [0, *(e["end"] for e in entities)]
    assert all(e["start"] >= end for e, end in zip(entities, ends[:-1], strict=True))


def test_entities_found_before_are_kept(
    trained: tuple[Kitchen, SynonymEntityExtractor],
) -> None:
    """What another component found is not lost."""
    before: dict[str, Any] = {"entity": "x", "value": "y", "start": 0, "end": 1}
    said = Message({"text": "spine", ENTITIES: [before]})
    trained[1].process([said])
    assert said.get(ENTITIES)[0] == before
    assert len(said.get(ENTITIES)) == 2


def test_a_restart_changes_nothing(
    trained: tuple[Kitchen, SynonymEntityExtractor],
) -> None:
    """What was learned is loaded back exactly."""
    kitchen, extractor = trained
    loaded = kitchen.load(SynonymEntityExtractor, values=VALUES)
    for text in ("spine or psoas", "symtoms of OIH", "the case report", "nothing"):
        assert found(loaded, text) == found(extractor, text)


def test_it_is_stored_as_json(trained: tuple[Kitchen, SynonymEntityExtractor]) -> None:
    """Loading a model can never run code that somebody hid in it."""
    (path,) = trained[0].stored()
    assert path.suffix == ".json"
    assert set(json.loads(path.read_text(encoding="utf-8")).values()) == {
        value for values in VALUES.values() for value in values
    }


def test_a_value_without_a_phrase_stops_the_training(
    kitchen: Kitchen, training_data: TrainingData
) -> None:
    """A site that nobody could ever name is noticed when training, by its name."""
    extractor = kitchen.make(SynonymEntityExtractor, values={"site": ["spinal", "knee"]})
    with pytest.raises(InvalidConfigException, match="knee"):
        extractor.train(training_data)
