"""The tables that a run prints."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.goals import Goal, judge
from benchmarks.results import OURS, STOCK, Results
from benchmarks.rows import Row, rows

_TITLE = 40
_COLUMN = 14
_WORDS = {True: "met", False: "NOT MET", None: "not measured"}
# These say how the run went; no side is better at them.
_NO_RATIO = ("processes", "unanswered", "load_average")


def text_of(results: Results) -> str:
    """Return everything that a person wants to read of a run."""
    senders = tuple(results.plan["senders"])
    parts = [
        _line("", "this bot", "stock Rasa", "times better"),
        *(_row(row, results) for row in rows(senders)),
    ]
    if results.floor is not None:
        parts += ["", _line("bare encoder pass, p50 (the floor)", _number(results.floor, "ms"))]
    if results.stages:
        parts += ["", "One turn of this bot by stage (approximate):"]
        whole = sum(results.stages.values())
        parts += [
            _line(f"  {stage}", _number(spent, "ms"), f"{spent / whole:.0%}")
            for stage, spent in results.stages.items()
        ]
    parts += _scale(results)
    parts += ["", "Goals:", *(_goal(goal) for goal in judge(results))]
    parts += ["", "Notes:", *(f"- {note}" for note in results.notes)]
    return "\n".join(parts)


def _row(row: Row, results: Results) -> str:
    ours, stock = results.value(OURS, row.name), results.value(STOCK, row.name)
    better = ""
    if ours and stock and row.name not in _NO_RATIO:
        better = f"{ours / stock if row.more_is_better else stock / ours:.1f}"
    return _line(row.title, _number(ours, row.unit), _number(stock, row.unit), better)


def _scale(results: Results) -> list[str]:
    lines = []
    for kind, found in results.scale.items():
        names = list(dict.fromkeys(name for row in found for name in row))
        cells = [names, *([_cell(row.get(name)) for name in names] for row in found)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
        lines += ["", f"Size of the knowledge: {kind} (benchmarks.scale)"]
        lines += ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in cells]
    return lines


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str("-" if value is None else value)


def _goal(goal: Goal) -> str:
    sign = ">=" if goal.at_least else "<="
    measured = "-" if goal.value is None else f"{goal.value:.3g} {goal.unit}".strip()
    limit = f"{sign} {goal.limit:g} {goal.unit}".strip()
    return _line(f"  {goal.text}", measured, limit, _WORDS[goal.met])


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if not unit:
        return f"{value:g}"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def _line(title: str, *cells: str) -> str:
    return (title.ljust(_TITLE) + "".join(cell.rjust(_COLUMN) for cell in cells)).rstrip()


def failed(goals: Sequence[Goal]) -> list[Goal]:
    """Return the goals that were measured and not met."""
    return [goal for goal in goals if goal.met is False]
