"""Counts, times and levels for whoever runs the bot, as Prometheus reads them.

Never a patient's word: a label is one of a closed set, or a code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from knowledge_base.outcome import Outcome

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# The outcome of a turn that was stopped: it took too long, or its chat was deleted meanwhile.
CUT_OFF = "cut_off"
ALARM_KINDS = frozenset({"urgent", "poisoning", "crisis", "crisis_other", "crisis_taken"})
STORE_OPERATIONS = ("read", "save", "erase", "inbox", "lock", "note")
# What can fail on the way from a danger sign to its alarm.
ALARM_STEPS = ("check", "reply", "turn")

_PREFIX = "hematoma_guide"
_OTHER = "other"
_COUNTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sessions_total": ("Website chats started.", ()),
    "deleted_total": ("Conversations deleted by their patients.", ()),
    "turns_total": ("Messages answered, by channel and outcome.", ("channel", "outcome")),
    "alarms_total": ("Alarms, by kind.", ("kind",)),
    "alarm_sources_total": (
        "Alarms, by the training message or plain sentence that they resemble.",
        ("source",),
    ),
    "alarm_errors_total": (
        "Turns in which a danger may have got no alarm of its own: the check failed (all alarm "
        "then), the reply to a danger failed, or the whole turn did. Act on these.",
        ("failed",),
    ),
    "too_long_total": ("Messages over the usual length that were still answered.", ()),
    "feedback_total": ("First thumbs up or down, by outcome of the answer.", ("value", "outcome")),
    "feedback_changes_total": (
        "Thumbs changed afterwards, by what they were changed to.",
        ("value", "outcome"),
    ),
    "refusals_total": ("Requests refused, by channel and reason.", ("channel", "reason")),
    "received_total": ("Messages taken from a messaging platform, by kind.", ("channel", "kind")),
    "requests_total": ("Requests for stop, start, help or erasure.", ("channel", "request")),
    "sent_total": ("Answers a messaging platform has taken.", ("channel",)),
    "receipts_total": (
        "What a messaging platform said of our answers, by status.",
        ("channel", "status"),
    ),
    "send_errors_total": (
        "Tries to send an answer that failed, by code; most are repeated.",
        ("channel", "code"),
    ),
    "dropped_total": (
        "Messages or answers that went no further, by reason.",
        ("channel", "reason"),
    ),
    "halts_total": (
        "Times a messaging platform wanted no more messages, by code: act on these.",
        ("channel", "code"),
    ),
    "store_errors_total": (
        "Times conversations could not be read, saved or erased, or a message of a platform "
        "not be put into the inbox: act on these.",
        ("operation",),
    ),
}
_GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "inbox_messages": ("Messages of a messaging platform not answered yet.", ("channel",)),
    "inbox_oldest_seconds": ("Age of the oldest of them, 0 if there is none.", ("channel",)),
    "unsaved_conversations": ("Conversations that are in memory only.", ()),
}
# A turn takes some 10 ms, one of its stages less; nobody waits longer than the last.
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)

# They tell when each count began, which doubles the output, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The counts of one process, or of one test."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters = {
            name: Counter(name, meaning, labels, namespace=_PREFIX, registry=self._registry)
            for name, (meaning, labels) in _COUNTERS.items()
        }
        self._gauges = {
            name: Gauge(name, meaning, labels, namespace=_PREFIX, registry=self._registry)
            for name, (meaning, labels) in _GAUGES.items()
        }
        self._seconds = Histogram(
            "turn_seconds",
            "Time of turns, and of each pass through one of their stages.",
            ("channel", "stage"),
            namespace=_PREFIX,
            registry=self._registry,
            buckets=_SECONDS,
        )
        ProcessCollector(namespace=_PREFIX, registry=self._registry)
        # A count that is not there until its first event hides that event from `increase`.
        for kind in ALARM_KINDS:
            self.add("alarms_total", 0, kind=kind)
        for operation in STORE_OPERATIONS:
            self.add("store_errors_total", 0, operation=operation)
        for step in ALARM_STEPS:
            self.add("alarm_errors_total", 0, failed=step)

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add an amount, 0 or more, to the counter of a name (without prefix) and its labels."""
        counter = self._counters[name]
        (counter.labels(**labels) if labels else counter).inc(amount)

    def turn(self, channel: str, outcome: Outcome | None, seconds: float | None = None) -> None:
        """Count one turn of a channel, by its outcome; None is that of a turn that was stopped.

        A turn that Rasa had no part in has no seconds.
        """
        ended = outcome.value if outcome else CUT_OFF
        self.add("turns_total", channel=channel, outcome=ended)
        if seconds is not None:
            self.observe(channel, "turn", seconds)

    def alarm(self, kind: str, source: str) -> None:
        """Count one alarm; a kind outside the closed set is counted as "other"."""
        self.add("alarms_total", kind=kind if kind in ALARM_KINDS else _OTHER)
        self.add("alarm_sources_total", source=source)

    def observe(self, channel: str, stage: str, seconds: float) -> None:
        """Note how long a turn took, or a stage of one."""
        self._seconds.labels(channel, stage).observe(seconds)

    def watch(self, name: str, level: Callable[[], float], **labels: str) -> None:
        """Let a gauge (named without prefix) ask for its level each time it is read, and only then.

        If the level cannot be told, it is NaN, and the others are read all the same.
        """

        def asked() -> float:
            try:
                return level()
            except Exception:  # a broken file must not hide all other figures
                return float("nan")

        gauge = self._gauges[name]
        (gauge.labels(**labels) if labels else gauge).set_function(asked)

    @contextmanager
    def during_turn(self, channel: str) -> Iterator[None]:
        """Take the stages timed in this block for those of one turn of a channel."""
        token = _turn.set((self, channel))
        try:
            yield
        finally:
            _turn.reset(token)

    def render(self) -> str:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self._registry).decode()


_turn: ContextVar[tuple[Metrics, str] | None] = ContextVar("turn", default=None)


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Note how long this block takes as a stage of the turn under way; if none is, do nothing."""
    turn = _turn.get()
    started = time.perf_counter()
    try:
        yield
    finally:
        if turn is not None:
            metrics, channel = turn
            metrics.observe(channel, stage, time.perf_counter() - started)


@lru_cache(maxsize=1)
def shared_metrics() -> Metrics:
    """Return the counts of this process."""
    return Metrics()
