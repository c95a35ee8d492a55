from __future__ import annotations

import pytest

from bot.nlu.red_flags.detector import RedFlagDetector

FORMS = [
    ("I can't feel it", "i cant feel it"),
    ("I can\u2019t feel it", "i cant feel it"),
    ("w e a k", "weak"),
    ("N.U.M.B", "numb"),
    ("nu\u200bmb", "numb"),
    ("\uff4e\uff55\uff4d\uff42", "numb"),
    ("l\u0435g", "leg"),
    ("nummmmb", "numb"),
    ("mylegisnumb", "mylegisnumb"),
    ("bothmylegsarenumb", "both my legs are numb"),
    ("swolen tinglng", "swollen tingling"),
    ("Se\u00f1or", "senor"),
    ("foot's flopping", "foot flopping"),
    ("he's weak", "hes weak"),
    ("pain+fever", "pain and fever"),
    ("no!really", "no ! really"),
    ("", ""),
]


@pytest.mark.parametrize(("raw", "plain"), FORMS)
def test_every_way_of_typing_comes_to_one_form(
    detector: RedFlagDetector, raw: str, plain: str
) -> None:
    """Rules written once hold for capitals, accents, slips and tricks alike."""
    assert detector._normalise(raw) == plain


@pytest.mark.parametrize("word", ["lead", "bead", "warm", "legal", "pairing", "number"])
def test_real_words_are_not_corrected(detector: RedFlagDetector, word: str) -> None:
    """Somebody who writes of legal matters is not read as writing of legs."""
    assert detector._normalise(word) == word
