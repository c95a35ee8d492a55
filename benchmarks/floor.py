"""The floor: one pass of the bare encoder, which no turn can be faster than.

`python -m benchmarks.floor questions.json` prints its milliseconds.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from knowledge_base.encoder import Encoder, OnnxEncoder

_WARM_UP = 20


def encoder_pass(encoder: Encoder, texts: Sequence[str]) -> float:
    """Return the median milliseconds of encoding one text.

    Encoder and texts must be new to each other, and the texts all different: one that the encoder
    remembers costs nothing.
    """
    seconds = []
    for text in (*(f"This is warm-up text {number}." for number in range(_WARM_UP)), *texts):
        started = time.perf_counter()
        encoder.encode([text])
        seconds.append(time.perf_counter() - started)
    return 1000 * median(seconds[_WARM_UP:])


if __name__ == "__main__":
    print(encoder_pass(OnnxEncoder(), json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
