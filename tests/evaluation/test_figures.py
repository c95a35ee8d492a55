"""Figures and their intervals agree with published values and with work by hand."""

import pytest

from evaluation.figures import aurc, auroc, share


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), Stat. Med. 17:857-872, table I, method 3.
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ],
)
def test_a_share_has_its_wilson_interval(successes: int, n: int, low: float, high: float) -> None:
    """The examples of Newcombe come out to four digits; None does not apply."""
    figure = share([True] * successes + [None] + [False] * (n - successes))
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=5e-5)
    assert figure.n == n
    assert str(share([True] * 95 + [False] * 5)) == "95.0 % [88.8-97.8], 95/100"


def test_areas_by_hand() -> None:
    """Three of four pairs are in order; risk is the share of wrong answers given so far."""
    assert auroc([0.9, 0.7], [0.8, 0.1]).value == pytest.approx(0.75)
    figure = auroc([0.2, 0.5, 0.9] * 20, [0.1, 0.5, 0.7] * 20)
    assert figure.low < figure.value < figure.high
    area = aurc([0.9, 0.8, 0.7, 0.1], [True, False, True, False])
    assert area.value == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert (aurc([0.5, 0.5], [True, False]).value, aurc([], []).value) == (0.5, None)
