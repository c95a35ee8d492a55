"""Command line: ``python -m benchmarks`` (``make bench``)."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.measure import measure, questions
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.results import FILE, OURS, STOCK, Results, load, machine
from benchmarks.sides import Ours, Side, Stock
from evaluation import EvaluationError
from evaluation.launch import ROOT

_INTERRUPTED, _TERMINATED = 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure this bot and a stock Rasa bot on this machine, side by side.",
    )
    parser.add_argument("--quick", action="store_true", help="show that all works, write no record")
    parser.add_argument("--show", action="store_true", help="print the record of the last full run")
    parser.add_argument(
        "--stock-examples",
        type=int,
        metavar="N",
        help="training examples per intent of the stock bot, 0 for all, which take many minutes",
    )
    options = parser.parse_args(arguments)
    plan = QUICK if options.quick else FULL
    if options.stock_examples is not None:
        plan = replace(plan, stock_examples=max(options.stock_examples, 0))
    # Ends the run as Ctrl+C does, so that no server stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        results = load() if options.show else run(plan)
    except EvaluationError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    if not options.quick and not options.show:
        results.save(FILE)
    print(results.text())
    return 0


def run(plan: Plan, source: Path = ROOT) -> Results:
    """Measure both sides in turns, ours from its folder `source`, and return what was found.

    Raises:
        EvaluationError: a side cannot be set up or stops working.
    """
    began, asked = time.monotonic(), questions(plan.seed)

    def say(what: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {what}", file=sys.stderr, flush=True)

    today = datetime.now(timezone.utc).date().isoformat()
    results = Results(today, machine(), asdict(plan))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        ours, stock = Ours(folder / "ours", source), Stock(folder / "stock", source, plan)
        sides: dict[str, Side] = {OURS: ours, STOCK: stock}
        for key, side in sides.items():
            say(f"{side.name}: building the index and training, from nothing")
            results.add(key, {"set_up_seconds": side.set_up()})
        for number in range(plan.rounds):
            for key, side in sides.items():
                say(f"{side.name}, round {number + 1} of {plan.rounds}")
                results.add(key, measure(side, plan, asked, say))
            say("the bare encoder")
            passes = ours.encoder_pass(asked[: plan.questions])
            results.add(OURS, {"encoder_pass_ms": passes})
    results.notes = notes(plan, stock.examples)
    return results


def notes(plan: Plan, stock_examples: int) -> list[str]:
    """Return what a reader must know to judge the figures."""
    return [
        "Stock Rasa is `rasa init`'s default pipeline and policies, Rasa's REST channel and "
        "SQLite store, and an action server with sentence-transformers and FAISS; trained on "
        f"{stock_examples} of our training examples, for {plan.stock_epochs or 100} of 100 epochs, "
        "ours on all. Less training favours stock.",
        "Stock Rasa answers with the nearest passage and nothing more: no danger signs, no "
        "follow-ups, no content guard, which our bot all does within the time shown.",
        "Set-up starts with installed packages; ours also exports the encoder in it.",
        f"Figures are medians of {plan.rounds} round(s), in turns ours and stock; each sender asks "
        f"{plan.per_sender} different questions; the load generator shares the cores.",
        *(["The quick run shows that all works; its figures say little."] if plan.quick else []),
    ]


if __name__ == "__main__":
    sys.exit(main())
