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
SECOND = {**QUESTION, "id": "q-2"}
RED_FLAG = {"id": "r-1", "text": "numb legs", "label": "emergency", "group": "cauda_equina"}


def _file(folder: Path, *lines: object) -> Path:
    path = folder / "some.jsonl"
    text = (x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines)
    path.write_text("\n".join(text), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("load", "lines", "named"),
    [
        (load_questions, [QUESTION, {**SECOND, "id": ""}], 'line 2: .*field "id"'),
        (load_questions, [QUESTION, {**SECOND, "facts": []}], 'line 2: .*field "facts"'),
        (load_questions, [{**SECOND, "kind": "followup"}], "line 1: .*'context' is a required"),
        (load_questions, [QUESTION, QUESTION], "line 2: .*stands twice"),
        (load_red_flags, [RED_FLAG, "", "{not json"], "line 3"),
        (load_red_flags, [RED_FLAG, "", {**RED_FLAG, "label": "urgent"}], "line 3"),
        (load_red_flags, [], "is empty"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, load: Any, lines: list[Any], named: str) -> None:
    """Whoever wrote it reads file, line (blank ones count) and field; a wrong path says so."""
    with pytest.raises(EvaluationError, match=rf"some\.jsonl.*{named}"):
        load([_file(tmp_path, *lines)])
    with pytest.raises(EvaluationError, match=r"none\.jsonl cannot be read"):
        load([tmp_path / "none.jsonl"])


def test_messages_are_read_with_what_came_before_them(tmp_path: Path) -> None:
    """A line ends at a newline only, and one earlier message may stand without brackets."""
    row = {**QUESTION, "kind": "followup", "context": "hello", "also_ok": ["ossified-03"]}
    (question,) = load_questions([_file(tmp_path, row)])
    assert (question.text, question.earlier) == ("one\u2028two", ("hello",))
    assert question.accepted == ("spinal", "ossified")
    flag = {**RED_FLAG, "turns": ["hello"], "slice": "turns", "set": "held"}
    (alarm,) = load_red_flags([_file(tmp_path, flag)])
    assert (alarm.earlier, alarm.style, alarm.part) == (("hello",), "turns", "held")
