"""Question files are checked line by line before anything is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import EvaluationError
from evaluation.items import QUESTIONS_FILE, RED_FLAGS_FILE, load_questions, load_red_flags

QUESTION: dict[str, Any] = {
    "id": "q-1",
    "text": "what is it",
    "kind": "in_scope",
    "article": "spinal",
    "also_ok": [],
    "section": "overview",
    "facts": ["spinal-01"],
    "note": "",
}
RED_FLAG = {"id": "r-1", "text": "numb legs", "label": "emergency", "group": "cauda_equina"}


def _file(folder: Path, *lines: object) -> Path:
    path = folder / "some.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"text": 5}, "text"),
        ({"kind": "inscope"}, "kind"),
        ({"article": None}, "article"),
        ({"also_ok": "spinal"}, "also_ok"),
        ({"facts": []}, "facts"),
        ({"kind": "followup"}, "context"),
        ({"note": 1}, "note"),
    ],
)
def test_a_bad_question_is_named(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    """Whoever wrote a wrong line reads file, line and field."""
    path = _file(tmp_path, QUESTION, {**QUESTION, "id": "q-2", **change})
    with pytest.raises(EvaluationError, match=rf'some\.jsonl, line 2: field "{field}"'):
        load_questions([path])


@pytest.mark.parametrize("line", ["{not json", "[1, 2]"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    """A broken line is named with its number, blank lines counted."""
    with pytest.raises(EvaluationError, match=r"some\.jsonl, line 3"):
        load_questions([_file(tmp_path, QUESTION, "", line)])


def test_an_id_stands_only_once(tmp_path: Path) -> None:
    """Two messages with one id would hide each other's result."""
    with pytest.raises(EvaluationError, match="stands twice"):
        load_questions([_file(tmp_path, QUESTION, QUESTION)])


def test_a_missing_or_empty_file_is_named(tmp_path: Path) -> None:
    """A wrong path says so, instead of a report on nothing."""
    with pytest.raises(EvaluationError, match="does not exist"):
        load_questions([tmp_path / "none.jsonl"])
    with pytest.raises(EvaluationError, match="is empty"):
        load_red_flags([_file(tmp_path)])


def test_a_red_flag_is_read_with_its_turns(tmp_path: Path) -> None:
    """Earlier turns come first, and the label tells an alarm from a look-alike."""
    path = _file(
        tmp_path,
        {**RED_FLAG, "turns": ["hello"], "slice": "turns", "set": "held"},
        {**RED_FLAG, "id": "r-2", "label": "not_emergency"},
    )
    alarm, calm = load_red_flags([path])
    assert alarm.is_alarm
    assert (alarm.earlier, alarm.style, alarm.part) == (("hello",), "turns", "held")
    assert not calm.is_alarm
    assert calm.earlier == ()


def test_a_wrong_label_is_named(tmp_path: Path) -> None:
    """A label that is misspelt would count as a miss of the bot."""
    with pytest.raises(EvaluationError, match='field "label"'):
        load_red_flags([_file(tmp_path, {**RED_FLAG, "label": "urgent"})])


def test_a_line_separator_inside_a_text_does_not_split_it(tmp_path: Path) -> None:
    """JSON allows U+2028 inside a text, so a line ends at a newline only."""
    path = tmp_path / "some.jsonl"
    line = json.dumps({**QUESTION, "text": "one\u2028two"}, ensure_ascii=False)
    path.write_text(line, encoding="utf-8")
    assert load_questions([path])[0].text == "one\u2028two"


def test_the_own_sets_are_well_formed() -> None:
    """The project's own question files pass the checks."""
    assert load_questions([QUESTIONS_FILE])
    assert load_red_flags([RED_FLAGS_FILE])
