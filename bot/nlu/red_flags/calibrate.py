"""Show how the likeness thresholds trade misses for false alarms.

`python -m bot.nlu.red_flags.calibrate` prints, for each threshold, the share of tuning
emergencies reached by likeness alone and the number of other messages it would alarm:
the tuning look-alikes and all training examples. exemplars.yml keeps the choice. The
held third of evaluation/red_flags.jsonl is never read here.
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.nlu.red_flags.detector import RedFlagDetector
from bot.nlu.red_flags.ordinary import ordinary_messages
from knowledge_base.encoder import shared_encoder

ROOT = Path(__file__).resolve().parents[3]
EVALUATION_FILE = ROOT / "evaluation" / "red_flags.jsonl"
_THRESHOLDS = [x / 20 for x in range(-4, 17)]


def tuning_messages() -> list[tuple[str, bool]]:
    """Return (text, is emergency) of the tuning messages that stand alone."""
    lines = EVALUATION_FILE.read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["set"] == "tune"]
    return [(r["text"], r["label"] != "not_emergency") for r in rows if "turns" not in r]


def main() -> None:
    """Print the table."""
    detector = RedFlagDetector(shared_encoder())
    messages = tuning_messages() + [(text, False) for text in ordinary_messages()]
    scored = [(detector.likeness_of(text), emergency) for text, emergency in messages]
    emergencies = sum(emergency for _, emergency in scored)
    print(f"{emergencies} emergencies, {len(scored) - emergencies} others")
    print("threshold  now: reached  alarmed   personal: reached  alarmed")
    for threshold in _THRESHOLDS:
        cells = []
        for now in (True, False):
            hits = [e for found, e in scored if found and found[1] is now and found[0] >= threshold]
            cells += [sum(hits) / emergencies, len(hits) - sum(hits)]
        print(f"{threshold:9.2f}  {cells[0]:12.2f}  {cells[1]:7d}  {cells[2]:18.2f}  {cells[3]:7d}")


if __name__ == "__main__":
    main()
