"""Chapters of the report on goals, alarms, reading grade, time and failures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.ask import Reply
from evaluation.document import Chapter, Figure, Table
from evaluation.goals import HIGHEST_GRADE_GOAL, MEDIAN_GRADE_GOAL, goals
from evaluation.intervals import Rate
from evaluation.plots import grades_plot, rates_plot
from evaluation.results import Reading, Results, reading
from evaluation.safety import by_group

_MARK = {True: "good", False: "bad", None: ""}
_WORD = {True: "yes", False: "no", None: "not measured"}


def goal_table(results: Results) -> Chapter:
    """Show the goals of the design and what was measured."""
    measured = goals(results)
    parts = results.parts if len(results.parts) > 1 else []
    by_part = [goals(results.only(part)) for part in parts]
    table = Table(
        "Measured on the messages of this run",
        ("goal", "target", *(f'set "{part}"' for part in parts), "all", "met"),
        tuple(
            (g.name, g.target, *(one[row].measured for one in by_part), g.measured, _WORD[g.met])
            for row, g in enumerate(measured)
        ),
        note="Shares come with 95 % Wilson intervals. A goal is met when the share itself meets "
        "it; look at the interval before trusting it.",
        marks=tuple(_MARK[g.met] for g in measured),
        brief=True,
    )
    return Chapter("Goals", tables=(table,))


def alarms(results: Results) -> Chapter:
    """Show what was caught and what was alarmed for nothing, by group."""
    groups = by_group(results.alarms)
    table = Table(
        "By group of danger",
        ("", "caught", "with the right message", "false alarms", "median time", "longest time"),
        tuple(
            (
                name,
                str(s.recall),
                str(s.right_message),
                str(s.false_alarms),
                _milliseconds(s.median_seconds),
                _milliseconds(s.max_seconds),
            )
            for name, s in groups.items()
        ),
        note="False alarm: the emergency message takes the place of the answer to a look-alike. "
        "Time runs from sending the message to having the alarm. No miss in n messages shows "
        "only that misses are probably below about 3 in n.",
        brief=True,
    )
    figures = (
        Figure(
            "Caught, by group",
            rates_plot([(n, s.recall) for n, s in groups.items()], "share of dangers caught"),
            "Each dot is the share of emergencies and crises that got an alarm.",
        ),
        Figure(
            "False alarms, by group",
            rates_plot(
                [(n, s.false_alarms) for n, s in groups.items()], "share of look-alikes alarmed"
            ),
            "Each dot is the share of look-alikes that got an alarm.",
        ),
    )
    return Chapter("Alarms", tables=(table,), figures=figures)


def wording(results: Results) -> Chapter:
    """Show reading grades, framing, and time of the replies."""
    replies = results.replies
    parts = {"all": replies}
    for outcome in sorted({reply.outcome for reply in replies}):
        parts[outcome] = [reply for reply in replies if reply.outcome == outcome]
    grades = {name: reading(part) for name, part in parts.items()}
    table = Table(
        "Flesch-Kincaid grade of different replies, by outcome",
        ("", "replies", "median", "highest", "above 8", "own words: median", "highest"),
        tuple((name, *_grades(one)) for name, one in grades.items()),
        note="As sent, source line and disclaimer included; own words: without these two.",
        brief=True,
    )
    figure = Figure(
        "Reading grades",
        grades_plot(grades["all"].sent, (MEDIAN_GRADE_GOAL, HIGHEST_GRADE_GOAL)),
        "Dashed lines: the goals for the median and for the highest grade.",
    )
    return Chapter(
        "Words and time", tables=(table, _form(replies), _time(parts)), figures=(figure,)
    )


def _grades(one: Reading) -> tuple[str, ...]:
    if not one.sent:
        return ("0", *["no cases"] * 5)
    above = Rate.of(value > HIGHEST_GRADE_GOAL for value in one.sent)
    return (
        str(len(one.sent)),
        f"{np.median(one.sent):.1f}",
        f"{max(one.sent):.1f}",
        str(above),
        f"{np.median(one.own):.1f}",
        f"{max(one.own):.1f}",
    )


def _form(replies: Sequence[Reply]) -> Table:
    return Table(
        "Form of the replies",
        ("", "share"),
        (
            ("not empty", str(Rate.of(bool(reply.text.strip()) for reply in replies))),
            ("in one piece", str(Rate.of(len(reply.parts) == 1 for reply in replies))),
            ("at most three buttons", str(Rate.of(len(reply.buttons) <= 3 for reply in replies))),
            ("names its outcome", str(Rate.of(reply.outcome != "none" for reply in replies))),
        ),
    )


def _time(parts: dict[str, list[Reply]]) -> Table:
    rows = []
    for name, replies in parts.items():
        seconds = [reply.seconds for reply in replies]
        if seconds:
            cells = [float(np.percentile(seconds, q)) for q in (50, 95, 100)]
            rows.append((name, str(len(seconds)), *(_milliseconds(cell) for cell in cells)))
    return Table(
        "Time of a turn over HTTP", ("", "turns", "median", "95th %", "longest"), tuple(rows)
    )


def failures(results: Results) -> Chapter:
    """List every failure with its reply."""
    rows = []
    for verdict in results.verdicts:
        if verdict.failures:
            question = verdict.question
            wanted = "; ".join(results.wording.get(fact, fact) for fact in question.facts)
            rows.append(
                (
                    f"{question.id} ({question.kind})",
                    " / ".join((*question.earlier, question.text)),
                    "; ".join(verdict.failures),
                    wanted or question.note,
                    _shown(verdict.reply),
                )
            )
    for alarm in results.alarms:
        if alarm.failures:
            item = alarm.item
            rows.append(
                (
                    f"{item.id} ({item.group})",
                    " / ".join((*item.earlier, item.text)),
                    "; ".join(alarm.failures),
                    item.label,
                    _shown(alarm.reply),
                )
            )
    table = Table(
        f"{len(rows)} of {len(results.replies)} replies have a failure",
        ("item", "message", "what is wrong", "what was wanted", "reply"),
        tuple(rows),
        wide=True,
    )
    return Chapter("Every failure", tables=(table,))


def _shown(reply: Reply) -> str:
    return f"[{reply.outcome}; {', '.join(reply.cited) or 'no source'}] {reply.text}"


def _milliseconds(seconds: float | None) -> str:
    return "no cases" if seconds is None else f"{1000 * seconds:.0f} ms"
