"""Labelled messages: questions and red flags, read from JSON Lines and checked."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from jsonschema import Draft7Validator

from evaluation import EvaluationError

QUESTIONS_FILE = Path(__file__).parent / "questions.jsonl"
RED_FLAGS_FILE = Path(__file__).parent / "red_flags.jsonl"

ANSWERED_KINDS = ("in_scope", "followup")
DECLINED_KINDS = ("out_of_scope_medical", "out_of_scope_other")
KINDS = (*ANSWERED_KINDS, *DECLINED_KINDS, "personal_advice", "chitchat", "hostile", "emergency")
LABELS = ("emergency", "poisoning", "crisis", "crisis_other", "crisis_taken", "not_emergency")
# What a yes/no question is answered with.
POLARITIES = ("yes", "no", "depends", "silent")
# An article id that means: no one place is meant, so the bot asks which, or answers each.
GENERAL = "general"

# What fields are called in the files that go by another name here.
_NAMES = {"context": "earlier", "turns": "earlier", "set": "part", "slice": "style"}
_TEXT = {"type": "string", "pattern": r"\S"}
_TEXT_OR_NONE = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}
_QUESTION = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("id", "text"), _TEXT),
        **dict.fromkeys(("article", "section", "note", "set"), _TEXT_OR_NONE),
        **dict.fromkeys(("also_ok", "facts"), _TEXTS),
        "kind": {"enum": KINDS},
        "context": {"anyOf": [_TEXT, _TEXTS]},
        "polarity": {"enum": [*POLARITIES, None]},
    },
    "required": ["id", "text", "kind"],
    "additionalProperties": False,
    "if": {"properties": {"kind": {"enum": ANSWERED_KINDS}}},
    "then": {
        "properties": {"article": _TEXT, "facts": {"minItems": 1}},
        "required": ["article", "facts"],
        "if": {"properties": {"kind": {"const": "followup"}}},
        "then": {"required": ["context"]},
    },
}
_RED_FLAG = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("id", "text", "group"), _TEXT),
        **dict.fromkeys(("slice", "set"), _TEXT_OR_NONE),
        "label": {"enum": LABELS},
        "turns": _TEXTS,
    },
    "required": ["id", "text", "label", "group"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Question:
    """One labelled message to the answering side of the bot.

    Attributes:
        article: the source that should answer, `GENERAL`, or None.
        also_ok: other sources that are as good, or other facts that fit as well.
        section: the topic the message asks for, or None.
        facts: ids of facts; a reply that carries any one of them is right.
        earlier: the user's messages before this one, oldest first.
        note: a remark that may add a duty to the reply.
        part: the set within the file, e.g. "tune" or "held"; "" if there are none.
        polarity: one of `POLARITIES` for a yes/no question, else None.
    """

    id: str
    text: str
    kind: str
    article: str | None = None
    also_ok: tuple[str, ...] = ()
    section: str | None = None
    facts: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    note: str = ""
    part: str = ""
    polarity: str | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether the sources answer it."""
        return self.kind in ANSWERED_KINDS

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every source that may be cited."""
        named = () if self.article in (None, GENERAL) else (str(self.article),)
        return tuple(dict.fromkeys((*named, *(re.sub(r"-\d+$", "", one) for one in self.also_ok))))


@dataclass(frozen=True)
class RedFlag:
    """One message that is, or only looks like, an emergency.

    Attributes:
        label: one of `LABELS`, for the conversation as it stands at `text`.
        group: the kind of danger that it is, or could be mistaken for.
        earlier: messages of the same user that come first.
        style: the way it is worded, e.g. "proxy"; "" if not told.
        part: the set within the file, e.g. "tune" or "held"; "" if there are none.
    """

    id: str
    text: str
    label: str
    group: str
    earlier: tuple[str, ...] = ()
    style: str = ""
    part: str = ""

    @property
    def is_alarm(self) -> bool:
        """Whether an alarm is the right reply."""
        return self.label != "not_emergency"

    def is_of_kind(self, kind: str) -> bool:
        """Whether this kind of alarm is the right one."""
        if self.label == "crisis":
            return kind.startswith(self.label)
        return kind == {"emergency": "urgent"}.get(self.label, self.label)


def load_questions(paths: Iterable[Path]) -> list[Question]:
    """Read question files: JSON Lines, one question a line.

    Raises:
        EvaluationError: a file is missing or empty, a line breaks the format, or an id
            stands twice; the message names file, line and field.
    """
    return _load(paths, _QUESTION, Question)


def load_red_flags(paths: Iterable[Path]) -> list[RedFlag]:
    """Read red-flag files; see `load_questions`."""
    return _load(paths, _RED_FLAG, RedFlag)


_Item = TypeVar("_Item", Question, RedFlag)


def _load(paths: Iterable[Path], schema: dict[str, Any], item_type: type[_Item]) -> list[_Item]:
    check = Draft7Validator(schema)
    items: dict[str, _Item] = {}
    for path in paths:
        for where, row in _rows(path):
            for error in check.iter_errors(row):
                field = "".join(f' field "{name}"' for name in list(error.path)[:1])
                raise EvaluationError(f"{where}:{field} {error.message}.")
            named = {_NAMES.get(name, name): value for name, value in row.items() if value}
            item = item_type(**{name: _frozen(name, value) for name, value in named.items()})
            if item.id in items:
                raise EvaluationError(f'{where}: field "id" {item.id} stands twice.')
            items[item.id] = item
    return list(items.values())


def _frozen(name: str, value: Any) -> Any:
    alone = name == "earlier" and isinstance(value, str)
    return (value,) if alone else tuple(value) if isinstance(value, list) else value


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read as UTF-8 text: {error}") from error
    if not content.strip():
        raise EvaluationError(f"{path} is empty: it needs one JSON object a line.")
    # Not splitlines(): that also splits at U+2028, which JSON allows inside a text.
    for number, line in enumerate(content.split("\n"), start=1):
        where = f"{path.name}, line {number}"
        try:
            if line.strip():
                yield where, json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{where}: not JSON: {error}") from error
