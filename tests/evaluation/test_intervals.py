"""Intervals agree with published values."""

from __future__ import annotations

import pytest

from evaluation.intervals import Rate, bootstrap_mean, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), Stat. Med. 17:857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_the_literature(successes: int, n: int, low: float, high: float) -> None:
    """The four examples of Newcombe come out to four digits."""
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_at_the_ends() -> None:
    """No miss does not prove that there is none, and no case says nothing."""
    assert wilson(150, 150)[0] == pytest.approx(0.975, abs=1e-3)
    assert wilson(150, 150)[1] == 1.0
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)


def test_a_rate_leaves_out_what_does_not_apply() -> None:
    """None is neither a success nor a failure."""
    assert Rate.of([True, None, False, True]) == Rate(2, 3)
    assert str(Rate.of([None])) == "no cases"
    assert str(Rate(95, 100)) == "95.0 % [88.8-97.8], 95/100"


def test_a_bootstrapped_mean_holds_its_mean_and_repeats() -> None:
    """The same values give the same interval on every run."""
    values = [0.0, 0.5, 1.0] * 20
    mean = bootstrap_mean(values)
    assert mean == bootstrap_mean(values)
    assert mean.value == pytest.approx(0.5)
    assert mean.low < 0.5 < mean.high
    assert str(bootstrap_mean([])) == "no cases"
