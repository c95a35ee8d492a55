"""Tunes the reader: danger, act and meaning at once, one pass of the encoder a message.

The losses: cross-entropy on danger, classes weighed by the square root of their rarity;
cross-entropy on the act, whose label may stand for several intents; and supervised
contrastive loss (Khosla et al. 2020) over ways to ask for the same thing. The adapter is
low-rank (Hu et al. 2021, "LoRA"). A linear model over n-grams, which errs elsewhere, is fitted
on its own and added to the log odds of danger.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from knowledge_base.weights import Weights
from training.data import DANGERS, GENERAL_ACTS, MISS, Example
from training.model import Reader
from training.ngrams import fit


@dataclass(frozen=True)
class Recipe:
    """How to tune.

    Attributes:
        rank: of the adapter's matrices.
        epochs: passes over the messages judged on danger.
        judged, asked, pairs: examples of danger, of acts, and pairs of one meaning in a step.
        learning_rate, head_learning_rate: at the highest.
        danger_weight, act_weight, meaning_weight: of the three losses.
        temperature: of the contrastive loss.
        smoothing: of the danger labels, since no clinician has judged them.
        typos: share of messages that get one more slip of the keyboard.
        preceded: share of messages that get a harmless message before them.
        joined: share of messages judged on danger that get a harmless one into the same text.
        ngrams: share of what n-grams say of danger.
        kept: share of the weights gone on from in the weighted mean that is the result (Wortsman et
            al. 2022, "WiSE-FT"): it forgets less, and finds more than either.
        seed: of all chance.
    """

    rank: int = 48
    epochs: float = 5.5
    judged: int = 44
    asked: int = 36
    pairs: int = 64
    learning_rate: float = 1e-3
    head_learning_rate: float = 2e-3
    danger_weight: float = 2.0
    act_weight: float = 0.5
    meaning_weight: float = 0.8
    temperature: float = 0.05
    smoothing: float = 0.02
    typos: float = 0.1
    preceded: float = 0.15
    joined: float = 0.1
    ngrams: float = 0.8
    kept: float = 0.5
    seed: int = 7


def tune(
    judged: Sequence[Example],
    acts: Sequence[Example],
    meanings: Sequence[Example],
    recipe: Recipe,
    start: Weights | None = None,
    device: str = "cpu",
) -> Reader:
    """Tune a reader.

    Args:
        judged: messages judged on danger, in their context.
        acts: intents' examples.
        meanings: ways to ask for facts and for things not covered.
        recipe: how.
        start: weights to go on from; None for those of the base model.
        device: where torch computes, such as "cpu" or "cuda".
    """
    random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    names = sorted({example.act for example in acts if example.act})
    reader = Reader(names, recipe.rank, device)
    if start:
        reader.start_from(start)
    loss_of = _Loss(reader, names, judged, recipe)
    heads = [*reader.danger.parameters(), *reader.act.parameters()]
    body = [p for p in reader.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": body, "lr": recipe.learning_rate},
            {"params": heads, "lr": recipe.head_learning_rate},
        ],
        weight_decay=0.01,
    )
    steps = int(recipe.epochs * len(judged) / recipe.judged)
    # The schedule counts from 0: a warm-up of one step would last no time.
    warm_up = max(0.1, 2 / (steps + 1))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [recipe.learning_rate, recipe.head_learning_rate],
        total_steps=steps + 1,
        pct_start=warm_up,
        anneal_strategy="linear",
    )
    batches = zip(
        _batches(judged, recipe.judged),
        _batches(acts, recipe.asked),
        _pairs(meanings, recipe.pairs),
        strict=False,  # all three go on for ever
    )
    # Dropout would double the time of a step, and made the figures worse.
    reader.eval()
    harmless = [example.text for example in acts if example.act in HARMLESS]
    started, seen = time.monotonic(), [0.0, 0.0, 0.0]
    for step, (messages, *others) in zip(range(steps), batches, strict=False):
        batch = ([_joined(e, recipe.joined, harmless) for e in messages], *others)
        varied = ([_varied(e, recipe, harmless) for e in part] for part in batch)
        losses = loss_of(*varied)
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(body, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        seen = [
            0.98 * old + 0.02 * float(new.detach()) for old, new in zip(seen, losses, strict=True)
        ]
        if step % 50 == 49:
            left = (time.monotonic() - started) / (step + 1) * (steps - step - 1) / 60
            danger, act, meaning = seen
            print(
                f"step {step + 1} of {steps}: danger {danger:.3f}, act {act:.3f}, "
                f"meaning {meaning:.3f}; {left:.0f} minutes left",
                flush=True,
            )
    if start:
        reader.keep(start, recipe.kept)
    told = [example for example in (*judged, *acts, *meanings) if example.danger]
    reader.ngrams.copy_(torch.from_numpy(fit(told, recipe.ngrams)))
    return reader


class _Loss:
    def __init__(
        self, reader: Reader, names: Sequence[str], judged: Sequence[Example], recipe: Recipe
    ) -> None:
        self._reader, self._recipe = reader, recipe
        counts = Counter(example.danger for example in judged)
        rarity = torch.tensor(
            [counts[danger] or 1 for danger in DANGERS], device=reader.device
        ).float()
        rarity = rarity.rsqrt()
        self._rarity = rarity / rarity.mean()
        self._row_of = {danger: row for row, danger in enumerate(DANGERS)}
        self._acts = {
            label: torch.tensor([_stands_for(label, name) for name in names], device=reader.device)
            for label in [*names, *GENERAL_ACTS]
        }

    def __call__(
        self, judged: list[Example], acts: list[Example], meanings: list[Example]
    ) -> tuple[Tensor, Tensor, Tensor]:
        examples = [*judged, *acts, *meanings]
        means = self._reader(examples)
        recipe = self._recipe
        return (
            recipe.danger_weight * self._danger(examples, means),
            recipe.act_weight * self._act(examples, means),
            recipe.meaning_weight * self._meaning(meanings, means[-len(meanings) :]),
        )

    def _danger(self, examples: list[Example], means: Tensor) -> Tensor:
        rows = [row for row, example in enumerate(examples) if example.danger]
        targets = torch.tensor(
            [self._row_of[str(examples[row].danger)] for row in rows], device=means.device
        )
        losses = cross_entropy(
            self._reader.danger(means[rows]),
            targets,
            label_smoothing=self._recipe.smoothing,
            reduction="none",
        )
        weight = self._rarity[targets]
        return (losses * weight).sum() / weight.sum()

    def _act(self, examples: list[Example], means: Tensor) -> Tensor:
        rows = [row for row, example in enumerate(examples) if example.act in self._acts]
        allowed = torch.stack([self._acts[str(examples[row].act)] for row in rows])
        logits = self._reader.act(means[rows]).log_softmax(1)
        return -logits.masked_fill(~allowed, -torch.inf).logsumexp(1).mean()

    def _meaning(self, examples: list[Example], means: Tensor) -> Tensor:
        vectors = normalize(means, dim=1)
        similar = vectors @ vectors.T / self._recipe.temperature
        names = sorted({str(example.meaning) for example in examples})
        of_one = [names.index(str(example.meaning)) for example in examples]
        meaning = torch.tensor(of_one, device=means.device)
        same = meaning[:, None] == meaning
        itself = torch.eye(len(examples), dtype=torch.bool, device=means.device)
        logits = similar.masked_fill(itself, -torch.inf).log_softmax(1)
        positive = same & ~itself
        several = positive.any(1)
        likely = logits.masked_fill(~positive, 0).sum(1)[several] / positive.sum(1)[several]
        return -likely.mean()


def _stands_for(label: str, name: str) -> bool:
    if label == "question":
        return name in QUESTION_ACTS
    return name == label or name in GENERAL_ACTS.get(label, "").split()


HARMLESS = ("greet", "thank", "ask_capabilities", "ask_bot", "ask_overview", "ask_causes")
QUESTION_ACTS = [
    "ask_overview", "ask_causes", "ask_symptoms", "ask_diagnosis", "ask_treatment",
    "ask_prevention", "ask_outlook", "ask_why", "ask_meaning", "out_of_scope_medical",
]  # fmt: skip


def _batches(examples: Sequence[Example], size: int) -> Iterator[list[Example]]:
    """Give all examples in a new order again and again, those of like length together."""
    while True:
        order = random.sample(examples, len(examples))
        window = size * 16
        for start in range(0, len(order), window):
            near = sorted(order[start : start + window], key=_length)
            batches = [near[i : i + size] for i in range(0, len(near) - size + 1, size)]
            yield from random.sample(batches, len(batches))


def _length(example: Example) -> int:
    return len(example.text) + sum(map(len, example.context))


def _pairs(examples: Sequence[Example], size: int) -> Iterator[list[Example]]:
    """Give two ways to ask for each of some things, and a question that only seems to.

    What is asked in more ways is given more often, by the square root of their number.
    """
    ways: dict[str, list[Example]] = defaultdict(list)
    misses: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        meaning, miss, _ = (example.meaning or "").partition(MISS)
        (misses if miss else ways)[meaning].append(example)
    several = [meaning for meaning, asked in ways.items() if meaning and len(asked) > 1]
    often = [len(ways[meaning]) ** 0.5 for meaning in several]
    while True:
        chosen = random.choices(several, often, k=size)
        pairs = [example for meaning in chosen for example in random.sample(ways[meaning], 2)]
        yield [*pairs, *(random.choice(misses[meaning]) for meaning in chosen if misses[meaning])]


def _preceded(example: Example, share: float, harmless: Sequence[str]) -> Example:
    """Return the message behind a harmless one, some of the time."""
    if random.random() >= share:
        return example
    return replace(example, context=(random.choice(harmless), *example.context))


def _joined(example: Example, share: float, harmless: Sequence[str]) -> Example:
    """Return the message with a harmless one before or after it, some of the time."""
    if random.random() >= share:
        return example
    parts = [example.text, random.choice(harmless)]
    random.shuffle(parts)
    return replace(example, text=". ".join(parts), act=None)


def _varied(example: Example, recipe: Recipe, harmless: Sequence[str]) -> Example:
    example = _preceded(example, recipe.preceded, harmless)
    return replace(example, text=misspelt(example.text, recipe.typos))


def misspelt(text: str, share: float) -> str:
    """Return a message with one letter swapped, doubled or dropped, some of the time."""
    if random.random() >= share or len(text) < 8:
        return text
    at = random.randrange(1, len(text) - 1)
    slip = random.choice([text[at + 1] + text[at], text[at] * 2 + text[at + 1], text[at + 1]])
    return text[:at] + slip + text[at + 2 :]
