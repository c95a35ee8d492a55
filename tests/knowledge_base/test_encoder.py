"""The encoder: the same vectors whatever comes with a text."""

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.encoder import DIMENSION, Encoder, OnnxEncoder
from knowledge_base.errors import KnowledgeBaseError


def test_vectors_have_length_one(encoder: OnnxEncoder) -> None:
    """A similarity can be read as a cosine, and the heads read the same vector as search."""
    texts = ["one", "a longer question about the spine", "", "😀", "x " * 3000]
    vectors, means = encoder.encode(texts), encoder.means(texts)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(means / lengths, vectors, atol=1e-5)
    assert lengths.min() > 1.5
    assert encoder.encode([]).shape == (0, DIMENSION)


def test_a_text_has_one_vector_whatever_it_is_encoded_with(encoder: Encoder) -> None:
    """What a patient asks finds the same passages alone and in a batch of others."""
    texts = ["what is it", "how is a bleed near the spine found", "word " * 40, "treatment"] * 17
    alone = np.vstack([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=1e-5)


def test_it_says_what_to_do_when_the_model_file_is_missing(tmp_path: Path) -> None:
    """Without its file the bot ends with a sentence that names the command to run."""
    with pytest.raises(KnowledgeBaseError, match=r"encoder\.onnx.*make train"):
        OnnxEncoder(tmp_path / "encoder.onnx")
