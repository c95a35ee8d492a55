"""Tuned weights: an adapter for the base model, the heads tuned with it, and their manifest."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ngrams import ngrams_of

READER_DIR = Path(__file__).parents[1] / "training" / "reader"
ADAPTER, MANIFEST, THRESHOLDS = "adapter.safetensors", "manifest.json", "thresholds.json"
# A matrix of the encoder is tuned by the product of two small ones.
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
DANGER_WEIGHT, DANGER_BIAS, DANGER_NGRAMS = "danger.weight", "danger.bias", "danger.ngrams"
_REMEDY = "run `git checkout training`, or `make tune` to tune anew."


@dataclass(frozen=True)
class Adapter:
    """What was tuned.

    Attributes:
        tensors: name to array; those of the adapter are named like the base model's layers.
        manifest: base model, scale of the adapter, data digest, figures, and what else is known.
        digest: SHA-256 of the file that holds the tensors.
    """

    tensors: dict[str, npt.NDArray[np.float16]]
    manifest: dict[str, Any]
    digest: str

    def merge_into(self, encoder: Any) -> None:
        """Add what was tuned to the base weights of a torch encoder.

        Args:
            encoder: transformer whose layers carry the names of the adapter.
        """
        import torch

        layers = dict(encoder.named_parameters())
        with torch.no_grad():
            for name, down in self.tensors.items():
                if name.endswith(DOWN):
                    layer = name.removesuffix(DOWN)
                    up = self.tensors[layer + UP]
                    change = up.astype(np.float32) @ down.astype(np.float32)
                    layers[layer + ".weight"] += self.manifest["scale"] * torch.from_numpy(change)


@dataclass(frozen=True)
class Weights(Adapter):
    """What was tuned for the reader.

    Attributes:
        thresholds: least probability of danger at which each kind alarms.
    """

    thresholds: dict[str, float]

    @property
    def dangers(self) -> list[str]:
        """Kinds of danger, in the order of the head's rows; the first one is none."""
        return list(self.manifest["dangers"])

    def danger_of(
        self,
        means: npt.NDArray[np.float32],
        texts: Sequence[str],
        before: str | Sequence[str] = "",
    ) -> npt.NDArray[np.float32]:
        """Return the probability of each kind of danger, none first.

        Args:
            means: unnormalised sentence vectors of the messages, shape (messages, dimension).
            texts: the messages.
            before: what each was read after (`knowledge_base.encoder.in_context`).

        Returns:
            array of shape (messages, kinds); rows add up to 1.
        """
        weight, bias, by_ngrams = (
            self.tensors[name].astype(np.float32)
            for name in (DANGER_WEIGHT, DANGER_BIAS, DANGER_NGRAMS)
        )
        logits = means @ weight.T + bias
        for row, (columns, values) in enumerate(ngrams_of(texts, before)):
            logits[row, 0] -= by_ngrams[columns] @ values + by_ngrams[-1]
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def kind_of(self, chances: npt.NDArray[np.float32]) -> tuple[str | None, float]:
        """Return the kind of danger to alarm for, or None, and how likely danger is.

        Args:
            chances: one row of `danger_of`.
        """
        kind = self.dangers[1 + int(np.argmax(chances[1:]))]
        danger = float(1 - chances[0])
        return (kind if danger >= self.thresholds[kind] else None), danger


def load_adapter(folder: Path) -> Adapter:
    """Read tuned weights and check them against their manifest.

    Raises:
        KnowledgeBaseError: a file is missing, damaged, or of another pair.
    """
    from safetensors.numpy import load

    manifest = _object_in(folder / MANIFEST)
    try:
        content = (folder / ADAPTER).read_bytes()
    except FileNotFoundError as error:
        raise KnowledgeBaseError(f"{ADAPTER} is missing: {_REMEDY}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest.get("adapter"):
        raise KnowledgeBaseError(f"{ADAPTER} is not the one that {MANIFEST} names: {_REMEDY}")
    return Adapter(load(content), manifest, digest)


def load_weights(folder: Path = READER_DIR) -> Weights:
    """Read the reader's weights and thresholds.

    Raises:
        KnowledgeBaseError: a file is missing, damaged, or of another pair.
    """
    found = load_adapter(folder)
    thresholds = _object_in(folder / THRESHOLDS)
    return Weights(found.tensors, found.manifest, found.digest, thresholds["thresholds"])


def _object_in(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise KnowledgeBaseError(f"{path.name} is missing: {_REMEDY}") from error
    except (ValueError, TypeError) as error:
        raise KnowledgeBaseError(f"{path.name} is damaged: {_REMEDY}") from error


@lru_cache(maxsize=1)
def shared_weights() -> Weights:
    """Return the tuned weights of this process."""
    return load_weights()
