"""Counts for whoever runs the bot, in the text format of Prometheus; never a patient's word."""

from __future__ import annotations

from collections import Counter

from knowledge_base.outcome import Outcome

OUTCOMES = frozenset(outcome.value for outcome in Outcome)
_PREFIX = "hematoma_guide_"
_HELP = {
    "sessions_total": "Website chats started.",
    "deleted_total": "Website chats deleted by the patient.",
    "turns_total": "Messages answered, by outcome.",
    "alarms_total": "Alarms, by the rule or exemplar that fired.",
    "too_long_total": "Messages over the usual length that were still answered.",
    "feedback_total": "Thumbs up or down, by outcome of the answer.",
    "refusals_total": "Requests refused, by reason.",
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

    def turn(self, outcome: str, seconds: float) -> None:
        """Count one turn; an outcome outside the closed set is counted as "other"."""
        self.add("turns_total", outcome=outcome if outcome in OUTCOMES else "other")
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
