"""The reader in training: the encoder with its adapter, and one linear head for each task."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from peft import LoraConfig, get_peft_model
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

from knowledge_base.encoder import DIMENSION, in_context, mean_of_message, model_dir
from knowledge_base.ngrams import NGRAMS
from knowledge_base.weights import (
    DANGER_BIAS,
    DANGER_NGRAMS,
    DANGER_WEIGHT,
    Adapter,
    Weights,
)
from training.data import DANGERS, Example

TUNED_LAYERS = ["query", "key", "value", "dense"]
# Weight of the adapter, for any rank.
LORA_ALPHA = 2
# Longer messages are rare in the training data, and slow it down.
MAX_TRAINING_TOKENS = 128
# On a processor, parts of like length waste less; a GPU waits between parts.
ROWS_AT_ONCE = {"cpu": 20, "cuda": 400}
_AT_ONCE = 100


def with_adapter(rank: int) -> tuple[Any, Any]:
    """Return the base model's tokenizer, and its encoder with an adapter on all linear layers.

    Args:
        rank: of the adapter's matrices.
    """
    base = SentenceTransformer(str(model_dir()), device="cpu")
    adapter = LoraConfig(r=rank, lora_alpha=LORA_ALPHA * rank, target_modules=TUNED_LAYERS)
    return base.tokenizer, get_peft_model(base[0].auto_model, adapter)


def start_from(encoder: Any, tuned: Adapter) -> None:
    """Let the adapter of an encoder be one that was tuned before, of the same rank."""
    state = {
        f"base_model.model.{name.replace('.weight', '.default.weight')}": torch.from_numpy(t)
        for name, t in tuned.tensors.items()
        if ".lora_" in name
    }
    encoder.load_state_dict({**encoder.state_dict(), **state})


def adapter_of(encoder: Any) -> dict[str, Tensor]:
    """Return an encoder's adapter; the names lose what PEFT puts before and into them."""
    return {
        name.removeprefix("base_model.model.").replace(".default", ""): tensor
        for name, tensor in encoder.state_dict().items()
        if ".lora_" in name
    }


def halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors as they are stored: in half precision."""
    return {name: tensor.half().cpu().contiguous() for name, tensor in tensors.items()}


class Reader(nn.Module):
    """One pass over messages in their context, and heads on the mean of a message's tokens."""

    def __init__(self, acts: Sequence[str], rank: int, device: str = "cpu") -> None:
        """Load the packaged weights and put an adapter on them.

        Args:
            acts: names of the intents, in the order of the head's rows.
            rank: of the adapter's matrices.
            device: where torch computes, such as "cpu" or "cuda".
        """
        super().__init__()
        self.tokenizer, self.encoder = with_adapter(rank)
        self.danger = nn.Linear(DIMENSION, len(DANGERS))
        self.act = nn.Linear(DIMENSION, len(acts))
        self.register_buffer("ngrams", torch.zeros(NGRAMS + 1))
        self.device = torch.device(device)
        self.to(self.device)

    def start_from(self, weights: Weights) -> None:
        """Take over adapter and danger head that were tuned before, of the same rank."""
        start_from(self.encoder, weights)
        for name, own in ((DANGER_WEIGHT, self.danger.weight), (DANGER_BIAS, self.danger.bias)):
            own.data = torch.from_numpy(weights.tensors[name]).float().to(self.device)

    def keep(self, weights: Weights, share: float) -> None:
        """Move adapter and danger head towards weights that were tuned before.

        Args:
            weights: of the same rank.
            share: how far, 0 to 1.
        """
        tuned = {name: tensor.numpy() for name, tensor in self.tuned().items()}
        mixed = {
            name: share * weights.tensors[name].astype(np.float32) + (1 - share) * own
            for name, own in tuned.items()
        }
        self.start_from(Weights(mixed, {}, "", {}))

    def forward(self, examples: Sequence[Example]) -> Tensor:
        """Return the unnormalised mean of each message's tokens, shape (examples, DIMENSION)."""
        rows = self._rows(examples)
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]["input_ids"]))
        size = ROWS_AT_ONCE[self.device.type]
        parts = [order[start : start + size] for start in range(0, len(order), size)]
        means = [self._means([rows[n] for n in part]) for part in parts]
        return torch.cat(means)[torch.tensor(order).argsort()]

    def _means(self, rows: list[dict[str, list[int]]]) -> Tensor:
        tokens = self.tokenizer.pad(rows, return_tensors="pt").to(self.device)
        words = self.encoder(**tokens).last_hidden_state
        return mean_of_message(words, tokens["attention_mask"], tokens["token_type_ids"])

    @property
    def scale(self) -> float:
        """What the product of an adapter's two matrices is multiplied by."""
        return LORA_ALPHA

    def tuned(self) -> dict[str, Tensor]:
        """Return what was tuned and is needed to read, in half precision."""
        heads = {
            DANGER_WEIGHT: self.danger.weight.detach(),
            DANGER_BIAS: self.danger.bias.detach(),
            DANGER_NGRAMS: self.ngrams,
        }
        return halved({**adapter_of(self.encoder), **heads})

    @torch.no_grad()
    def chances(self, examples: Sequence[Example]) -> npt.NDArray[np.float32]:
        """Return what `Weights.danger_of` will make of messages."""
        parts = [self(examples[i : i + _AT_ONCE]) for i in range(0, len(examples), _AT_ONCE)]
        tensors = {name: tensor.numpy() for name, tensor in self.tuned().items()}
        return Weights(tensors, {}, "", {}).danger_of(
            torch.cat(parts).cpu().numpy(),
            [example.text for example in examples],
            [in_context(example.context) for example in examples],
        )

    def _rows(self, examples: Sequence[Example]) -> list[dict[str, list[int]]]:
        """Return the word pieces of messages; those with and without a context in one go each."""
        befores = [in_context(example.context) for example in examples]
        rows: dict[int, dict[str, list[int]]] = {}
        for follows in (False, True):
            chosen = [n for n, before in enumerate(befores) if bool(before) == follows]
            if chosen:
                parts = [[befores[n] for n in chosen]] if follows else []
                parts.append([examples[n].text for n in chosen])
                found = self.tokenizer(*parts, truncation=True, max_length=MAX_TRAINING_TOKENS)
                for place, n in enumerate(chosen):
                    rows[n] = {name: pieces[place] for name, pieces in found.items()}
        return [rows[n] for n in range(len(examples))]
