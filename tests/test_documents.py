"""What the documents, the dashboard and the alerts say is so."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.metrics import Metrics
from bot.settings import PREFIX, Settings
from tests.conftest import ROOT
from tests.conversations.patient import Patient

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

ROW = re.compile(rf"^\| `{PREFIX}([A-Z_]+)` \| (.+?) \|", re.MULTILINE)
HAZARDS = (ROOT / "docs/hazard-log.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
SETTING = re.compile(rf"{PREFIX}([A-Z]+(?:_[A-Z]+)*)")


def named(folder: str) -> set[str]:
    """The settings that the code of a folder names."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
    return {name for text in texts for name in SETTING.findall(text)}


def shown(default: object) -> str:
    """A default as the table of settings writes it."""
    if default in (None, ()):
        return "none"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_every_setting_is_described_with_its_default_and_no_other_is() -> None:
    """No setting is secret knowledge, and none is promised that does not exist."""
    rows = dict(ROW.findall(OPERATIONS))
    defaults = {field.name.upper(): shown(field.default) for field in fields(Settings)}
    defaults["TOKEN_SECRET"] = rows["TOKEN_SECRET"]  # made anew at each start
    assert {name: rows.get(name) for name in defaults} == defaults
    read = {*named("bot"), *named("actions"), *named("knowledge_base"), *defaults}
    assert set(rows) == {name.removesuffix("_FILE") for name in read}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_every_command_leads_somewhere(document: Path) -> None:
    """No reader follows a link to a file that is not there, or types a `make` that is unknown."""
    text = document.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        assert (document.parent / target).exists(), target
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)) <= set(targets)


def test_the_tree_in_the_readme_is_the_tree() -> None:
    """Each folder and file of the README's tree exists."""
    tree = README.split("## How it is laid out")[1].split("```")[1]
    names = [line.split()[0] for line in tree.strip().splitlines()]
    assert names
    for name in names:
        assert (ROOT / name).exists(), name


def test_each_hazard_is_controlled_by_tests_that_exist() -> None:
    """Every test that the hazard log leans on is really there, and no hazard is without one."""
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    written = {name for text in tests for name in re.findall(r"def (test_\w+)\(", text)}
    assert set(re.findall(r"`(test_\w+)`", HAZARDS)) <= written
    rows = [line for line in HAZARDS.splitlines() if re.match(r"\| H\d+ ", line)]
    assert rows
    assert all("`test_" in row for row in rows)


def test_the_conversation_in_the_readme_is_real(bot_url: str) -> None:
    """The running bot says, word for word, what the README quotes."""
    transcript = README.split("```text\nYou: ")[1].split("```")[0]
    turns = [turn.split("\n\nBot: ") for turn in transcript.split("\n\nYou: ")]
    assert len(turns) >= 3
    reader = Patient(bot_url)
    for question, quoted in turns:
        assert quoted.split() == reader.say(question)["text"].split()


DASHBOARD: dict[str, Any] = json.loads(
    (ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8")
)
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOK = OPERATIONS.split("## When an alert fires")[1].split("\n## ")[0]
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
