"""Plots of the report, as SVG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from evaluation.abstention import risk_coverage
from evaluation.intervals import Rate
from evaluation.quality import Quality

# Colours that people with colour blindness can tell apart: M. Okabe and K. Ito (2008),
# "Color universal design".
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_GREY = "#888888"


def _svg(size: tuple[float, float], draw: Callable[[Any], None]) -> str:
    with warnings.catch_warnings():
        # The pinned matplotlib uses names that its own parser library wants to drop.
        warnings.simplefilter("ignore")
        import matplotlib

        matplotlib.use("Agg")
        return _drawn(size, draw)


def _drawn(size: tuple[float, float], draw: Callable[[Any], None]) -> str:
    from matplotlib import pyplot

    # Text stays text (small file, can be searched); fixed ids make equal runs equal files.
    with pyplot.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "hematoma-guide",
            "font.family": "sans-serif",
            "font.size": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    ):
        figure, axes = pyplot.subplots(figsize=size)
        draw(axes)
        figure.tight_layout()
        page = io.StringIO()
        figure.savefig(page, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    # matplotlib quotes the generic family, which browsers then take for the name of a font.
    return page.getvalue().replace("'sans-serif'", "sans-serif")


def risk_coverage_plot(systems: Sequence[Quality], threshold: float) -> str:
    """Draw one risk-coverage curve per system; the dot is the bot's chosen threshold."""

    def draw(axes: Any) -> None:
        for number, system in enumerate(systems):
            points = risk_coverage(system.scored)
            colour = COLOURS[number % len(COLOURS)]
            axes.step(
                [point.coverage for point in points],
                [point.risk for point in points],
                where="post",
                color=colour,
                label=system.name.split(",")[0],
            )
            kept = [point for point in points if point.threshold >= threshold]
            if number == 0 and kept:
                axes.plot(kept[-1].coverage, kept[-1].risk, "o", color=colour, markersize=9)
                axes.annotate(
                    f"threshold {threshold:.2f}",
                    (kept[-1].coverage, kept[-1].risk),
                    textcoords="offset points",
                    xytext=(-12, 14),
                    ha="right",
                    color=colour,
                )
        axes.set(xlim=(0, 1.02), ylim=(-0.02, 1), xlabel="coverage: share of messages answered")
        axes.set_ylabel("risk: share of answers that are wrong")
        axes.legend(frameon=False)

    return _svg((7, 4.2), draw)


def score_plot(quality: Quality, threshold: float) -> str:
    """Draw how the bot's score falls, one row of dots per group of messages."""

    def draw(axes: Any) -> None:
        groups = list(dict.fromkeys(one.group for one in quality.scored))
        for row, group in enumerate(groups):
            scores = sorted(one.score for one in quality.scored if one.group == group)
            # Spread over the height of the row, so that equal scores do not hide each other.
            heights = [row + 0.5 * ((n * 7 % 11) / 10 - 0.5) for n in range(len(scores))]
            axes.plot(scores, heights, "o", alpha=0.45, color=COLOURS[row % len(COLOURS)])
        axes.axvline(threshold, color=_GREY, linestyle="--", linewidth=1)
        axes.set_yticks(range(len(groups)))
        axes.set_yticklabels([group.replace("_", " ") for group in groups])
        axes.invert_yaxis()
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel("answerability; the dashed line is the chosen threshold")

    return _svg((7, 3.2), draw)


def rates_plot(rates: Sequence[tuple[str, Rate]], label: str) -> str:
    """Draw shares with their intervals, one row each; rows without cases are left out."""
    shown = [(name, rate) for name, rate in rates if rate.share is not None]

    def draw(axes: Any) -> None:
        for row, (_, rate) in enumerate(shown):
            low, high = rate.interval
            axes.plot([low, high], [row, row], color=COLOURS[0], linewidth=3, alpha=0.4)
            axes.plot([rate.share], [row], "o", color=COLOURS[0])
        axes.set_yticks(range(len(shown)))
        axes.set_yticklabels([name.replace("_", " ") for name, _ in shown])
        axes.invert_yaxis()
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel(label)

    return _svg((7, 0.9 + 0.36 * max(len(shown), 1)), draw)


def grades_plot(grades: Sequence[float], goals: Sequence[float]) -> str:
    """Draw how many replies have which reading grade; dashed lines are goals."""

    def draw(axes: Any) -> None:
        top = max([12.0, *grades])
        axes.hist(grades, bins=[step / 2 for step in range(-4, int(2 * top) + 2)], color=COLOURS[0])
        for goal in goals:
            axes.axvline(goal, color=_GREY, linestyle="--", linewidth=1)
        axes.set(xlabel="Flesch-Kincaid grade, as sent", ylabel="different replies")

    return _svg((7, 3), draw)
