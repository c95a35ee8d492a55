"""Tunes the reranker (`knowledge_base.reranker`): which of some passages answers, or none.

Each message is read with passages that search can take for the right one. The loss is the
cross-entropy over them and over "none", whose log odds are 0.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from knowledge_base.encoder import DIMENSION
from knowledge_base.index import Index
from knowledge_base.question import ARTICLE_NAMES
from knowledge_base.reranker import (
    HEAD_BIAS,
    HEAD_WEIGHT,
    Pair,
    rows_of,
    side_by_side,
    tokenizer,
    told,
)
from knowledge_base.weights import Adapter
from training.model import LORA_ALPHA, adapter_of, halved, start_from, with_adapter
from training.tune import misspelt

_BLOCK = 500
_SAID = 50


@dataclass(frozen=True)
class Recipe:
    """How to tune.

    Attributes:
        rank: of the adapter's matrices; that of the reader, whose adapter it starts from.
        epochs: passes over all messages.
        messages: in a step.
        passages: read with each message.
        learning_rate, head_learning_rate: at the highest.
        smoothing: of what is right.
        typos: share of messages that get one more slip of the keyboard.
        unnamed: share of those read after the name of their condition that lose it.
        preceded: share of messages without context that are read after another one.
        seed: of all chance.
    """

    rank: int = 48
    epochs: float = 4.0
    messages: int = 48
    passages: int = 6
    learning_rate: float = 6e-4
    head_learning_rate: float = 2e-3
    smoothing: float = 0.02
    typos: float = 0.1
    unnamed: float = 0.5
    preceded: float = 0.15
    seed: int = 7


@dataclass(frozen=True)
class Judged:
    """A message, and passages of which the first one answers, or none.

    Attributes:
        text: the message.
        before: what it is read after.
        passages: ids, the right one first, then the nearest first.
        is_answered: whether the first one answers.
    """

    text: str
    before: str
    passages: tuple[str, ...]
    is_answered: bool


def judged(index: Index, nearest: int) -> list[Judged]:
    """Return all texts of an index that ask, with the passages nearest to each.

    Where one passage answers, the others are of its site: another site's line may answer as well.

    Args:
        index: the built index.
        nearest: how many passages besides the right one.
    """
    facts = [p for p in index.passages.values() if p.kind == "fact"]
    number_of = {passage.id: number for number, passage in enumerate(facts)}
    sites = np.array([passage.site for passage in facts])
    rows = range(len(index.passages), len(index.entries))
    leads_to = np.array([number_of.get(index.entries[row].passage or "", -1) for row in rows])
    vectors = np.asarray(index.layers[rows.start :, -DIMENSION:], dtype=np.float32)
    order = np.argsort(leads_to, kind="stable")[(leads_to < 0).sum() :]
    ways, ends = vectors[order], np.searchsorted(leads_to[order], range(len(facts)))
    found = []
    for start in range(0, len(rows), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ ways.T
        # None is near to itself.
        cosines[np.arange(start, start + len(cosines))[:, None] == order] = -1.0
        best = np.maximum.reduceat(cosines, ends, axis=1)
        for number, near in enumerate(best, start=start):
            right, entry = leads_to[number], index.entries[rows[number]]
            if right >= 0:
                near[sites != sites[right]] = -2.0
                near[right] = 2.0
            ids = [facts[n].id for n in np.argsort(-near, kind="stable")[: nearest + 1]]
            found.append(Judged(entry.text, entry.before, tuple(ids), bool(right >= 0)))
    return found


class CrossEncoder(nn.Module):
    """Reads pairs of message and passage, and gives the log odds that the one answers the other."""

    def __init__(self, rank: int, start: Adapter, device: str = "cpu") -> None:
        """Put an adapter on the packaged weights.

        Args:
            rank: of the adapter's matrices.
            start: the adapter to go on from.
            device: where torch computes, such as "cpu" or "cuda".
        """
        super().__init__()
        _, self.encoder = with_adapter(rank)
        start_from(self.encoder, start)
        self.head = nn.Linear(3 * DIMENSION, 1)
        self.pieces = tokenizer()
        self.device = torch.device(device)
        self.to(self.device)

    def forward(self, pairs: Sequence[Pair]) -> Tensor:
        """Return the log odds of each pair, shape (pairs,)."""
        rows = {
            name: torch.from_numpy(array).to(self.device)
            for name, array in rows_of(self.pieces, pairs).items()
        }
        message, passage = rows.pop("message"), rows.pop("passage")
        with torch.autocast(self.device.type, torch.bfloat16, self.device.type == "cuda"):
            words = self.encoder(**rows).last_hidden_state
        odds: Tensor = self.head(side_by_side(words.float(), message, passage))
        return odds.squeeze(1)

    @property
    def scale(self) -> float:
        """What the product of an adapter's two matrices is multiplied by."""
        return LORA_ALPHA

    def tuned(self) -> dict[str, Tensor]:
        """Return what was tuned, in half precision."""
        head = {HEAD_WEIGHT: self.head.weight.detach(), HEAD_BIAS: self.head.bias.detach()}
        return halved({**adapter_of(self.encoder), **head})


