"""What each figure is called, in the order of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: of the figure.
        title: for readers.
        unit: of the values.
        more_is_better: so that the ratio always says how many times better ours is.
    """

    name: str
    title: str
    unit: str
    more_is_better: bool = False


def rows(senders: tuple[int, ...]) -> list[Row]:
    """Return all lines.

    Args:
        senders: the numbers of senders that throughput was measured with.
    """
    return [
        Row("cold_seconds", "cold first run: set-up to first reply", "s"),
        Row("index_seconds", "  of it: building the index", "s"),
        Row("training_seconds", "  of it: training", "s"),
        Row("ready_seconds", "start to ready", "s"),
        Row("first_reply_seconds", "start to first reply", "s"),
        Row("p50_ms", "one turn, p50", "ms"),
        Row("p95_ms", "one turn, p95", "ms"),
        Row("p99_ms", "one turn, p99", "ms"),
        Row("empty_request_ms", "an empty HTTP request, p50", "ms"),
        *(
            Row(f"rate_{n}", f"turns per second, {n} sender{'s' if n > 1 else ''}", "/s", True)
            for n in senders
        ),
        Row("early_turn_ms", "2nd turn of a conversation", "ms"),
        Row("late_turn_ms", "200th turn of a conversation", "ms"),
        Row("burst_seconds", "six messages at once, one sender", "s"),
        Row("rss_mb", "memory of all processes, RSS", "MB"),
        Row("pss_mb", "memory of all processes, PSS", "MB"),
        Row("processes", "processes", ""),
        Row("unanswered", "messages without an answer", ""),
        Row("load_average", "load of the machine before the start", ""),
    ]
