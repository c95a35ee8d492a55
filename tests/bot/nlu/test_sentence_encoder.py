"""The featurizer: one sentence vector per message."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sentence_encoder import SentenceEncoder
from knowledge_base.encoder import DIMENSION, Encoder
from knowledge_base.search import Searcher
from tests.bot.nlu.conftest import message


def sentence_feature(said: Message) -> np.ndarray:
    """The sentence vector of a message."""
    feature = said.get_dense_features(TEXT)[1]
    assert feature is not None
    return feature.features


@pytest.mark.parametrize("text", ["hello", "what is it? " * 200, "😀", "日本語", "\u200b"])
def test_a_message_gets_one_vector_of_length_one(featurizer: SentenceEncoder, text: str) -> None:
    """Whatever is typed can be understood as a whole."""
    (said,) = featurizer.process([message(text)])
    assert sentence_feature(said).shape == (1, DIMENSION)
    assert np.linalg.norm(sentence_feature(said)) == pytest.approx(1.0, abs=1e-4)
    assert said.get_dense_features(TEXT)[0] is None  # nothing per word


def test_each_message_of_a_batch_gets_its_own_vector(featurizer: SentenceEncoder) -> None:
    """No patient's message is taken for another's."""
    texts = ["what is it", "how is a spine bleed treated", "thanks"]
    batch = featurizer.process([message(text) for text in texts])
    for text, said in zip(texts, batch, strict=True):
        (alone,) = featurizer.process([message(text)])
        np.testing.assert_allclose(sentence_feature(said), sentence_feature(alone), atol=1e-5)


def test_spelling_does_not_change_the_vector(featurizer: SentenceEncoder) -> None:
    """A British or misspelt message is understood like the plain one."""
    one, other = featurizer.process(
        [message("illiopsoas haematoma sypmtoms"), message("iliopsoas hematoma symptoms")]
    )
    np.testing.assert_allclose(sentence_feature(one), sentence_feature(other), atol=1e-6)


def test_it_is_the_vector_that_search_uses(
    featurizer: SentenceEncoder, encoder: Encoder, searcher: Searcher
) -> None:
    """One pass of the encoder serves understanding and search, so a turn is quick."""
    (said,) = featurizer.process([message("Can ASPRIN cause it?")])
    again = encoder.encode([searcher.normalize("Can ASPRIN cause it?")])
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
