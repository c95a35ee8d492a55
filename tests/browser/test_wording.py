"""The words of the page itself are as plain as those of the bot."""

from __future__ import annotations

import json
import re
from pathlib import Path

import textstat

ROOT = Path(__file__).parents[2]
STRINGS = sorted(ROOT.glob("bot/widget/languages/en*.json"))
TEXTS = ROOT / "bot" / "channels" / "texts.json"
HARDEST_GRADE = 6.0


def grade(sentences: list[str]) -> float:
    """The school grade (Flesch-Kincaid) that the sentences together ask for."""
    return float(textstat.flesch_kincaid_grade(" ".join(sentences)))


def test_the_widget_speaks_plainly() -> None:
    """Labels, states and the first message read at grade 6 or below."""
    words = {}
    for path in STRINGS:
        words |= json.loads(path.read_text(encoding="utf-8"))
    words |= dict(enumerate(words.pop("starters")))
    sentences = [
        re.sub(r"\n|\*\*|\{\w+\}", " ", text)
        for text in words.values()
        if text.endswith((".", "?"))
    ]
    assert grade(sentences) <= HARDEST_GRADE


def test_refusals_speak_plainly_and_name_the_emergency_number() -> None:
    """What the channel says when it turns a message down reads at grade 6 or below."""
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))
    codes = "empty_text session_expired not_erased too_big too_many busy slow broken".split()
    for_patients = [*(texts["refusals"][code] for code in codes), texts["unavailable"]]
    assert grade(for_patients) <= HARDEST_GRADE
    # Whenever the bot cannot answer, it says what to do in an emergency.
    assert all("emergency" in text for text in for_patients[3:])
