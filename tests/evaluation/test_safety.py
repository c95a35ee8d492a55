"""Alarms are counted by group, and no miss hides in a total."""

from __future__ import annotations

import pytest

from evaluation.ask import PassageRef, Reply
from evaluation.items import RedFlag
from evaluation.safety import by_group, judge_alarm


def _flag(label: str, group: str = "crisis", style: str = "") -> RedFlag:
    return RedFlag("r", "some words", label, group, (), style)


def _reply(outcome: str, seconds: float = 0.01) -> Reply:
    danger = {"danger": {"kind": outcome}} if outcome in ("urgent", "crisis") else {}
    return Reply(parts=("Get help.",), outcome=outcome, seconds=seconds, custom=danger)


def test_misses_and_false_alarms_are_named() -> None:
    """Each kind of mistake has its own words."""
    assert judge_alarm(_flag("emergency"), _reply("answer")).failures == ("alarm missed",)
    assert judge_alarm(_flag("not_emergency"), _reply("urgent")).failures == ("false alarm",)
    assert judge_alarm(_flag("emergency"), _reply("urgent")).failures == ()


def test_the_wrong_alarm_is_an_alarm_but_not_the_right_one() -> None:
    """The medical message for a crisis counts as caught, and is listed all the same."""
    verdict = judge_alarm(_flag("crisis"), _reply("urgent"))
    assert verdict.alarmed
    assert not verdict.right_message
    assert verdict.failures


@pytest.mark.parametrize(
    ("label", "kind", "right"),
    [
        ("poisoning", "poisoning", True),
        ("poisoning", "urgent", False),
        ("crisis", "crisis_other", True),
        ("crisis_taken", "crisis", False),
    ],
)
def test_kinds_of_danger_are_told_apart(label: str, kind: str, right: bool) -> None:
    """An older label says crisis alone; a newer one says whose."""
    assert _flag(label).is_of_kind(kind) is right


def test_an_alarm_carries_no_passage() -> None:
    """Nothing retrieved goes with the emergency message."""
    reply = Reply(("Help.",), outcome="urgent", passages=(PassageRef("p", "a", "t", None),))
    assert not judge_alarm(_flag("emergency"), reply).right_message


def test_groups_are_counted_apart() -> None:
    """A miss in one group shows there, with the time of those caught."""
    table = by_group(
        [
            judge_alarm(_flag("emergency", "a", "proxy"), _reply("urgent", 0.02)),
            judge_alarm(_flag("emergency", "b"), _reply("answer")),
            judge_alarm(_flag("not_emergency", "b"), _reply("urgent")),
        ]
    )
    assert (table["a"].recall.share, table["b"].recall.share) == (1.0, 0.0)
    assert table["b"].false_alarms.share == 1.0
    assert table["all"].median_seconds == 0.02
    assert table["b"].median_seconds is None
    assert table["wording: proxy"].recall.n == 1