def tune(
    messages: Sequence[Judged],
    tells: dict[str, str],
    recipe: Recipe,
    start: Adapter,
    device: str = "cpu",
) -> CrossEncoder:
    """Tune a reranker.

    Args:
        messages: with their passages.
        tells: by id, what each passage tells (`knowledge_base.reranker.told`).
        recipe: how.
        start: the adapter to go on from, of the same rank.
        device: where torch computes, such as "cpu" or "cuda".
    """
    random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    model = CrossEncoder(recipe.rank, start, device)
    # As for the reader, dropout would only cost time.
    model.eval()
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    rates = (recipe.learning_rate, recipe.head_learning_rate)
    groups = zip((body, model.head.parameters()), rates, strict=True)
    optimizer = torch.optim.AdamW(
        [{"params": part, "lr": rate} for part, rate in groups], weight_decay=0.01
    )
    steps = int(recipe.epochs * len(messages) / recipe.messages)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        list(rates),
        total_steps=steps + 1,
        pct_start=max(0.1, 2 / (steps + 1)),
        anneal_strategy="linear",
    )
    others = [message.text for message in messages if message.is_answered]
    none = recipe.passages
    started, seen = time.monotonic(), 0.0
    for step, batch in zip(range(steps), _batches(messages, recipe.messages), strict=False):
        pairs = [pair for message in batch for pair in _pairs(message, tells, recipe, others)]
        odds = model(pairs).view(len(batch), none)
        right = [0 if message.is_answered else none for message in batch]
        loss = cross_entropy(
            torch.cat([odds, odds.new_zeros(len(batch), 1)], 1),
            torch.tensor(right, device=odds.device),
            label_smoothing=recipe.smoothing,
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(body, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        seen = 0.98 * seen + 0.02 * float(loss.detach())
        if step % _SAID == _SAID - 1:
            left = (time.monotonic() - started) / (step + 1) * (steps - step - 1) / 60
            print(f"step {step + 1} of {steps}: {seen:.3f}; {left:.0f} minutes left", flush=True)
    return model


def _batches(messages: Sequence[Judged], size: int) -> Iterator[list[Judged]]:
    """Give all messages in a new order again and again, those of like length together."""
    while True:
        order = random.sample(messages, len(messages))
        window = size * 32
        for start in range(0, len(order), window):
            near = sorted(order[start : start + window], key=lambda m: len(m.text) + len(m.before))
            batches = [near[i : i + size] for i in range(0, len(near) - size + 1, size)]
            yield from random.sample(batches, len(batches))


def _pairs(
    message: Judged, tells: dict[str, str], recipe: Recipe, others: Sequence[str]
) -> list[Pair]:
    """Return a message with the right passage, if there is one, and some of those near it."""
    first, *near = message.passages
    if message.is_answered:
        read = [first, *random.sample(near, recipe.passages - 1)]
    else:
        read = random.sample(message.passages, recipe.passages)
    before = message.before
    if before in ARTICLE_NAMES.values() and random.random() < recipe.unnamed:
        before = ""
    if not before and random.random() < recipe.preceded:
        before = random.choice(others)
    text = misspelt(message.text, recipe.typos)
    return [Pair(before, text, tells[name]) for name in read]


def tells_of(index: Index) -> dict[str, str]:
    """Return by id what each passage that may be said tells."""
    return {p.id: told(p) for p in index.passages.values() if p.kind == "fact"}
