"""Dashboard, alerts, runbook and code speak of the same figures."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from bot.channels.metrics import Metrics
from tests.conftest import ROOT

DASHBOARD: dict[str, Any] = json.loads(
    (ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8")
)
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOK = (
    (ROOT / "docs/operations.md")
    .read_text(encoding="utf-8")
    .split("## When an alert fires")[1]
    .split("\n## ")[0]
)
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
ALERT_NAMES = sorted(rule["alert"] for rule in ALERTS)
EXPRESSIONS = [rule["expr"] for rule in ALERTS]
NAME = re.compile(r"hematoma_guide_\w+")


def known() -> set[str]:
    """The names that /metrics has, or has once there is something to count."""
    declared = re.findall(r"^# TYPE (\w+) (\w+)$", Metrics().render(), re.MULTILINE)
    names = {name for name, kind in declared if kind != "histogram"}
    timed = [name for name, kind in declared if kind == "histogram"]
    return names | {f"{name}_{part}" for name in timed for part in ("bucket", "sum", "count")}


@pytest.mark.parametrize("expression", [*QUERIES, *EXPRESSIONS])
def test_what_is_shown_or_watched_exists(expression: str) -> None:
    """No panel is empty, and no alert silent, because of a name that the bot does not have."""
    names = set(NAME.findall(expression))
    assert names or "up{" in expression
    assert names <= known()


def test_what_matters_is_watched() -> None:
    """A bot that is down, that loses words or dangers, or keeps people waiting, is noticed."""
    matters = set(
        "up{ alarm_errors_total store_errors_total unsaved_conversations inbox_oldest_seconds "
        "turn_seconds_bucket".split()
    )
    assert {part for part in matters if part in "\n".join(EXPRESSIONS)} == matters


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    """Who is woken by an alert finds its line in the runbook."""
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert sorted(re.findall(r"^\| `(\w+)` \|", RUNBOOK, re.MULTILINE)) == ALERT_NAMES
