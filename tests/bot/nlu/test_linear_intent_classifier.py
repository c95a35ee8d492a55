"""The intent classifier: trained once, kept as plain numbers."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.linear_intent_classifier import LinearIntentClassifier
from bot.nlu.sentence_encoder import SentenceEncoder
from tests.bot.nlu.conftest import Kitchen, message

# Our own wordings, in no training file.
PLAIN = [
    ("which warning signs does a bleed by the spine give", "ask_symptoms"),
    ("what brings on a psoas bleed", "ask_causes"),
    ("which scan do doctors order to see it", "ask_diagnosis"),
    ("what do surgeons do about a spinal hematoma", "ask_treatment"),
    ("good morning", "greet"),
    ("cheers, that was helpful", "thank"),
    ("ought I to quit my blood thinner", "personal_advice"),
]


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, training_data: TrainingData
) -> tuple[Kitchen, LinearIntentClassifier]:
    """A classifier trained on all examples."""
    kitchen = Kitchen(tmp_path_factory.mktemp("classifier"))
    classifier: LinearIntentClassifier = kitchen.make(LinearIntentClassifier)
    classifier.train(training_data)
    return kitchen, classifier


def understood(
    classifier: LinearIntentClassifier, featurizer: SentenceEncoder, *texts: str
) -> list[Message]:
    """Messages with their intents."""
    return classifier.process(featurizer.process([message(text) for text in texts]))


@pytest.mark.parametrize(("text", "intent"), PLAIN)
def test_a_plain_message_is_understood(
    trained: tuple[Kitchen, LinearIntentClassifier],
    featurizer: SentenceEncoder,
    text: str,
    intent: str,
) -> None:
    """Wordings that stand in no example are understood too."""
    (said,) = understood(trained[1], featurizer, text)
    assert said.get(INTENT)["name"] == intent


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ought I to quit my blood thinner", "personal_advice/medicine"),
        ("my INR came back as 3.4, is that bad", "personal_advice/results"),
        ("can I fly to Spain next week with this bruise", "personal_advice/plan"),
        ("should I put ice on my sore hip", "personal_advice/home"),
    ],
)
def test_advice_is_told_apart_by_what_was_asked(
    trained: tuple[Kitchen, LinearIntentClassifier],
    featurizer: SentenceEncoder,
    text: str,
    key: str,
) -> None:
    """A retrieval intent is ranked as one intent, and comes with its likeliest response key."""
    (said,) = understood(trained[1], featurizer, text)
    assert said.get(INTENT)["name"] == "personal_advice"
    assert said.get(INTENT_RESPONSE_KEY) == key
    (plain,) = understood(trained[1], featurizer, "good morning")
    assert plain.get(INTENT_RESPONSE_KEY) is None


def test_confidences_are_shares_of_one(
    trained: tuple[Kitchen, LinearIntentClassifier], featurizer: SentenceEncoder
) -> None:
    """The ranking is in order, complete enough, and its shares do not exceed the whole."""
    for said in understood(trained[1], featurizer, *(text for text, _ in PLAIN), "qwrtzp"):
        ranking = said.get("intent_ranking")
        shares = [intent["confidence"] for intent in ranking]
        assert len(ranking) == 10
        assert shares == sorted(shares, reverse=True)
        assert 0.5 < sum(shares) <= 1.0001
        assert said.get(INTENT) == ranking[0]


def test_a_restart_changes_nothing(
    trained: tuple[Kitchen, LinearIntentClassifier], featurizer: SentenceEncoder
) -> None:
    """What was learned is loaded back exactly."""
    kitchen, classifier = trained
    loaded = kitchen.load(LinearIntentClassifier)
    texts = [text for text, _ in PLAIN]
    for one, other in zip(
        understood(classifier, featurizer, *texts),
        understood(loaded, featurizer, *texts),
        strict=True,
    ):
        before, after = one.get("intent_ranking"), other.get("intent_ranking")
        assert [intent["name"] for intent in before] == [intent["name"] for intent in after]
        for was, now in zip(before, after, strict=True):
            assert was["confidence"] == pytest.approx(now["confidence"], abs=1e-9)


def test_it_is_stored_without_pickle(trained: tuple[Kitchen, LinearIntentClassifier]) -> None:
    """Loading a model can never run code that somebody hid in it."""
    (path,) = trained[0].stored()
    with zipfile.ZipFile(path) as archive:
        assert {name.split(".")[-1] for name in archive.namelist()} == {"npy"}
    with np.load(path, allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_a_message_without_text_is_left_alone(
    trained: tuple[Kitchen, LinearIntentClassifier],
) -> None:
    """A button that carries its intent keeps it."""
    button = Message({INTENT: {"name": "ask_more", "confidence": 1.0}})
    (said,) = trained[1].process([button])
    assert said.get(INTENT) == {"name": "ask_more", "confidence": 1.0}


def test_it_needs_a_featurizer() -> None:
    """A configuration that cannot work is refused when training, not when a patient asks."""
    from rasa.nlu.featurizers.featurizer import Featurizer

    assert LinearIntentClassifier.required_components() == [Featurizer]
