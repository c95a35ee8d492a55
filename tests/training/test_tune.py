"""Tuning: a few steps on a few messages, with the real encoder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from knowledge_base.encoder import OnnxEncoder, export, in_context
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.weights import ADAPTER, MANIFEST, THRESHOLDS, load_weights, shared_weights
from training.__main__ import _write
from training.data import DANGERS, Example, acts, dangers, meanings
from training.measure import FALSE_ALARMS, thresholds
from training.model import Reader
from training.tune import Recipe, tune

QUICK = replace(Recipe(), rank=4, epochs=1, judged=16, asked=8, pairs=4)


@pytest.fixture(scope="module")
def tuned() -> Reader:
    return tune(dangers()[::400], acts()[::160], meanings()[::12], QUICK)


@pytest.fixture(scope="module")
def folder(tuned: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reader")
    _write(made, tuned, QUICK, {}, dict.fromkeys(DANGERS[1:], 0.5), {})
    export(made / "encoder.onnx", load_weights(made))
    return made


def test_what_serves_is_what_was_tuned(tuned: Reader, folder: Path) -> None:
    """The weights that were measured are the weights that run, context and head included."""
    weights = load_weights(folder)
    assert {"base", "adapter", "data", "recipe", "figures", "dangers"} <= set(weights.manifest)
    encoder = OnnxEncoder(folder / "encoder.onnx", weights)
    examples = [Example("is numb", ("I take warfarin", "my leg")), Example("hello")]
    with torch.no_grad():
        means = tuned(examples).numpy()
    texts, befores = ["is numb", "hello"], [in_context(example.context) for example in examples]
    served = encoder.means(texts, befores)
    # Half precision rounds.
    np.testing.assert_allclose(served, means, atol=5e-3)
    chances = weights.danger_of(served, texts, befores)
    np.testing.assert_allclose(chances, tuned.chances(examples), atol=5e-3)
    assert abs(chances - weights.danger_of(served, ["", ""])).max() > 0.001


def test_an_encoder_of_other_weights_is_refused(folder: Path) -> None:
    """Nothing falls back silently to weights that were not measured."""
    with pytest.raises(KnowledgeBaseError, match=r"not made of the weights.*make train"):
        OnnxEncoder(folder / "encoder.onnx", shared_weights())


@pytest.mark.parametrize("name", [ADAPTER, MANIFEST, THRESHOLDS])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"\xff{")])
def test_damaged_weights_end_in_one_sentence(
    folder: Path, tmp_path: Path, name: str, damage: object
) -> None:
    """A lost or damaged file says what to run."""
    for part in (ADAPTER, MANIFEST, THRESHOLDS):
        (tmp_path / part).write_bytes((folder / part).read_bytes())
    damage(tmp_path / name)  # type: ignore[operator]
    with pytest.raises(KnowledgeBaseError, match=r"git checkout training.*make tune"):
        load_weights(tmp_path)


def test_thresholds_keep_false_alarms_within_bounds() -> None:
    """The lowest threshold within the bounds is taken, for each family of dangers."""
    found = {
        name: [
            {"threshold": t, "dangers": 1.0, "look_alikes": bound * share, "ordinary": 0.0}
            for t, share in steps
        ]
        for (name, (bound, _)), steps in zip(
            FALSE_ALARMS.items(),
            ([(0.2, 1.5), (0.7, 1.0), (0.95, 0.5)], [(0.2, 3.0), (0.7, 1.5), (0.95, 1.0)]),
            strict=True,
        )
    }
    least = thresholds(found)
    assert set(least) == set(DANGERS[1:])
    assert (least["urgent"], least["crisis"]) == (0.7, 0.95)
