"""Both sides start from nothing; the figures are computed right, and judged by the goals."""

import json
import os
from pathlib import Path

import pytest
import yaml

from benchmarks.load import Turn, says_something
from benchmarks.measure import long_conversation, one_turn, questions
from benchmarks.plan import FULL
from benchmarks.results import OURS, STOCK, Results, load, machine
from benchmarks.sides import Ours
from benchmarks.stock.project import generate
from evaluation import EvaluationError
from evaluation.launch import ROOT
from knowledge_base.articles import load_articles
from knowledge_base.passages import passages_of


def test_the_copy_of_the_bot_starts_from_nothing(tmp_path: Path) -> None:
    """No index, no model, no key and nobody's conversations come along."""
    source = tmp_path / "source"
    kept = {"bot/__init__.py", "knowledge_base/search.py", "config.yml"}
    left = ("knowledge_base/index/vectors.faiss", "models/one.tar.gz", ".venv/bin/python")
    for name in (*kept, *left, "conversations.db-wal", "data.key", "tests/test_bot.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    copy = Ours(tmp_path / "copy", source).folder
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert files == kept


def test_the_stock_project_is_what_rasa_init_gives(tmp_path: Path) -> None:
    """Nothing makes it slow or fast: Rasa's own pipeline and store, and all our passages."""
    project = tmp_path / "stock"
    generate(ROOT, project, action_port=5055, examples=3, epochs=0, seed=1)
    config = yaml.safe_load((project / "config.yml").read_text(encoding="utf-8"))
    names = {part["name"] for part in (*config["pipeline"], *config["policies"])}
    assert {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"} <= names
    assert {part["epochs"] for part in config["pipeline"] if "epochs" in part} == {100}
    store = yaml.safe_load((project / "endpoints.yml").read_text("utf-8"))["tracker_store"]
    assert store == {"type": "SQL", "dialect": "sqlite", "db": "rasa.db"}
    passages = json.loads((project / "passages.json").read_text(encoding="utf-8"))
    ours = [p.text for article in load_articles() for p in passages_of(article)]
    assert [passage["text"] for passage in passages] == ours


FIGURES = {
    "p50_ms": 10.0,
    "rate": 100.0,
    "memory_mb": 300.0,
    "first_reply_seconds": 2.0,
    "early_turn_ms": 10.0,
    "late_turn_ms": 11.0,
}


@pytest.fixture
def results() -> Results:
    """A run in which ours is ten times better, and the encoder takes half a turn."""
    results = Results("2030-12-31", machine(), {}, notes=["One note."])
    results.add(OURS, {**FIGURES, "encoder_pass_ms": 5.0})
    worse = {name: value * (0.1 if name == "rate" else 10) for name, value in FIGURES.items()}
    results.add(STOCK, worse)
    return results


def test_one_turn_and_a_late_turn_are_told_in_milliseconds() -> None:
    """The long conversation compares turns 2 to 4 with turns 198 to 202."""
    figures = one_turn([Turn(0.001 * number, True) for number in range(1, 102)])
    assert figures == pytest.approx({"p50_ms": 51.0, "p95_ms": 96.0})
    talk = [Turn(number, True) for number in range(1, FULL.turns + 1)]
    late = long_conversation([talk, talk])
    assert late == {"early_turn_ms": 3000.0, "late_turn_ms": 200_000.0}
    # Every question is new to both bots.
    asked = questions(FULL.seed)
    assert len(asked) == len(set(asked)) > 10 * FULL.questions


def test_goals_are_met_by_a_bot_that_is_ten_times_better(results: Results) -> None:
    """Each goal is judged in its own direction; what was not measured is not judged."""
    assert [met for _, met in results.goals().values()] == [True] * 6
    assert {met for _, met in Results("", {}, {}).goals().values()} == {None}
    results.sides[STOCK] = results.sides[OURS]
    missed = [goal for goal, (_, met) in results.goals().items() if not met]
    assert len(missed) == 4
    assert all("of stock" in goal for goal in missed)


def test_a_record_says_the_same_when_read_again(results: Results, tmp_path: Path) -> None:
    """The last full run can be shown again; it does not name the machine."""
    file = tmp_path / "results.json"
    with pytest.raises(EvaluationError, match="make bench"):
        load(file)
    results.save(file)
    text = load(file).text()
    assert text == results.text()
    assert "NOT MET" not in text
    assert "- One note." in text
    assert os.uname().nodename not in file.read_text(encoding="utf-8")
    file.write_text('{"other": 2}')
    with pytest.raises(EvaluationError, match="damaged"):
        load(file)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"[1]", b'[{"text": ""}]', b"not json"])
def test_silence_is_no_answer(body: bytes) -> None:
    """`200 []` is how a stock bot fails; it does not count as a turn."""
    assert not says_something(body)
