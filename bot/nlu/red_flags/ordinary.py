"""Ordinary messages: the training examples that are no alarm, as further look-alikes."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

import yaml

TRAINING_FOLDER = Path(__file__).resolve().parents[3] / "data" / "nlu"
ALARM_INTENTS = ("urgent", "crisis")

_ENTITY = re.compile(r"\[([^\]]+)\](\([^)]*\)|\{[^}]*\})")


def ordinary_messages(intents: Container[str] | None = None) -> list[str]:
    """Return training examples that are no emergency, without entity marks.

    Args:
        intents: which intents to take; all but the alarms if None.
    """
    messages: list[str] = []
    for file in sorted(TRAINING_FOLDER.glob("*.yml")):
        content = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        for block in content.get("nlu", ()):
            intent = block.get("intent")
            if intent is None or intent in ALARM_INTENTS:
                continue
            if intents is None or intent in intents:
                lines = re.findall(r"^- (.*)$", block.get("examples") or "", re.MULTILINE)
                messages += [_ENTITY.sub(r"\1", line) for line in lines]
    return messages
