"""The time of a turn is booked on the part of the bot that spends it."""

from __future__ import annotations

import sys
import threading
import time
from types import FrameType
from typing import Any

import pytest

from benchmarks.floor import encoder_pass
from benchmarks.stages import ACTION, DANGER, ENCODER, NLU, OUTSIDE, Sampler, split, stage_of


def _inside(*modules: str, function: str = "work") -> FrameType:
    """Return the innermost frame of functions of modules, each called by the one before."""
    namespaces: list[dict[str, Any]] = [{"__name__": module} for module in modules]
    inner: Any = sys._getframe
    for namespace in reversed(namespaces):
        namespace["inner"] = inner
        exec(f"def {function}(): return inner()", namespace)  # noqa: S102  (a frame by that name)
        inner = namespace[function]
    frame = inner()
    assert isinstance(frame, FrameType)
    return frame


@pytest.mark.parametrize(
    ("modules", "stage"),
    [
        (("rasa.core.processor", "bot.nlu.sentence_encoder", "knowledge_base.encoder"), ENCODER),
        (("rasa.core.actions.action", "actions.answer", "knowledge_base.search"), ACTION),
        (("bot.nlu.linear_intent_classifier", "numpy.core"), NLU),
        (("bot.nlu.danger_detector", "re"), DANGER),
        (("somebody.elses.module",), None),
    ],
)
def test_the_innermost_telling_module_decides(modules: tuple[str, ...], stage: str | None) -> None:
    """A helper's time belongs to whoever called it."""
    assert stage_of(_inside(*modules)) == stage


def test_waiting_is_no_work() -> None:
    """A server that waits for the next message spends nothing."""
    assert stage_of(_inside("asyncio.base_events", "selectors", function="select")) is None
    assert stage_of(None) is None


def test_the_stages_add_up_to_the_turn() -> None:
    """What the server did not spend was spent around it; looking is not billed."""
    stages = split({ENCODER: 0.5, ACTION: 0.3}, turns=100, looked_ms=10.0, turn_ms=5.0)
    assert stages == pytest.approx({ENCODER: 2.5, ACTION: 1.5, OUTSIDE: 1.0})
    assert list(stages) == [ENCODER, ACTION, OUTSIDE]


def test_a_sampler_books_what_a_thread_does_while_it_records() -> None:
    """Only recorded time counts."""
    namespace: dict[str, Any] = {"__name__": "knowledge_base.encoder", "done": False}
    exec("def work():\n    while not done: pass", namespace)  # noqa: S102  (a busy module)
    switching = sys.getswitchinterval()
    sampler = Sampler()
    sampler.start()
    worker = threading.Thread(target=namespace["work"])
    worker.start()
    try:
        time.sleep(0.05)
        assert not sampler.seconds
        sampler.recording.set()
        deadline = time.monotonic() + 30
        while not sampler.seconds.get(ENCODER) and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        sampler.recording.clear()
        namespace["done"] = True
        worker.join()
        sys.setswitchinterval(switching)
    assert sampler.seconds[ENCODER] > 0


def test_the_floor_is_not_measured_with_a_text_that_is_remembered() -> None:
    """A remembered text costs nothing, and would make the goal unreachable for no reason."""

    class Encoder:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def encode(self, texts: Any) -> Any:
            self.asked += texts

    encoder = Encoder()
    assert encoder_pass(encoder, ["one", "two"]) >= 0
    assert encoder.asked[-2:] == ["one", "two"]
    with pytest.raises(ValueError, match="twice"):
        encoder_pass(encoder, ["one", "one"])
