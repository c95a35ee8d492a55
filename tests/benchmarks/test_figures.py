"""The figures are computed right, and judged by the goals of the project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.goals import judge
from benchmarks.load import Turn
from benchmarks.measure import long_conversation, one_turn
from benchmarks.memory import family, memory_of
from benchmarks.percentiles import median, percentile
from benchmarks.plan import FULL, QUICK
from benchmarks.plots import draw, times_better
from benchmarks.questions import questions
from benchmarks.results import OURS, STOCK, Results, load, machine
from benchmarks.table import failed, text_of

FIGURES = {
    "p50_ms": 10.0,
    "rate_8": 100.0,
    "rss_mb": 300.0,
    "first_reply_seconds": 2.0,
    "early_turn_ms": 10.0,
    "late_turn_ms": 11.0,
    "burst_seconds": 0.1,
}


@pytest.fixture
def results() -> Results:
    """A run in which ours is ten times better, and the encoder takes half a turn."""
    results = Results("2030-12-31", machine(), {"senders": [1, 8]}, floor_ms=[5.0])
    results.add(OURS, FIGURES)
    results.add(
        STOCK, {name: value * (0.1 if "rate" in name else 10) for name, value in FIGURES.items()}
    )
    results.stages = {"encoder": 5.0, "store and lock": 5.0}
    results.notes = ["One note."]
    return results


@pytest.mark.parametrize(
    ("share", "value"), [(0, 1.0), (0.5, 3.0), (0.75, 4.0), (0.95, 4.8), (1, 5.0)]
)
def test_a_percentile_lies_between_its_neighbours(share: float, value: float) -> None:
    """Percentiles are those of the textbook, whatever the order of the values."""
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], share) == pytest.approx(value)


def test_a_percentile_of_nothing_is_an_error() -> None:
    """No figure is made up where nothing was measured."""
    with pytest.raises(ValueError, match="no values"):
        median([])
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile([1.0], 50)


def test_one_turn_is_told_in_milliseconds() -> None:
    """The table shows milliseconds, the clock gives seconds."""
    figures = one_turn([Turn(0.001 * number, True) for number in range(1, 102)])
    assert figures == pytest.approx({"p50_ms": 51.0, "p95_ms": 96.0, "p99_ms": 100.0})


def test_a_late_turn_is_around_the_two_hundredth() -> None:
    """The long conversation compares turns 2 to 4 with turns 198 to 202."""
    talk = [Turn(number, True) for number in range(1, FULL.turns + 1)]
    figures = long_conversation([talk, talk])
    assert figures == {"early_turn_ms": 3000.0, "late_turn_ms": 200_000.0}


def test_goals_are_met_by_a_bot_that_is_ten_times_better(results: Results) -> None:
    """Each goal is judged in its own direction."""
    goals = judge(results)
    assert [goal.met for goal in goals] == [True] * 7 + [None] * 2
    assert failed(goals) == []


def test_goals_are_missed_by_a_bot_that_is_like_stock(results: Results) -> None:
    """A bot that only equals stock meets none of the goals that name stock."""
    results.sides[STOCK] = results.sides[OURS]
    results.add(OURS, {})
    names = [goal.text for goal in failed(judge(results))]
    assert len(names) == 4
    assert "faster than stock" in names[0]


def test_large_indexes_are_judged_where_they_were_measured(results: Results) -> None:
    """Their goals take the row of 100,000 passages."""
    row = {"added": 100_000, "added_ms": 0.4, "recall_at_10": 0.97}
    results.scale = {"vectors": [], "search": [{"added": 1_000}, row]}
    assert [goal.met for goal in judge(results)[-2:]] == [True, False]


def test_a_record_says_the_same_when_read_again(results: Results, tmp_path: Path) -> None:
    """The figures of the last full run can be shown again."""
    file = tmp_path / "results.json"
    results.save(file)
    assert text_of(load(file)) == text_of(results)


def test_a_damaged_record_names_what_to_do(tmp_path: Path) -> None:
    """Whoever asks for a record that is not there is told how to make one."""
    with pytest.raises(BenchmarkError, match="make bench"):
        load(tmp_path / "results.json")
    (tmp_path / "results.json").write_text('{"format": 1, "other": 2}')
    with pytest.raises(BenchmarkError, match="damaged"):
        load(tmp_path / "results.json")


def test_a_record_does_not_name_the_machine() -> None:
    """What is committed tells how fast the machine is, not whose it is."""
    facts = machine()
    assert os.uname().nodename not in facts.values()
    assert "/" not in "".join(map(str, facts["packages"].values()))


def test_the_table_shows_both_sides_ratio_goals_and_notes(results: Results) -> None:
    """One look tells what was measured, how much better it is, and what to mind."""
    text = text_of(results)
    row = next(line for line in text.splitlines() if line.startswith("one turn, p50"))
    assert row.split()[-5:] == ["10.0", "ms", "100", "ms", "10.0"]
    assert "NOT MET" not in text
    assert "not measured" in text
    assert "- One note." in text


def test_the_picture_is_drawn(results: Results, tmp_path: Path) -> None:
    """More turns per second and fewer milliseconds both count as better."""
    assert [better for _, better in times_better(results)] == pytest.approx([10.0] * 6)
    draw(results, tmp_path / "results.png")
    assert (tmp_path / "results.png").read_bytes().startswith(b"\x89PNG")


def test_memory_counts_children_with_their_parent() -> None:
    """A server that spawns helpers pays for them too."""
    assert family([1], {2: 1, 3: 2, 4: 9, 9: 0}) == {1, 2, 3}
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    try:
        while (memory := memory_of([parent.pid])).processes < 2:
            assert parent.poll() is None
        assert memory.rss > 5
        assert memory.pss is None or 0 < memory.pss <= memory.rss
    finally:
        parent.communicate()


def test_there_are_more_questions_than_a_cache_remembers() -> None:
    """Every question is new to both bots, and every run asks the same."""
    asked = questions(FULL.seed)
    assert asked == questions(FULL.seed)
    assert len(asked) == len(set(asked))
    assert len(asked) - FULL.questions > FULL.load_turns
    assert QUICK.turns >= 12
