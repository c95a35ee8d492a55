"""How well a score tells messages that can be answered from those that cannot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.intervals import Z_95, Mean


@dataclass(frozen=True)
class Scored:
    """One message as abstention sees it.

    Attributes:
        score: higher means "I can answer this".
        answerable: whether the sources cover it.
        right: whether the answer, if given, is right; never for one that is not answerable.
        group: the kind of message, e.g. "near miss".
    """

    score: float
    answerable: bool
    right: bool
    group: str


def auroc(positive: Sequence[float], negative: Sequence[float]) -> Mean:
    """Return the area under the ROC curve with its interval.

    It is the chance that a positive scores above a negative; ties count half.

    Source: J. A. Hanley and B. J. McNeil (1982), "The meaning and use of the area under a
    receiver operating characteristic (ROC) curve", Radiology 143:29-36.

    Args:
        positive: scores of messages that can be answered.
        negative: scores of messages that cannot.
    """
    p, q = len(positive), len(negative)
    if not p or not q:
        return Mean(None, 0.0, 1.0, p + q)
    ups = np.asarray(positive, dtype=np.float64)[:, np.newaxis]
    downs = np.asarray(negative, dtype=np.float64)[np.newaxis]
    area = float(((ups > downs) + 0.5 * (ups == downs)).mean())
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    variance = area * (1 - area) + (p - 1) * (q1 - area**2) + (q - 1) * (q2 - area**2)
    error = Z_95 * math.sqrt(max(0.0, variance) / (p * q))
    return Mean(area, max(0.0, area - error), min(1.0, area + error), p + q)


@dataclass(frozen=True)
class CurvePoint:
    """What happens when every message with at least this score is answered."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(items: Sequence[Scored]) -> list[CurvePoint]:
    """Return the risk-coverage curve.

    Coverage is the share of all messages that are answered, risk the share of answered
    messages whose answer is wrong; whatever cannot be answered is wrong when answered.

    Source: R. El-Yaniv and Y. Wiener (2010), "On the foundations of noise-free selective
    classification", J. Mach. Learn. Res. 11:1605-1641.

    Returns:
        one point per distinct score, the highest threshold first.
    """
    ordered = sorted(items, key=lambda item: -item.score)
    points: list[CurvePoint] = []
    wrong = 0
    for count, item in enumerate(ordered, start=1):
        wrong += not item.right
        if count == len(ordered) or ordered[count].score != item.score:
            points.append(CurvePoint(item.score, count / len(ordered), wrong / count))
    return points


def area_under(points: Sequence[CurvePoint]) -> float | None:
    """Return the mean risk over all coverages (AURC); lower is better.

    Source: Y. Geifman and R. El-Yaniv (2017), "Selective classification for deep neural
    networks", NeurIPS 30.
    """
    if not points:
        return None
    area, before = 0.0, 0.0
    for point in points:
        area += point.risk * (point.coverage - before)
        before = point.coverage
    return area


def best_threshold(items: Sequence[Scored]) -> float:
    """Return the threshold that serves best: right answers kept and others declined.

    It maximises the mean of two shares: answerable messages answered rightly, and
    messages that cannot be answered declined. Chosen on the very items it is judged on,
    so it is the most that the score could give.

    Raises:
        ValueError: there is no item.
    """
    if not items:
        raise ValueError("no items to choose a threshold on")
    scores = sorted({item.score for item in items})
    # Ties go to the lower threshold: answer rather than decline.
    return max([*scores, math.nextafter(scores[-1], math.inf)], key=lambda t: _worth(items, t))


def _worth(items: Sequence[Scored], threshold: float) -> float:
    right = [i.right and i.score >= threshold for i in items if i.answerable]
    declined = [i.score < threshold for i in items if not i.answerable]
    shares = [sum(part) / len(part) for part in (right, declined) if part]
    return sum(shares) / len(shares)
