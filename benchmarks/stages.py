"""Where the time of one turn goes, seen by looking at the running server very often.

A thread of the server looks about a thousand times a second at what every other thread is
doing, and books the time since its last look on the stage that the innermost telling frame
belongs to. The looking costs time of its own, so the shares are good and the sums are not:
`split` spreads the shares over the time that was measured without looking.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import FrameType

HTTP = "channel and HTTP server"
ENCODER = "encoder"
NLU = "understanding: all else"
DANGER = "understanding: danger"
POLICIES = "rules and policies"
CORE = "Rasa's bookkeeping"
ACTION = "action: search and reply"
STORE = "store and lock"
OUTSIDE = "client, kernel, waiting"

# The longest prefix that fits a frame's module wins. Modules that are not listed, such as
# rasa.shared and numpy, count for whoever called them.
STAGE_OF_MODULE = {
    "knowledge_base.encoder": ENCODER,
    "bot.nlu": NLU,
    "bot.nlu.danger_detector": DANGER,
    "rasa.nlu": NLU,
    "rasa.core.policies": POLICIES,
    "rasa.core.featurizers": POLICIES,
    "rasa.core.processor": CORE,
    "rasa.core.agent": CORE,
    "rasa.engine": CORE,
    "rasa.core.actions": ACTION,
    "rasa_sdk": ACTION,
    "actions": ACTION,
    "bot.in_process_actions": ACTION,
    "bot.conversation_store": STORE,
    "bot.conversation_locks": STORE,
    "rasa.core.tracker_store": STORE,
    "rasa.core.lock_store": STORE,
    "rasa.core.lock": STORE,
    "bot.channels": HTTP,
    "rasa.core.channels": HTTP,
    "rasa.server": HTTP,
    "sanic": HTTP,
    "asyncio": HTTP,
}
# Innermost functions of a thread that waits for something to do.
_WAITING = {"select", "poll", "wait", "serve", "run_forever", "_worker", "accept"}
_SECONDS_BETWEEN_LOOKS = 0.001
# The other threads give way this often, so that a look need not wait longer.
_SWITCH_SECONDS = 0.0002


def stage_of(frame: FrameType | None) -> str | None:
    """Return the stage that a thread works for, or None when it waits.

    Args:
        frame: the innermost frame of the thread.
    """
    if frame is None or frame.f_code.co_name in _WAITING:
        return None
    for module in _modules(frame):
        parts = module.split(".")
        for length in range(len(parts), 0, -1):
            stage = STAGE_OF_MODULE.get(".".join(parts[:length]))
            if stage:
                return stage
    return None


def _modules(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield str(frame.f_globals.get("__name__", ""))
        frame = frame.f_back


class Sampler(threading.Thread):
    """Books the time of all other threads, while it is told to record."""

    def __init__(self) -> None:
        """Make the thread; it ends with the process."""
        super().__init__(name="sampler", daemon=True)
        self.seconds: dict[str, float] = defaultdict(float)
        self.recording = threading.Event()

    def run(self) -> None:
        """Look again and again (see parent class)."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        while True:
            self.recording.wait()
            last = time.perf_counter()
            while self.recording.is_set():
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                now = time.perf_counter()
                for thread, frame in sys._current_frames().items():
                    stage = stage_of(frame) if thread != self.ident else None
                    if stage:
                        self.seconds[stage] += now - last
                last = now


def split(
    seconds: Mapping[str, float], turns: int, looked_ms: float, turn_ms: float
) -> dict[str, float]:
    """Return the milliseconds of one turn by stage.

    Args:
        seconds: busy seconds by stage, over all turns.
        turns: how many turns there were.
        looked_ms: mean time of one turn while the sampler looked.
        turn_ms: time of one turn without it; the result adds up to this.
    """
    of_turn = {stage: 1000 * spent / turns for stage, spent in seconds.items()}
    of_turn[OUTSIDE] = max(looked_ms - sum(of_turn.values()), 0.0)
    whole = sum(of_turn.values())
    shares = {stage: spent / whole * turn_ms for stage, spent in of_turn.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))
