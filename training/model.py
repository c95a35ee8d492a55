"""The reader in training: the encoder with its adapter, and one linear head for each task."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from peft import LoraConfig, get_peft_model
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

from knowledge_base.encoder import DIMENSION, in_context, mean_of_message, model_dir
from knowledge_base.ngrams import NGRAMS
from knowledge_base.weights import DANGER_BIAS, DANGER_NGRAMS, DANGER_WEIGHT, Weights
from training.data import DANGERS, Example

TUNED_LAYERS = ["query", "key", "value", "dense"]
# Weight of the adapter, for any rank.
LORA_ALPHA = 2
# Longer messages are rare in the training data, and slow it down.
MAX_TRAINING_TOKENS = 128
ROWS_AT_ONCE = 20
_AT_ONCE = 100


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
        base = SentenceTransformer(str(model_dir()), device="cpu")
        self.tokenizer = base.tokenizer
        adapter = LoraConfig(r=rank, lora_alpha=LORA_ALPHA * rank, target_modules=TUNED_LAYERS)
        self.encoder = get_peft_model(base[0].auto_model, adapter)
        self.danger = nn.Linear(DIMENSION, len(DANGERS))
        self.act = nn.Linear(DIMENSION, len(acts))
        self.register_buffer("ngrams", torch.zeros(NGRAMS + 1))
        self.device = torch.device(device)
        self.to(self.device)

    def start_from(self, weights: Weights) -> None:
        """Take over adapter and danger head that were tuned before, of the same rank."""
        state = {
            f"base_model.model.{name.replace('.weight', '.default.weight')}": torch.from_numpy(t)
            for name, t in weights.tensors.items()
            if ".lora_" in name
        }
        self.encoder.load_state_dict({**self.encoder.state_dict(), **state})
        for name, own in ((DANGER_WEIGHT, self.danger.weight), (DANGER_BIAS, self.danger.bias)):
            own.data = torch.from_numpy(weights.tensors[name]).float().to(self.device)

    def forward(self, examples: Sequence[Example]) -> Tensor:
        """Return the unnormalised mean of each message's tokens, shape (examples, DIMENSION)."""
        rows = [self._row(example) for example in examples]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]["input_ids"]))
        means = [self._means([rows[n] for n in part]) for part in _parts(order)]
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
        """Return what was tuned and is needed to read, in half precision.

        The adapter's names lose what PEFT puts before and into them.
        """
        state = {
            name.removeprefix("base_model.model.").replace(".default", ""): tensor
            for name, tensor in self.encoder.state_dict().items()
            if ".lora_" in name
        }
        state |= {
            DANGER_WEIGHT: self.danger.weight.detach(),
            DANGER_BIAS: self.danger.bias.detach(),
            DANGER_NGRAMS: self.ngrams,
        }
        return {name: tensor.half().cpu().contiguous() for name, tensor in state.items()}

    @torch.no_grad()
    def chances(self, examples: Sequence[Example]) -> npt.NDArray[np.float32]:
        """Return what `Weights.danger_of` will make of messages."""
        parts = [self(examples[i : i + _AT_ONCE]) for i in range(0, len(examples), _AT_ONCE)]
        tensors = {name: tensor.numpy() for name, tensor in self.tuned().items()}
        return Weights(tensors, {}, {}, "").danger_of(
            torch.cat(parts).cpu().numpy(),
            [example.text for example in examples],
            [in_context(example.context) for example in examples],
        )

    def _row(self, example: Example) -> dict[str, list[int]]:
        before = in_context(example.context)
        pair = (before, example.text) if before else (example.text,)
        return dict(self.tokenizer(*pair, truncation=True, max_length=MAX_TRAINING_TOKENS))


def _parts(order: list[int]) -> list[list[int]]:
    """Cut rows in the order of their length into parts that waste little padding."""
    return [order[start : start + ROWS_AT_ONCE] for start in range(0, len(order), ROWS_AT_ONCE)]
