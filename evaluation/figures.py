"""Figures with 95 % intervals, so that nobody reads more into one than it holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

_SEED = 3621
_RESAMPLES = 300


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        value: a share, mean or median; None where there was no case.
        low: lower end of its 95 % interval, or None if it has none.
        high: upper end.
        n: how many cases it rests on.
        unit: "%" for a share, "s" for seconds, else "".
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    unit: str = ""

    def __str__(self) -> str:
        """Write as "95.0 % [88.8-97.8], 95/100"."""
        if self.value is None:
            return "no cases"
        if self.unit == "%":
            low, high = 100 * (self.low or 0), 100 * (self.high or 0)
            share = f"{100 * self.value:.1f} % [{low:.1f}-{high:.1f}]"
            return f"{share}, {round(self.value * self.n)}/{self.n}"
        if self.unit == "s":
            return f"{1000 * self.value:.0f} ms"
        if self.low is None:
            return f"{self.value:.3g}"
        return f"{self.value:.3f} [{self.low:.3f}-{self.high:.3f}], n = {self.n}"


def share(outcomes: Iterable[bool | None]) -> Figure:
    """Return which share holds, with its Wilson interval; None means "does not apply"."""
    counted = [bool(outcome) for outcome in outcomes if outcome is not None]
    if not counted:
        return Figure(None, 0, unit="%")
    test = binomtest(sum(counted), len(counted))
    low, high = test.proportion_ci(method="wilson")
    return Figure(sum(counted) / len(counted), len(counted), low, high, "%")


def mean(values: Sequence[float]) -> Figure:
    """Return a mean."""
    return Figure(float(np.mean(values)) if values else None, len(values))


def percentile(values: Sequence[float], percent: float = 50, unit: str = "") -> Figure:
    """Return the median, or another percentile."""
    found = float(np.percentile(values, percent)) if values else None
    return Figure(found, len(values), unit=unit)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> Figure:
    """Return the chance that a positive scores above a negative, with its bootstrap interval."""
    truth = np.repeat([True, False], [len(positive), len(negative)])
    if truth.all() or not truth.any():
        return Figure(None, len(truth))
    scores = np.array([*positive, *negative])
    chance = np.random.default_rng(_SEED)
    halves = np.flatnonzero(truth), np.flatnonzero(~truth)
    drawn = (
        np.concatenate([chance.choice(half, len(half)) for half in halves])
        for _ in range(_RESAMPLES)
    )
    areas = [roc_auc_score(truth[rows], scores[rows]) for rows in drawn]
    low, high = np.percentile(areas, [2.5, 97.5])
    return Figure(float(roc_auc_score(truth, scores)), len(truth), float(low), float(high))


def aurc(scores: Sequence[float], right: Sequence[bool]) -> Figure:
    """Return the mean risk over all coverages (AURC); lower is better.

    Coverage is the share of messages that are answered, best score first and those of one score
    together; risk is the share of answered messages whose answer is wrong.

    Source: Y. Geifman and R. El-Yaniv (2017), "Selective classification for deep neural
    networks", NeurIPS 30.
    """
    if not scores:
        return Figure(None, 0)
    order = np.argsort(-np.array(scores), kind="stable")
    wrong = np.cumsum(~np.array(right)[order])
    last = np.flatnonzero(np.append(np.diff(np.array(scores)[order]) != 0, True))
    coverage, risk = (last + 1) / len(scores), wrong[last] / (last + 1)
    return Figure(float(np.diff(coverage, prepend=0) @ risk), len(scores))
