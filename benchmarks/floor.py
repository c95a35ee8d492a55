"""The floor: one pass of the bare encoder, which no turn can be faster than.

`python -m benchmarks.floor questions.json result.json`; `benchmarks.ours` calls it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.percentiles import median
from knowledge_base.encoder import Encoder, OnnxEncoder

_WARM_UP = 20


def encoder_pass(encoder: Encoder, texts: Sequence[str]) -> float:
    """Return the median seconds of encoding one text.

    Args:
        encoder: made anew, so that it remembers none of the texts.
        texts: all different, so that it cannot remember one while it runs.

    Raises:
        ValueError: two texts are the same.
    """
    if len(set(texts)) < len(texts):
        raise ValueError("A text that comes twice would be remembered, not encoded.")
    for number in range(_WARM_UP):
        encoder.encode([f"This is warm-up text {number}."])
    seconds = []
    for text in texts:
        started = time.perf_counter()
        encoder.encode([text])
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def main(asked: Path, answered: Path) -> None:
    """Read questions, write the median seconds of one pass."""
    texts = json.loads(asked.read_text(encoding="utf-8"))
    answered.write_text(json.dumps(encoder_pass(OnnxEncoder(), texts)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
