"""The featurizer: one sentence vector per message."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.context import CONTEXT_KEY
from bot.nlu.sentence_encoder import SentenceEncoder
from knowledge_base.encoder import DIMENSION, OnnxEncoder
from tests.bot.nlu.conftest import message


def sentence_feature(said: Message) -> np.ndarray:
    """The sentence vector of a message."""
    feature = said.get_dense_features(TEXT)[1]
    assert feature is not None
    return feature.features


@pytest.mark.parametrize("text", ["hello", "what is it? " * 200, "😀", "日本語", "\u200b"])
def test_a_message_gets_one_vector(featurizer: SentenceEncoder, text: str) -> None:
    """Whatever is typed can be understood as a whole."""
    (said,) = featurizer.process([message(text)])
    assert sentence_feature(said).shape == (1, DIMENSION)
    assert said.get_dense_features(TEXT)[0] is None  # nothing per word


def test_each_message_of_a_batch_gets_its_own_vector(featurizer: SentenceEncoder) -> None:
    """No patient's message is taken for another's."""
    texts = ["what is it", "how is a spine bleed treated", "thanks"]
    batch = featurizer.process([message(text) for text in texts])
    for text, said in zip(texts, batch, strict=True):
        (alone,) = featurizer.process([message(text)])
        np.testing.assert_allclose(sentence_feature(said), sentence_feature(alone), atol=1e-5)


def test_a_message_is_read_after_what_was_said(featurizer: SentenceEncoder) -> None:
    """The conversation before a message changes its vector, and is noted for the action."""
    tracker = DialogueStateTracker("one", [])
    tracker.update(UserUttered("I take warfarin"))
    (said,) = featurizer.process([message("my leg is numb")], tracker)
    (alone,) = featurizer.process([message("my leg is numb")])
    assert said.get(CONTEXT_KEY) == "I take warfarin"
    assert not np.allclose(sentence_feature(said), sentence_feature(alone), atol=1e-2)


def test_it_is_the_vector_that_search_uses(
    featurizer: SentenceEncoder, encoder: OnnxEncoder
) -> None:
    """One pass of the encoder serves understanding and search, so a turn is quick."""
    (said,) = featurizer.process([message("Can ASPRIN cause it?")])
    again = encoder.means(["Can ASPRIN cause it?"])
    np.testing.assert_array_equal(sentence_feature(said), again)


def test_a_message_without_text_is_left_alone(featurizer: SentenceEncoder) -> None:
    """An event without words does not break a turn."""
    (said,) = featurizer.process([Message({})])
    assert said.features == []


def test_all_training_examples_get_their_vector(training_data: TrainingData) -> None:
    """Every example that was written is learned from."""
    spoken = [m for m in training_data.training_examples if m.get(TEXT)]
    assert len(spoken) > 500
    assert all(sentence_feature(example).shape == (1, DIMENSION) for example in spoken)
