from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.nlu.red_flags.detector import RedFlagDetector, Risks
from bot.nlu.red_flags.rulebook import load_rulebook
from bot.nlu.red_flags.similarity import EXEMPLARS_FILE

ROOT = Path(__file__).parents[4]
ROWS = [
    json.loads(line)
    for line in (ROOT / "evaluation" / "red_flags.jsonl").read_text("utf-8").splitlines()
]


def kind_of(detector: RedFlagDetector, row: dict[str, Any]) -> str:
    """Return the label that the detector gives to a row."""
    history: list[dict[str, list[str]]] = []
    for text in row.get("turns", ()):
        history.append(detector.examine(text, Risks.from_history(history)).remembered)
    flag = detector.check(row["text"], Risks.from_history(history))
    return {"urgent": "emergency", "crisis": "crisis"}[flag.kind] if flag else "not_emergency"


def test_the_set_is_large_enough() -> None:
    """The figures we report rest on at least 400 messages of each sort."""
    emergencies = sum(row["label"] != "not_emergency" for row in ROWS)
    assert emergencies >= 400
    assert len(ROWS) - emergencies >= 400
    assert {row["group"] for row in ROWS} == set(load_rulebook().groups)


def test_no_message_is_copied_into_the_exemplars() -> None:
    """The figures are not flattered by messages that the detector was given."""
    known = EXEMPLARS_FILE.read_text("utf-8").lower()
    assert [
        row["id"] for row in ROWS if len(row["text"]) > 30 and row["text"].lower() in known
    ] == []


@pytest.mark.parametrize(
    ("part", "recall", "alarmed"), [("tune", 0.99, 0.03), ("held", 0.97, 0.05)]
)
def test_it_reaches_the_goals(
    detector: RedFlagDetector, part: str, recall: float, alarmed: float
) -> None:
    """Nearly every emergency is caught, and at most one look-alike in twenty is alarmed."""
    rows = [row for row in ROWS if row["set"] == part]
    emergencies = [row for row in rows if row["label"] != "not_emergency"]
    look_alikes = [row for row in rows if row["label"] == "not_emergency"]
    caught = sum(kind_of(detector, row) == row["label"] for row in emergencies)
    false = sum(kind_of(detector, row) != "not_emergency" for row in look_alikes)
    assert caught / len(emergencies) >= recall
    assert false / len(look_alikes) <= alarmed
