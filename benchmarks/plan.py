"""How much is measured: the whole run, and the quick one that only shows that all works."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Plan:
    """Every count and limit of a run; the same for both sides.

    Attributes:
        seed: of every draw.
        rounds: how often each side is started and measured, in turns: ours, stock, ours, ...
        questions: different questions for the time of one turn.
        per_sender: questions that one sender asks before the next takes over.
        senders: how many send at once where turns per second are counted.
        load_seconds: then, after so many seconds no sender begins another conversation.
        conversations: long conversations in each round.
        turns: messages of a long conversation.
        stock_examples: training examples per intent of the stock bot; 0 means all.
        stock_epochs: epochs of its networks; 0 means Rasa's default.
        quick: whether this is the quick run, whose figures say little.
    """

    seed: int = 20
    rounds: int = 2
    questions: int = 300
    per_sender: int = 3
    senders: int = 8
    load_seconds: float = 5.0
    conversations: int = 2
    turns: int = 205
    stock_examples: int = 15
    stock_epochs: int = 0
    quick: bool = False


FULL = Plan()
QUICK = replace(
    FULL,
    rounds=1,
    questions=40,
    load_seconds=1.0,
    conversations=1,
    turns=25,
    stock_examples=4,
    stock_epochs=5,
    quick=True,
)
