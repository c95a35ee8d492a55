"""The few statistics a benchmark needs."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies, interpolated.

    Args:
        values: one or more, in any order.
        share: from 0 to 1.

    Raises:
        ValueError: there are no values, or the share is not one.
    """
    if not values:
        raise ValueError("There are no values to take a percentile of.")
    if not 0 <= share <= 1:
        raise ValueError(f"A share lies between 0 and 1, not at {share}.")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return percentile(values, 0.5)
