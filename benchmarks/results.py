"""The record of a run: written as JSON, shown as a table, judged by the project's goals."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from evaluation import EvaluationError

FILE = Path(__file__).parent / "results.json"
OURS = "ours"
STOCK = "stock"

_PACKAGES = ("rasa", "onnxruntime", "tensorflow", "torch", "sentence-transformers", "faiss-cpu")
_GIGABYTE = 1024**3
# What each figure is called, and its unit.
_ROWS = {
    "set_up_seconds": ("set-up: index and training from nothing", "s"),
    "first_reply_seconds": ("start to first reply", "s"),
    "p50_ms": ("one warm turn, p50", "ms"),
    "p95_ms": ("one warm turn, p95", "ms"),
    "encoder_pass_ms": ("a pass of the bare encoder, p50", "ms"),
    "rate": ("turns per second, all senders", "/s"),
    "early_turn_ms": ("2nd turn of a conversation", "ms"),
    "late_turn_ms": ("200th turn of a conversation", "ms"),
    "memory_mb": ("memory of all processes", "MB"),
    "processes": ("processes", ""),
    "unanswered": ("messages without an answer", ""),
    "load_average": ("load of the machine before the start", ""),
}
# Each goal: a figure of ours, in units of which figure of which side, and the limit.
_GOALS = (
    ("one turn, in bare encoder passes", "p50_ms", OURS, "encoder_pass_ms", "at most", 2.5),
    ("one turn, of stock", "p50_ms", STOCK, "p50_ms", "at most", 0.2),
    ("turns per second, of stock", "rate", STOCK, "rate", "at least", 5.0),
    ("memory of all processes, of stock", "memory_mb", STOCK, "memory_mb", "at most", 0.25),
    ("start, of stock", "first_reply_seconds", STOCK, "first_reply_seconds", "at most", 0.2),
    ("200th turn, of the 2nd", "late_turn_ms", OURS, "early_turn_ms", "at most", 1.2),
)
_WORDS = {True: "met", False: "NOT MET", None: "not measured"}
_TITLE, _COLUMN = 40, 16


@dataclass
class Results:
    """Everything one run found.

    Attributes:
        date: day of the run, as 2030-12-31.
        machine: what it ran on.
        plan: how much was measured.
        sides: for each side, the values of each figure, one per round.
        notes: what a reader must know to judge the figures.
    """

    date: str
    machine: dict[str, Any]
    plan: dict[str, Any]
    sides: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {OURS: {}, STOCK: {}})
    notes: list[str] = field(default_factory=list)

    def add(self, side: str, figures: Mapping[str, float]) -> None:
        """Add the figures of one round, to the five digits that a measurement can mean."""
        for name, value in figures.items():
            self.sides[side].setdefault(name, []).append(float(f"{value:.5g}"))

    def value(self, side: str, name: str) -> float | None:
        """Return the median of a figure over the rounds, or None if it was not measured."""
        values = self.sides[side].get(name)
        return median(values) if values else None

    def save(self, path: Path) -> None:
        """Write the record."""
        content = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        path.write_text(content + "\n", encoding="utf-8")

    def goals(self) -> dict[str, tuple[float | None, bool | None]]:
        """Return what was measured for each goal, and whether that meets it."""
        found: dict[str, tuple[float | None, bool | None]] = {}
        for title, name, side, unit, sign, limit in _GOALS:
            measured = ratio(self.value(OURS, name), self.value(side, unit))
            better = 1 if sign == "at least" else -1
            found[title] = measured, None if measured is None else better * (measured - limit) >= 0
        return found

    def text(self) -> str:
        """Return everything that a person wants to read of a run."""
        lines = [_line("", "this bot", "stock Rasa", "ours/stock")]
        for name, (title, unit) in _ROWS.items():
            ours, stock = self.value(OURS, name), self.value(STOCK, name)
            both = _number(ratio(ours, stock) if unit else None, "")
            lines.append(_line(title, _number(ours, unit), _number(stock, unit), both))
        lines += ["", "Goals:"]
        for (title, *_, sign, limit), (measured, met) in zip(
            _GOALS, self.goals().values(), strict=True
        ):
            goal = f"{sign} {limit:g}"
            lines.append(_line(f"  {title}", _number(measured, ""), goal, _WORDS[met]))
        return "\n".join([*lines, "", "Notes:", *(f"- {note}" for note in self.notes)])


def ratio(one: float | None, other: float | None) -> float | None:
    """Return one value in units of another, or None if either is missing."""
    return one / other if one is not None and other else None


def load(path: Path = FILE) -> Results:
    """Read a record.

    Raises:
        EvaluationError: it is missing or damaged.
    """
    try:
        return Results(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise EvaluationError(f"{path.name} is missing: run `make bench`.") from error
    except (ValueError, TypeError) as error:
        raise EvaluationError(f"{path.name} is damaged: run `make bench` again.") from error


def machine() -> dict[str, Any]:
    """Return what makes figures comparable; nothing that names the machine or its owner."""
    # A container may have fewer cores than its machine; only Linux says so.
    mine = getattr(os, "sched_getaffinity", None)
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": len(mine(0)) if mine else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / _GIGABYTE),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if not unit:
        return f"{value:.3g}"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def _line(title: str, *cells: str) -> str:
    return (title.ljust(_TITLE) + "".join(cell.rjust(_COLUMN) for cell in cells)).rstrip()
