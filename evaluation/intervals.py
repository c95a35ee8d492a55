"""Shares and means with 95 % intervals, so that nobody reads more into a figure than it holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# Two-sided 95 % of the normal distribution.
Z_95 = 1.959963984540054

_RESAMPLES = 2000
_SEED = 3621


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Source: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", J. Am. Stat. Assoc. 22:209-212; recommended for small n and shares near 0 or 1
    by Brown, Cai and DasGupta (2001), Stat. Sci. 16:101-133.

    Args:
        successes: how many of n hold.
        n: how many were looked at; 0 gives the whole range, 0 to 1.
        z: quantile of the normal distribution.

    Raises:
        ValueError: successes is not between 0 and n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    centre = share + z * z / (2 * n)
    scale = 1 + z * z / n
    # With no success (or only successes) the bound is exact; rounding must not move it.
    low = 0.0 if successes == 0 else max(0.0, (centre - spread) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + spread) / scale)
    return low, high


@dataclass(frozen=True)
class Rate:
    """A counted share: how many of how many."""

    successes: int
    n: int

    @classmethod
    def of(cls, outcomes: Iterable[bool | None]) -> Rate:
        """Count outcomes; None means "does not apply" and is left out."""
        counted = [outcome for outcome in outcomes if outcome is not None]
        return cls(sum(counted), len(counted))

    @property
    def share(self) -> float | None:
        """The share, or None when nothing was counted."""
        return self.successes / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval."""
        return wilson(self.successes, self.n)

    def __str__(self) -> str:
        """Write as "95.0 % [88.8-97.8], 95/100"."""
        if self.share is None:
            return "no cases"
        low, high = self.interval
        return (
            f"{100 * self.share:.1f} % [{100 * low:.1f}-{100 * high:.1f}], "
            f"{self.successes}/{self.n}"
        )


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % interval; None when there is nothing to average."""

    value: float | None
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """Write as "0.912 [0.870-0.951], n = 137"."""
        if self.value is None:
            return "no cases"
        return f"{self.value:.3f} [{self.low:.3f}-{self.high:.3f}], n = {self.n}"


def bootstrap_mean(values: Sequence[float]) -> Mean:
    """Return a mean with its percentile bootstrap interval.

    Source: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Ann. Stat.
    7:1-26. The seed is fixed, so one set of values always gives one interval.
    """
    if not values:
        return Mean(None, 0.0, 1.0, 0)
    data = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(_SEED).integers(0, len(data), (_RESAMPLES, len(data)))
    low, high = np.percentile(data[picks].mean(axis=1), [2.5, 97.5])
    return Mean(float(data.mean()), float(low), float(high), len(data))
