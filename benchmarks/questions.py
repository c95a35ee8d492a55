"""What the two bots are asked: the ways lay people ask for the facts, in a fixed order."""

from __future__ import annotations

import random
from pathlib import Path

import yaml

from benchmarks.errors import BenchmarkError

FOLDER = Path(__file__).parents[1] / "knowledge_base" / "questions"


def questions(seed: int, folder: Path = FOLDER) -> list[str]:
    """Return all different questions of the knowledge base, mixed.

    Args:
        seed: of the order.
        folder: of the question files.

    Raises:
        BenchmarkError: there are none.
    """
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.yml")):
        for phrases in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).values():
            found.update((str(text), None) for texts in phrases.values() for text in texts or ())
    if not found:
        raise BenchmarkError(f"There are no questions in {folder.name}.")
    mixed = list(found)
    random.Random(seed).shuffle(mixed)  # noqa: S311  (a fixed order, nothing secret)
    return mixed
