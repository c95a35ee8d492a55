"""Question files are checked line by line before anything is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation import EvaluationError
from evaluation.items import load_questions, load_red_flags

QUESTION: dict[str, Any] = {
    "id": "q-1",
    "text": "one\u2028two",
    "kind": "in_scope",
    "article": "spinal",
    "facts": ["spinal-01"],
}
RED_FLAG = {"id": "r-1", "text": "numb legs", "label": "emergency", "group": "cauda_equina"}


def _file(folder: Path, *lines: object) -> Path:
    path = folder / "some.jsonl"
    text = (x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines)
    path.write_text("\n".join(text), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": ""}, 'field "id"'),
        ({"facts": []}, 'field "facts"'),
        ({"kind": "followup"}, "'context' is a required property"),
        ({"id": "q-1"}, "stands twice"),
    ],
)
def test_a_bad_question_is_named(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    """Whoever wrote a wrong line reads file, line and field."""
    path = _file(tmp_path, QUESTION, {**QUESTION, "id": "q-2", **change})
    with pytest.raises(EvaluationError, match=rf"some\.jsonl, line 2: .*{named}"):
        load_questions([path])


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    """A broken line is named with its number, blank lines counted; a wrong path says so."""
    for lines, named in (
        ([RED_FLAG, "", "{not json"], r"some\.jsonl, line 3"),
        ([RED_FLAG, "", {**RED_FLAG, "label": "urgent"}], r"some\.jsonl, line 3"),
        ([], "is empty"),
    ):
        with pytest.raises(EvaluationError, match=named):
            load_red_flags([_file(tmp_path, *lines)])
    with pytest.raises(EvaluationError, match=r"none\.jsonl cannot be read"):
        load_red_flags([tmp_path / "none.jsonl"])


def test_messages_are_read_with_what_came_before_them(tmp_path: Path) -> None:
    """A line ends at a newline only, and one earlier message may stand without brackets."""
    row = {**QUESTION, "kind": "followup", "context": "hello", "also_ok": ["ossified-03"]}
    (question,) = load_questions([_file(tmp_path, row)])
    assert (question.text, question.earlier) == ("one\u2028two", ("hello",))
    assert question.accepted == ("spinal", "ossified")
    flag = {**RED_FLAG, "turns": ["hello"], "slice": "turns", "set": "held"}
    (alarm,) = load_red_flags([_file(tmp_path, flag)])
    assert (alarm.earlier, alarm.style, alarm.part) == (("hello",), "turns", "held")
