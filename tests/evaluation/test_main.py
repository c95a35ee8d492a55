"""A whole run against a small bot: report, figures, failures and errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.library import sources
from tests.evaluation.conftest import StubBot

SPINAL = next(source for source in sources() if source.id == "spinal")
FACT_LINE, FACTS = next(line for line in SPINAL.lines if line[1])


def _write(path: Path, *items: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return str(path)


def _question(name: str, text: str, kind: str, **more: object) -> dict[str, object]:
    empty = {"article": None, "also_ok": [], "section": None, "facts": [], "note": ""}
    return {"id": name, "text": text, "kind": kind, **empty, **more}


@pytest.fixture
def files(tmp_path: Path, stub_bot: StubBot) -> list[str]:
    """Arguments for a run on five messages, and a bot that gets two of them wrong."""
    answer = {
        "outcome": "answer",
        "answerability": 0.9,
        "intent": "ask_overview",
        "passages": [
            {"id": "spinal/overview/1", "article": "spinal", "topic": "overview", "similarity": 0.8}
        ],
        "source": {"article": "spinal", "title": SPINAL.title},
        "disclaimer": SPINAL.disclaimer,
    }
    text = f"{FACT_LINE}\nSource: {SPINAL.title}.\n{SPINAL.disclaimer}"
    stub_bot.replies = {
        "what is it": [{"text": text, "custom": answer}],
        "tell me of <b>it</b>": [{"text": "Sorry & goodbye.", "custom": {"outcome": "not_found"}}],
        "weather": [{"text": "Not in my sources.", "custom": {"outcome": "not_found"}}],
        "my legs are numb": [{"text": "Get help now.", "custom": {"outcome": "urgent"}}],
        "what is numbness": [{"text": "Get help now.", "custom": {"outcome": "urgent"}}],
    }
    wanted = {"article": "spinal", "section": "overview", "facts": list(FACTS)}
    questions = _write(
        tmp_path / "q.jsonl",
        _question("q-1", "what is it", "in_scope", **wanted, set="tune"),
        _question("q-2", "tell me of <b>it</b>", "in_scope", **wanted, set="held"),
        _question("q-3", "weather", "out_of_scope_other", set="held"),
    )
    red_flags = _write(
        tmp_path / "r.jsonl",
        {"id": "r-1", "text": "my legs are numb", "label": "emergency", "group": "cauda_equina"},
        {
            "id": "r-2",
            "text": "what is numbness",
            "label": "not_emergency",
            "group": "cauda_equina",
        },
    )
    return [
        *("--url", stub_bot.url, "--report", str(tmp_path / "report")),
        *("--questions", questions, "--red-flags", red_flags),
    ]


def test_a_run_writes_page_figures_and_summary(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One command gives the page, the JSON file and the summary, and ends well."""
    assert main(files) == 0
    summary = capsys.readouterr().out
    assert "| right fact, in scope | at least 95 % |" in summary
    assert "FAISS top-1, fixed chunks" in summary
    assert "BM25 alone, best threshold" in summary

    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/svg+xml;base64,") >= 5
    assert "http://" not in page.replace("http://127.0.0.1", "")
    assert "<b>it</b>" not in page
    assert "Sorry &amp; goodbye." in page

    content = json.loads((tmp_path / "report" / "results.json").read_text(encoding="utf-8"))
    bot = content["systems"][0]
    assert (bot["fact_in_scope"]["successes"], bot["fact_in_scope"]["n"]) == (1, 2)
    assert content["alarms"]["cauda_equina"]["false_alarms"]["value"] == 1.0
    failed = {one["question"]["id"]: one["failures"] for one in content["questions"]}
    assert failed["q-1"] == failed["q-3"] == []
    assert failed["q-2"] == ["right fact missing", "right article not cited"]


def test_one_set_can_be_run_alone(tmp_path: Path, files: list[str]) -> None:
    """The set that was kept aside has its own figures."""
    assert main([*files, "--set", "held"]) == 0
    content = json.loads((tmp_path / "report" / "results.json").read_text(encoding="utf-8"))
    assert [one["question"]["id"] for one in content["questions"]] == ["q-2", "q-3"]


def test_red_flags_can_be_run_alone(tmp_path: Path, files: list[str]) -> None:
    """A run without questions reports on alarms and leaves the rest out."""
    assert main(files[:4] + files[6:]) == 0
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "Alarms" in page
    assert "Beside two baselines" not in page


def test_a_bad_file_ends_with_one_sentence(
    tmp_path: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong line is named before the bot is asked anything."""
    bad = _write(tmp_path / "bad.jsonl", _question("q-1", "hi", "small talk"))
    assert main([*files[:4], "--questions", bad]) == 1
    assert 'bad.jsonl, line 1: field "kind"' in capsys.readouterr().err


def test_an_unknown_fact_ends_with_one_sentence(
    tmp_path: Path, files: list[str], stub_bot: StubBot, capsys: pytest.CaptureFixture[str]
) -> None:
    """A label that no reply could meet is an error of the file."""
    question = _question("q-1", "hi", "in_scope", article="spinal", facts=["spinal-999"])
    assert main([*files[:4], "--questions", _write(tmp_path / "bad.jsonl", question)]) == 1
    assert "spinal-999" in capsys.readouterr().err
    assert stub_bot.asked == []
