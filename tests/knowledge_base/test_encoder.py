"""The encoder: the same vectors as the reference, fast, and without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.encoder import DIMENSION, Encoder, OnnxEncoder
from knowledge_base.errors import KnowledgeBaseError


def test_vectors_have_length_one(encoder: Encoder) -> None:
    """A similarity can be read as a cosine, whatever was typed."""
    vectors = encoder.encode(["one", "a longer question about the spine", "", "😀", "x " * 3000])
    assert vectors.shape == (5, DIMENSION)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_has_one_vector_whatever_it_is_encoded_with(encoder: Encoder) -> None:
    """What a patient asks finds the same passages alone and in a batch of others."""
    texts = ["what is it", "how is a bleed near the spine found, and by whom", "treatment"] * 30
    together = encoder.encode(texts)
    alone = np.vstack([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_order_of_a_batch_is_kept(encoder: Encoder) -> None:
    """No text gets the vector of another, though batches are sorted by length inside."""
    texts = ["word " * n for n in (40, 1, 200, 7, 90)]
    vectors = encoder.encode(texts)
    for text, vector in zip(texts, vectors, strict=True):
        assert float(vector @ encoder.encode([text])[0]) > 0.9999


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    """Nothing to encode is no error."""
    assert encoder.encode([]).shape == (0, DIMENSION)


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("signs of a spine bleed", "symptoms of a spinal hematoma", "how to bake bread"),
        ("the psoas muscle", "a muscle of the hip", "train times"),
    ],
)
def test_like_meanings_have_like_vectors(encoder: Encoder, one: str, near: str, far: str) -> None:
    """A patient need not use the words of the article."""
    first, second, third = encoder.encode([one, near, far])
    assert first @ second > 0.5 > 0.3 > first @ third


def test_it_says_what_to_do_when_the_model_file_is_missing(tmp_path: Path) -> None:
    """Without its file the bot ends with a sentence that names the command to run."""
    with pytest.raises(KnowledgeBaseError, match=r"encoder\.onnx.*make train"):
        OnnxEncoder(tmp_path / "encoder.onnx")


def test_serving_does_not_load_torch() -> None:
    """A running bot stays small: the heavy library is for building alone."""
    program = (
        "import sys; from knowledge_base.answer import shared_answerer; shared_answerer();"
        "from knowledge_base.encoder import shared_encoder; shared_encoder().encode(['a']);"
        "sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


def test_context_changes_what_a_fragment_means(encoder: Encoder) -> None:
    """ "is it rare" after a spine bleed is not what it is after a bleed in the hip."""
    before_spine, before_hip = "spinal hematoma", "iliopsoas hematoma"
    asked = encoder.encode(["is it rare"], before_spine)[0]
    named = encoder.encode(["is a spinal hematoma rare", "is an iliopsoas hematoma rare"])
    assert asked @ named[0] > asked @ named[1]
    assert not np.allclose(asked, encoder.encode(["is it rare"], before_hip)[0], atol=1e-2)


def test_a_mean_keeps_its_length_and_its_direction(encoder: OnnxEncoder) -> None:
    """The heads read the same vector that search compares."""
    (mean,), (unit,) = encoder.means(["my legs are numb"]), encoder.encode(["my legs are numb"])
    np.testing.assert_allclose(mean / np.linalg.norm(mean), unit, atol=1e-6)
    assert np.linalg.norm(mean) > 1.5


@pytest.mark.slow
def test_texts_encoded_in_one_pass_are_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that knows what it will need pays for one pass, and gets the same vectors."""
    texts = ["what are the symptoms of a spinal hematoma", "what are the symptoms"]
    alone, together = OnnxEncoder(), OnnxEncoder()
    vectors = together.encode(texts)
    monkeypatch.setattr(together, "_run", None)
    assert np.array_equal(together.encode(texts[::-1]), vectors[::-1])
    for text in texts:
        assert np.allclose(together.encode([text]), alone.encode([text]), atol=1e-5)
