"""Curves and areas come out as worked by hand."""

from __future__ import annotations

import pytest

from evaluation.abstention import Scored, area_under, auroc, best_threshold, risk_coverage

ITEMS = [
    Scored(0.9, True, True, "in_scope"),
    Scored(0.8, False, False, "near miss"),
    Scored(0.7, True, True, "in_scope"),
    Scored(0.1, False, False, "far"),
]


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    """Three of four pairs are in order; ties count half."""
    assert auroc([0.9, 0.7], [0.8, 0.1]).value == pytest.approx(0.75)
    assert auroc([0.5], [0.5]).value == pytest.approx(0.5)
    assert auroc([], [0.5]).value is None


def test_the_interval_agrees_with_hanley_and_mcneil() -> None:
    """An area of 0.5 on 50 and 50 messages has a standard error of 0.0577."""
    mean = auroc([0.5] * 50, [0.5] * 50)
    assert (mean.high - mean.low) / 2 / 1.96 == pytest.approx(0.0577, abs=5e-4)


def test_risk_and_coverage_by_hand() -> None:
    """Risk is the share of wrong answers among those given so far."""
    points = risk_coverage(ITEMS)
    assert [p.coverage for p in points] == [0.25, 0.5, 0.75, 1.0]
    assert [p.risk for p in points] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert area_under(points) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert area_under([]) is None


def test_equal_scores_are_answered_together() -> None:
    """A threshold cannot part two messages with one score."""
    same = [Scored(0.5, True, True, "a"), Scored(0.5, False, False, "b")]
    assert [(p.coverage, p.risk) for p in risk_coverage(same)] == [(1.0, 0.5)]


def test_the_best_threshold_keeps_right_answers_and_declines_the_rest() -> None:
    """Of all thresholds, the one with the best balance wins."""
    assert best_threshold(ITEMS) == 0.7
    apart = [Scored(0.9, True, True, "a"), Scored(0.2, False, False, "b")]
    assert best_threshold(apart) == 0.9
    with pytest.raises(ValueError, match="no items"):
        best_threshold([])


def test_a_score_without_any_right_answer_declines_everything() -> None:
    """A system that is always wrong does best by saying nothing."""
    wrong = [Scored(0.9, True, False, "a"), Scored(0.8, False, False, "b")]
    assert best_threshold(wrong) > 0.8
