"""The goals of the project for speed and size, and whether a run meets them."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.results import OURS, STOCK, Results, Scale

SCALE_SIZE = 100_000
SCALE_MS = 0.5
SCALE_RECALL = 0.98


@dataclass(frozen=True)
class Goal:
    """One goal.

    Attributes:
        text: what is asked for.
        value: what was measured; None if it was not.
        limit: the last value that meets the goal.
        at_least: whether larger values are better.
        unit: of value and limit.
    """

    text: str
    value: float | None
    limit: float
    at_least: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing was measured."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def judge(results: Results) -> list[Goal]:
    """Return all goals with what the run measured."""

    def ours(name: str) -> float | None:
        return results.value(OURS, name)

    def stock(name: str) -> float | None:
        return results.value(STOCK, name)

    memory = memory_name(results)
    return [
        Goal("one turn p50, of the bare encoder pass", ratio(ours("p50_ms"), results.floor), 2.5),
        Goal("one turn p50, faster than stock", ratio(stock("p50_ms"), ours("p50_ms")), 5.0, True),
        Goal("turns/s at 8 senders, of stock", ratio(ours("rate_8"), stock("rate_8")), 5.0, True),
        Goal("memory of all processes, of stock", ratio(ours(memory), stock(memory)), 0.25),
        Goal(
            "start to first reply, of stock",
            ratio(ours("first_reply_seconds"), stock("first_reply_seconds")),
            0.2,
        ),
        Goal("200th turn, of the 2nd", ratio(ours("late_turn_ms"), ours("early_turn_ms")), 1.2),
        Goal("six messages at once", ours("burst_seconds"), 0.6, unit="s"),
        *_of_scale(results.scale),
    ]


def ratio(one: float | None, other: float | None) -> float | None:
    """Return one value in units of another, or None if either is missing."""
    return one / other if one is not None and other else None


def memory_name(results: Results) -> str:
    """Return the fairest figure for memory that both sides have."""
    both = results.value(OURS, "pss_mb") and results.value(STOCK, "pss_mb")
    return "pss_mb" if both else "rss_mb"


def _of_scale(rows: Scale) -> list[Goal]:
    found = [row for row in rows.get("search", ()) if row.get("added") == SCALE_SIZE]
    row = found[0] if found else {}
    return [
        Goal("search, added by 100k passages", row.get("added_ms"), SCALE_MS, unit="ms"),
        Goal("its recall@10", row.get("recall_at_10"), SCALE_RECALL, True, unit=""),
    ]
