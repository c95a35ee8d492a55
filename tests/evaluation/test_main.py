"""A whole run against a small bot: what is asked, report, figures, failures and errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.ask import Bot
from tests.evaluation.conftest import FACT, LINE, StubBot, answer


def test_a_conversation_is_asked_in_order_and_its_reply_read_whole(stub_bot: StubBot) -> None:
    """Text, buttons and data may come in different elements; no conversation meets another."""
    sources = [{"article": "a", "title": "A"}, {"article": "c", "title": "C"}]
    custom = {"outcome": "answer", "answerability": 0.75, "sources": sources}
    stub_bot.replies = {
        "and the causes?": [
            {"text": "One.", "buttons": [{"title": "More", "payload": "/more"}]},
            {"text": "Two.", "custom": custom},
        ],
        "silence": [],
    }
    bot = Bot(stub_bot.url + "/")
    reply = bot.ask("and the causes?", ["what is a spinal hematoma"])
    assert (reply.parts, reply.text, reply.buttons) == (("One.", "Two."), "One.\nTwo.", ("More",))
    assert (reply.outcome, reply.answerability, reply.cited) == ("answer", 0.75, ["a", "c"])
    silent = bot.ask("silence")
    assert (silent.outcome, silent.text, silent.passages) == ("none", "", [])
    first, second, third = stub_bot.asked
    assert [first["message"], second["message"]] == ["what is a spinal hematoma", "and the causes?"]
    assert first["sender"] == second["sender"] != third["sender"]


def _write(path: Path, *items: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return str(path)


@pytest.fixture
def files(tmp_path: Path, stub_bot: StubBot) -> list[str]:
    """Arguments for a run on five messages, and a bot that gets two of them wrong."""
    said = answer()
    alarm = {"outcome": "urgent", "danger": {"kind": "urgent"}}
    stub_bot.replies = {
        "what is it": [{"text": said.text, "custom": said.custom}],
        "tell me of it": [{"text": "Sorry.", "custom": {"outcome": "not_found"}}],
        "weather": [{"text": "Not in my sources.", "custom": {"outcome": "not_found"}}],
        "my legs are numb": [{"text": "Get help now.", "custom": alarm}],
        "what is numbness": [{"text": "Get help now.", "custom": alarm}],
    }
    wanted = {"kind": "in_scope", "article": "spinal", "section": "overview", "facts": [FACT]}
    questions = _write(
        tmp_path / "q.jsonl",
        {"id": "q-1", "text": "what is it", **wanted, "set": "tune"},
        {"id": "q-2", "text": "tell me of it", **wanted, "set": "held"},
        {"id": "q-3", "text": "weather", "kind": "out_of_scope_other", "set": "held"},
    )
    about = {"group": "cauda_equina", "slice": "plain"}
    red_flags = _write(
        tmp_path / "r.jsonl",
        {"id": "r-1", "text": "my legs are numb", "label": "emergency", **about},
        {"id": "r-2", "text": "what is numbness", "label": "not_emergency", **about},
    )
    return [
        *("--url", stub_bot.url, "--report", str(tmp_path / "report")),
        *("--questions", questions, "--red-flags", red_flags),
    ]


def _written(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "report" / "results.json").read_text(encoding="utf-8")))


def test_a_run_writes_report_failures_and_figures(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One command gives the tables, every failure and the figures, and ends well."""
    assert main(files) == 0
    report = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert report in capsys.readouterr().out
    half = "50.0 % [9.5-90.5], 1/2"
    assert f"| at least 95 % | 0.0 % [0.0-79.3], 0/1 | 100.0 % [20.7-100.0], 1/1 | {half}" in report
    assert f"| topic overview | {half} |" in report
    assert "| cauda_equina | 100.0 % [20.7-100.0], 1/1 |" in report
    failures = (tmp_path / "report" / "failures.md").read_text(encoding="utf-8")
    assert failures.startswith("# 2 of 5 replies have a failure")
    assert "q-2 (in_scope): right fact missing; right article not cited" in failures
    assert f"- wanted: {LINE}" in failures
    assert "r-2 (cauda_equina): false alarm" in failures
    failed = {one["item"]["id"]: one["failures"] for one in _written(tmp_path)["verdicts"]}
    assert [name for name, found in failed.items() if found] == ["q-2", "r-2"]
    tables = {table["title"]: table["rows"] for table in _written(tmp_path)["tables"]}
    assert tables["Knowing what it does not know"]["far"][0]["value"] == 1.0


def test_one_set_or_one_kind_of_message_can_be_run_alone(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The set that was kept aside has its own figures; without questions the rest is left out."""
    assert main([*files, "--set", "held"]) == 0
    assert [one["item"]["id"] for one in _written(tmp_path)["verdicts"]] == ["q-2", "q-3"]
    assert main([*files, "--questions"]) == 0
    assert [one["item"]["id"] for one in _written(tmp_path)["verdicts"]] == ["r-1", "r-2"]
    assert len(_written(tmp_path)["tables"]) == 3
    # A set that no message is in is a slip, not a report on nothing.
    assert main([*files, "--set", "hold"]) == 1
    assert "--set" in capsys.readouterr().err


def test_a_bad_file_ends_with_one_sentence(
    tmp_path: Path, files: list[str], stub_bot: StubBot, capsys: pytest.CaptureFixture[str]
) -> None:
    """A label that no reply could meet is named before anything is asked."""
    row = {"id": "q-1", "text": "hi", "kind": "in_scope", "article": "spinal"}
    bad = _write(tmp_path / "bad.jsonl", {**row, "facts": ["spinal-999"]})
    assert main([*files, "--questions", bad]) == 1
    assert "spinal-999" in capsys.readouterr().err
    assert stub_bot.asked == []
