"""Counts, times and levels for whoever runs the bot, as Prometheus reads them.

Never a patient's word: a label is one of a closed set, or a code.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any

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

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
ALARM_KINDS = frozenset({"urgent", "poisoning", "crisis", "crisis_other", "crisis_taken"})
# What can fail on the way from a danger sign to its alarm.
ALARM_STEPS = ("check", "reply", "turn")

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
# A count that is not there until its first event hides that event from `increase`.
_FROM_THE_START: dict[str, Iterable[str]] = {
    "alarms_total": ALARM_KINDS,
    "alarm_errors_total": ALARM_STEPS,
    "store_errors_total": ("read", "save", "erase", "inbox", "lock", "note"),
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
        ours: dict[str, Any] = {"namespace": "hematoma_guide", "registry": self._registry}
        self._counters = {name: Counter(name, *about, **ours) for name, about in _COUNTERS.items()}
        self._gauges = {name: Gauge(name, *about, **ours) for name, about in _GAUGES.items()}
        self._seconds = Histogram(
            "turn_seconds",
            "Time of turns, and of each pass through one of their stages.",
            ("channel", "stage"),
            buckets=_SECONDS,
            **ours,
        )
        ProcessCollector(**ours)
        for name, labels in _FROM_THE_START.items():
            for label in labels:
                self._counters[name].labels(label)

    def add(self, name: str, **labels: str) -> None:
        """Add one to the counter of a name (without prefix) and its labels."""
        counter = self._counters[name]
        (counter.labels(**labels) if labels else counter).inc()

    def alarm(self, kind: str, source: str) -> None:
        """Count one alarm; a kind outside the closed set is counted as "other"."""
        self.add("alarms_total", kind=kind if kind in ALARM_KINDS else "other")
        self.add("alarm_sources_total", source=source)

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
        """Time this block as one turn of a channel, and the stages timed in it as its stages."""
        token = _seconds_of.set(partial(self._seconds.labels, channel))
        try:
            with timed("turn"):
                yield
        finally:
            _seconds_of.reset(token)

    def render(self) -> str:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self._registry).decode()


# Gives the times of a stage of the turn under way.
_seconds_of: ContextVar[Callable[[str], Histogram] | None] = ContextVar("seconds_of", default=None)


def timed(stage: str) -> AbstractContextManager[Any]:
    """Note how long a block takes as a stage of the turn under way; if none is, do nothing."""
    seconds_of = _seconds_of.get()
    return seconds_of(stage).time() if seconds_of else nullcontext()


@lru_cache(maxsize=1)
def shared_metrics() -> Metrics:
    """Return the counts of this process."""
    return Metrics()
