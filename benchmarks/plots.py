"""The picture of a run: how many times better this bot is, figure by figure."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from benchmarks.goals import ratio
from benchmarks.results import OURS, STOCK, Results
from benchmarks.rows import Row, rows

# Colours that people with colour blindness can tell apart: M. Okabe and K. Ito (2008),
# "Color universal design".
_OURS, _STOCK, _GREY = "#0072B2", "#D55E00", "#888888"
_SHOWN = (
    "cold_seconds", "first_reply_seconds", "p50_ms", "p99_ms", "rate_1", "rate_8", "late_turn_ms",
    "burst_seconds", "pss_mb", "rss_mb",
)  # fmt: skip
# Room for the number behind the longest bar.
_HEADROOM = 1.2


def draw(results: Results, path: Path) -> None:
    """Write the picture as PNG.

    Args:
        results: of one run.
        path: of the file.
    """
    with warnings.catch_warnings():
        # The pinned matplotlib uses names that its own parser library wants to drop.
        warnings.simplefilter("ignore")
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot

        style = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
        with pyplot.rc_context(style):
            figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 4.6))
            _times_better(left, results)
            _stages(right, results)
            figure.tight_layout()
            # Without the version of matplotlib, equal runs give equal files.
            figure.savefig(path, dpi=110, metadata={"Software": None})
            pyplot.close(figure)


def times_better(results: Results) -> list[tuple[Row, float]]:
    """Return the figures that both sides have, with how many times better ours is."""
    found = []
    for row in rows(tuple(results.plan["senders"])):
        ours, stock = results.value(OURS, row.name), results.value(STOCK, row.name)
        better = ratio(ours, stock) if row.more_is_better else ratio(stock, ours)
        if row.name in _SHOWN and better:
            found.append((row, better))
    return found


def _times_better(axes: Any, results: Results) -> None:
    found = times_better(results)
    for place, (_, better) in enumerate(found):
        axes.barh(place, better, left=0, color=_OURS if better >= 1 else _STOCK)
        axes.annotate(f" {better:.1f}", (better, place), va="center")
    axes.axvline(1, color=_GREY, linewidth=1)
    axes.set_yticks(range(len(found)))
    axes.set_yticklabels([row.title for row, _ in found])
    axes.invert_yaxis()
    axes.set_xlim(0, _HEADROOM * max([1.0, *(better for _, better in found)]))
    axes.set_xlabel("times better than stock Rasa")


def _stages(axes: Any, results: Results) -> None:
    stages = list(results.stages.items())
    for place, (_, spent) in enumerate(stages):
        axes.barh(place, spent, color=_OURS)
        axes.annotate(f" {spent:.2f}", (spent, place), va="center")
    if results.floor is not None:
        label = f"bare encoder pass: {results.floor:.2f} ms"
        axes.axvline(results.floor, color=_GREY, linestyle="--", linewidth=1, label=label)
        axes.legend(frameon=False, loc="lower right")
    axes.set_yticks(range(len(stages)))
    axes.set_yticklabels([stage for stage, _ in stages])
    axes.invert_yaxis()
    longest = max([results.floor or 0.0, *(spent for _, spent in stages)])
    axes.set_xlim(0, _HEADROOM * longest or 1.0)
    axes.set_xlabel("milliseconds of one turn of this bot")
