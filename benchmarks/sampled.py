"""Runs the bot with a sampler inside: `python -m benchmarks.sampled run --port ...`.

While the file RECORD lies in the current folder, it records; when that file goes away, it
writes RECORDED.
"""

from __future__ import annotations

import json
import runpy
import sys
import threading
import time
from pathlib import Path

from benchmarks.stages import Sampler

RECORD = Path("record")
RECORDED = Path("recorded.json")
_POLL_SECONDS = 0.05


def _obey(sampler: Sampler) -> None:
    while True:
        if RECORD.exists():
            sampler.recording.set()
        elif sampler.recording.is_set():
            sampler.recording.clear()
            unfinished = RECORDED.with_suffix(".part")
            unfinished.write_text(json.dumps(sampler.seconds), encoding="utf-8")
            unfinished.replace(RECORDED)
        time.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    sampler = Sampler()
    sampler.start()
    threading.Thread(target=_obey, args=(sampler,), daemon=True).start()
    sys.argv[0] = "bot"
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
