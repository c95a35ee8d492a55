"""Command line: ``python -m benchmarks`` (``make bench``)."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.goals import judge
from benchmarks.ours import ROOT
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.plots import draw
from benchmarks.results import FILE, load
from benchmarks.run import run
from benchmarks.table import failed, text_of

HOT = Path(__file__).parent / "hot"

_INTERRUPTED, _TERMINATED = 130, 143


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure this bot and a stock Rasa bot on this machine, side by side.",
    )
    what = options.add_mutually_exclusive_group()
    what.add_argument(
        "--quick", action="store_true", help="a few minutes; shows that all works, writes no record"
    )
    what.add_argument("--hot", action="store_true", help="time the hot functions alone")
    what.add_argument("--show", action="store_true", help="print the record of the last full run")
    options.add_argument("--rounds", type=int, help=f"rounds per side (default {FULL.rounds})")
    options.add_argument(
        "--stock-examples",
        type=int,
        metavar="N",
        help="training examples per intent of the stock bot, 0 for all "
        f"(default {FULL.stock_examples}; all take many minutes)",
    )
    options.add_argument("--no-scale", action="store_true", help="leave large indexes out")
    options.add_argument("--output", type=Path, help="where to write the record, as JSON")
    options.add_argument("--strict", action="store_true", help="fail if a goal is not met")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit code."""
    options = parser().parse_args(arguments)
    if options.hot:
        return _hot()
    # Ends the run as Ctrl+C does, so that no server stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        results = load() if options.show else run(plan_of(options), not options.no_scale)
    except BenchmarkError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    record = options.output or (None if options.quick else FILE)
    if record and not options.show:
        results.save(record)
        draw(results, record.with_suffix(".png"))
        print(f"The record: {record.name}, and {record.with_suffix('.png').name} beside it.\n")
    print(text_of(results))
    return int(options.strict and bool(failed(judge(results))))


def plan_of(options: argparse.Namespace) -> Plan:
    """Return how much to measure."""
    plan = QUICK if options.quick else FULL
    if options.rounds is not None:
        plan = replace(plan, rounds=max(options.rounds, 1))
    if options.stock_examples is not None:
        plan = replace(plan, stock_examples=max(options.stock_examples, 0))
    return plan


def _hot() -> int:
    command = [sys.executable, "-m", "pytest", str(HOT), "--benchmark-only", "--disable-warnings"]
    columns = ["--benchmark-columns=median,iqr,ops,rounds", "--benchmark-sort=name"]
    return subprocess.run([*command, *columns], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
