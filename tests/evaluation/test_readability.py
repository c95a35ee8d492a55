"""Reading grades follow the formula, and framing can be set aside."""

from __future__ import annotations

import pytest

from evaluation.readability import body, grade


def test_the_grade_follows_the_formula() -> None:
    """Six one-syllable words in one sentence: 0.39 * 6 + 11.8 * 1 - 15.59 = -1.45."""
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45, abs=0.06)
    assert grade(" ") == 0.0
    hard = "Anticoagulation predisposes individuals to retroperitoneal extravasation."
    assert grade(hard) > grade("Blood can pool near the spine. It hurts.") + 8


def test_the_body_has_no_framing_and_ends_its_lines() -> None:
    """Bullets become sentences; source line and disclaimer go."""
    text = "Signs are:\n- pain\n- weak legs.\nSource: A Title, 2020.\nAsk a doctor."
    assert body(text, ("Ask a doctor.",)) == "Signs are:\npain.\nweak legs."
