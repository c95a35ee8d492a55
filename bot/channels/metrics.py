"""Counts for whoever runs the bot, in the text format of Prometheus; never a patient's word."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from knowledge_base.outcome import Outcome

OUTCOMES = frozenset(outcome.value for outcome in Outcome)
_PREFIX = "hematoma_guide_"
_HELP = {
    "sessions_total": "Website chats started.",
    "deleted_total": "Website chats deleted by the patient.",
    "turns_total": "Messages answered, by channel and outcome.",
    "alarms_total": "Alarms, by the training message or plain sentence that they resemble.",
    "too_long_total": "Messages over the usual length that were still answered.",
    "feedback_total": "Thumbs up or down, by outcome of the answer.",
    "refusals_total": "Requests refused, by reason.",
    "received_total": "Messages taken from a messaging platform, by kind.",
    "requests_total": "Requests for stop, start, help or erasure, by channel.",
    "sent_total": "Answers a messaging platform has taken.",
    "receipts_total": "What a messaging platform said of our answers, by status.",
    "send_errors_total": "Tries to send an answer that failed, by code; most are repeated.",
    "dropped_total": "Messages or answers that went no further, by reason.",
    "halts_total": "Times a messaging platform wanted no more messages, by code: act on these.",
    "store_errors_total": "Times conversations could not be read, saved or erased: act on these.",
    "turn_seconds_sum": "Time spent on turns.",
    "turn_seconds_count": "Turns timed.",
}


class Metrics:
    """Counters with at most a few known labels each."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to one counter."""
        key = (name, tuple(sorted(labels.items())))
        self._counts[key] += amount  # type: ignore[assignment]  # seconds are fractions

    def turn(self, channel: str, outcome: str, seconds: float) -> None:
        """Count one turn; an outcome outside the closed set is counted as "other"."""
        known = outcome if outcome in OUTCOMES else "other"
        self.add("turns_total", channel=channel, outcome=known)
        self.add("turn_seconds_sum", seconds)
        self.add("turn_seconds_count")

    def render(self) -> str:
        """All counters, in the Prometheus text format."""
        lines: list[str] = []
        for name, meaning in _HELP.items():
            lines += [f"# HELP {_PREFIX}{name} {meaning}", f"# TYPE {_PREFIX}{name} counter"]
            entries = sorted(
                (labels, n) for (key, labels), n in self._counts.items() if key == name
            )
            for labels, count in entries or [((), 0)]:
                shown = ",".join(f'{label}="{value}"' for label, value in labels)
                lines.append(f"{_PREFIX}{name}{f'{{{shown}}}' if shown else ''} {count:g}")
        return "\n".join(lines) + "\n"


@lru_cache(maxsize=1)
def shared_metrics() -> Metrics:
    """Return the counters of this process."""
    return Metrics()
