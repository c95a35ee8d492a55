"""How much is measured: the whole run, and the quick one that only shows that all works."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Plan:
    """Every count and limit of a run; the same for both sides.

    Attributes:
        seed: of every draw.
        rounds: how often each side is started and measured, in turns: ours, stock, ours, ...
        questions: different questions for the time of one turn.
        per_sender: questions that one sender asks before the next sender takes over.
        senders: for each number, turns per second with so many senders at once.
        load_seconds: one throughput measurement sends no new message after so many seconds,
        load_turns: nor more messages than this.
        conversations: long conversations in each round.
        turns: messages of a long conversation.
        bursts: in each round, how often one sender sends six messages at once.
        profiled: questions whose time is split by stage.
        stock_examples: training examples per intent of the stock bot; 0 means all.
        stock_epochs: epochs of its networks; 0 means Rasa's default.
        scale_sizes: passages in the large indexes; none leaves them out.
        quick: whether this is the quick run, whose figures say little.
    """

    seed: int = 20
    rounds: int = 2
    questions: int = 300
    per_sender: int = 3
    senders: tuple[int, ...] = (1, 4, 8, 16)
    load_seconds: float = 5.0
    load_turns: int = 600
    conversations: int = 2
    turns: int = 205
    bursts: int = 2
    profiled: int = 150
    stock_examples: int = 15
    stock_epochs: int = 0
    scale_sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    quick: bool = False


FULL = Plan()
QUICK = replace(
    FULL,
    rounds=1,
    questions=40,
    load_seconds=1.0,
    load_turns=60,
    conversations=1,
    turns=25,
    bursts=1,
    profiled=30,
    stock_examples=4,
    stock_epochs=5,
    scale_sizes=(),
    quick=True,
)
