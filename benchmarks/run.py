"""One whole run: set both sides up, measure them in turns, gather the results."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.ours import ROOT, Ours
from benchmarks.plan import Plan
from benchmarks.profile import time_by_stage
from benchmarks.questions import questions
from benchmarks.results import OURS, STOCK, Results, Scale, machine
from benchmarks.side import SetUp, Side
from benchmarks.stock.side import Stock

SCALE_FILE = Path(__file__).parent / "results-scale.json"

Say = Callable[[str], None]


def run(plan: Plan, with_scale: bool = True, source: Path = ROOT) -> Results:
    """Measure both sides and return what was found.

    Args:
        plan: how much.
        with_scale: whether to include the search over large indexes.
        source: folder of our bot.

    Raises:
        BenchmarkError: a side cannot be set up or stops working.
    """
    say = progress()
    asked = questions(plan.seed)
    results = Results(
        date=datetime.now(timezone.utc).strftime("%Y-%m-%d"), machine=machine(), plan=asdict(plan)
    )
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        ours = Ours(Path(folder, "ours"), source)
        stock = Stock(
            source, Path(folder, "stock"), plan.stock_examples, plan.stock_epochs, plan.seed
        )
        sides: list[tuple[str, Side]] = [(OURS, ours), (STOCK, stock)]
        set_up = {key: _set_up(side, say) for key, side in sides}
        for number in range(1, plan.rounds + 1):
            for key, side in sides:
                results.add(key, _round(side, number, plan, asked, say))
                if side is ours:
                    say("the bare encoder")
                    results.floor_ms.append(1000 * ours.encoder_pass(asked[: plan.questions]))
        say("this bot: one turn by stage")
        turn_ms = results.value(OURS, "p50_ms") or 0.0
        results.stages = time_by_stage(ours, plan, asked, turn_ms)
    for key, seconds in set_up.items():
        cold = seconds.total + results.sides[key]["first_reply_seconds"][0]
        results.add(
            key,
            {
                "index_seconds": seconds.index,
                "training_seconds": seconds.training,
                "cold_seconds": cold,
            },
        )
    results.notes = notes(plan, stock.examples, results)
    if with_scale:
        results.scale, more = scale(plan.scale_sizes, say)
        results.notes += more
    say("done")
    return results


def progress() -> Say:
    """Return a function that prints what happens, with the minutes since now."""
    started = time.monotonic()

    def say(what: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - started), 60)
        print(f"[{minutes:2d}:{seconds:02d}] {what}", file=sys.stderr, flush=True)

    return say


def _set_up(side: Side, say: Say) -> SetUp:
    say(f"{side.name}: building the index and training, from nothing")
    return side.set_up()


def _round(side: Side, number: int, plan: Plan, asked: Sequence[str], say: Say) -> dict[str, float]:
    return measure(
        side, plan, asked, lambda what: say(f"{side.name}, round {number}/{plan.rounds}: {what}")
    )


def notes(plan: Plan, stock_examples: int, results: Results) -> list[str]:
    """Return what a reader must know to judge the figures."""
    stock = (
        f"Stock Rasa is `rasa init`'s default pipeline and policies, Rasa's REST channel and "
        f"SQLite store, and an action server with sentence-transformers and FAISS; trained on "
        f"{stock_examples} of our training examples"
    )
    if plan.stock_examples:
        stock += f" (at most {plan.stock_examples} of an intent; all would take many minutes)"
    found = [
        stock + ". Our bot trains on all of them. A smaller sample favours stock: it trains "
        "sooner and its vocabulary is smaller.",
        "Stock Rasa answers with the nearest passage and nothing more: no danger signs, no "
        "follow-ups, no content guard, which our bot all does within the time shown.",
        "A cold first run starts with installed packages and without index and model. Ours also "
        "exports the encoder in it.",
        f"Times are medians of {plan.rounds} round(s), in turns ours and stock; each sender asks "
        f"{plan.per_sender} different questions; the load generator shares the cores.",
        f"The 2nd turn is the median of turns 2 to 4 of {plan.conversations} conversation(s) a "
        f"round, the 200th that of turns {plan.turns - 7} to {plan.turns - 3}.",
    ]
    if plan.stock_epochs:
        found.append(
            f"Stock Rasa's networks were trained for {plan.stock_epochs} epochs, not 100: its "
            "cold run and its training look shorter than they are. Turns take as long either way."
        )
    if plan.quick:
        found.append("This was the quick run: it shows that all works, its figures say little.")
    unanswered = sum(results.value(side, "unanswered") or 0 for side in (OURS, STOCK))
    if unanswered:
        found.append("Some messages got no answer: see the table.")
    return found


def scale(sizes: Sequence[int], say: Say) -> tuple[Scale, list[str]]:
    """Return the rows of `benchmarks.scale`, from its last run or from a new one, and notes.

    Args:
        sizes: passages of the indexes of a new run; none forbids a new run.
        say: is told what happens now.
    """
    if SCALE_FILE.is_file():
        content = json.loads(SCALE_FILE.read_text(encoding="utf-8"))
        rows = {name: list(content.get(name, ())) for name in ("vectors", "search")}
        return rows, [f"The search over large indexes is as {SCALE_FILE.name} recorded it."]
    if not sizes:
        return {}, ["The search over large indexes was not measured: run `-m benchmarks.scale`."]
    say("search over large indexes")
    # Imported late: it loads the whole search, which the load generator must not carry.
    from benchmarks.scale import run as run_scale

    found: Scale = {"vectors": [], "search": []}
    for row in run_scale(sizes):
        found["search" if hasattr(row, "added") else "vectors"].append(asdict(row))
    return found, []
