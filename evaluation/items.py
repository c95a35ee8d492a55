"""Labelled messages: questions and red flags, read from JSON Lines and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from evaluation.errors import EvaluationError

HERE = Path(__file__).parent
QUESTIONS_FILE = HERE / "questions.jsonl"
RED_FLAGS_FILE = HERE / "red_flags.jsonl"

ANSWERED_KINDS = ("in_scope", "followup")
DECLINED_KINDS = ("out_of_scope_medical", "out_of_scope_other")
KINDS = (
    *ANSWERED_KINDS,
    *DECLINED_KINDS,
    "personal_advice",
    "chitchat",
    "hostile",
    "emergency",
)
LABELS = ("emergency", "poisoning", "crisis", "crisis_other", "crisis_taken", "not_emergency")
# What a yes/no question is answered with.
POLARITIES = ("yes", "no", "depends", "silent")
# An article id that means: no one place is meant, so the bot asks which, or answers each.
GENERAL = "general"


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
        polarity: one of `POLARITIES` for a yes/no question, else None.
        part: the set within the file, e.g. "tune" or "held"; "" if there are none.
    """

    id: str
    text: str
    kind: str
    article: str | None
    also_ok: tuple[str, ...]
    section: str | None
    facts: tuple[str, ...]
    earlier: tuple[str, ...]
    note: str
    part: str = ""
    polarity: str | None = None

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every source that may be cited."""
        named = () if self.article in (None, GENERAL) else (str(self.article),)
        return tuple(dict.fromkeys((*named, *(_article_of(one) for one in self.also_ok))))

    @property
    def fitting(self) -> frozenset[str]:
        """Ids of all facts that are not beside the point."""
        return frozenset((*self.facts, *self.also_ok))


def _article_of(source_or_fact: str) -> str:
    return re.sub(r"-\d+$", "", source_or_fact)


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
    earlier: tuple[str, ...]
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


class _Fields:
    """The fields of one line, read with errors that name file, line and field."""

    def __init__(self, path: Path, number: int, values: Mapping[str, Any]) -> None:
        self._where = f"{path.name}, line {number}"
        self._values = values

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._error(name, "must be a text that is not empty", value)
        return value

    def optional_text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise self._error(name, "must be a text or null", value)
        return value or None

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        value = self._values.get(name)
        if value not in allowed:
            raise self._error(name, f"must be one of {', '.join(allowed)}", value)
        return str(value)

    def one_or_more(self, name: str) -> tuple[str, ...]:
        value = self._values.get(name)
        return (value,) if isinstance(value, str) and value else self.texts(name)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self._error(name, "must be a list of texts", value)
        return tuple(value)

    def _error(self, name: str, rule: str, value: object) -> EvaluationError:
        return EvaluationError(f'{self._where}: field "{name}" {rule}, but is {value!r}.')

    def demand(self, name: str, holds: bool, rule: str) -> None:
        if not holds:
            raise self._error(name, rule, self._values.get(name))


def _question(read: _Fields) -> Question:
    item = Question(
        id=read.text("id"),
        text=read.text("text"),
        kind=read.choice("kind", KINDS),
        article=read.optional_text("article"),
        also_ok=read.texts("also_ok"),
        section=read.optional_text("section"),
        facts=read.texts("facts"),
        earlier=read.one_or_more("context"),
        note=read.optional_text("note") or "",
        part=read.optional_text("set") or "",
        polarity=read.optional_text("polarity") and read.choice("polarity", POLARITIES),
    )
    if item.kind in ANSWERED_KINDS:
        read.demand("article", item.article is not None, f"must be given for {item.kind}")
        read.demand("facts", bool(item.facts), f"must name a fact for {item.kind}")
    if item.kind == "followup":
        read.demand("context", bool(item.earlier), "must be given for followup")
    return item


def _red_flag(read: _Fields) -> RedFlag:
    return RedFlag(
        id=read.text("id"),
        text=read.text("text"),
        label=read.choice("label", LABELS),
        group=read.text("group"),
        earlier=read.texts("turns"),
        style=read.optional_text("slice") or "",
        part=read.optional_text("set") or "",
    )


def load_questions(paths: Iterable[Path]) -> list[Question]:
    """Read question files.

    Args:
        paths: JSON Lines files, one question a line.

    Raises:
        EvaluationError: a file is missing or empty, a line breaks the format, or an id
            stands twice; the message names file, line and field.
    """
    return _load(paths, _question)


def load_red_flags(paths: Iterable[Path]) -> list[RedFlag]:
    """Read red-flag files; see `load_questions`."""
    return _load(paths, _red_flag)


_Item = TypeVar("_Item", Question, RedFlag)


def _load(paths: Iterable[Path], build: Callable[[_Fields], _Item]) -> list[_Item]:
    items: dict[str, _Item] = {}
    for path in paths:
        for read in _lines(path):
            item = build(read)
            read.demand("id", item.id not in items, "stands twice")
            items[item.id] = item
    return list(items.values())


def _lines(path: Path) -> Iterator[_Fields]:
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EvaluationError(f"{path} does not exist.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read as UTF-8 text: {error}") from error
    if not content.strip():
        raise EvaluationError(f"{path} is empty: it needs one JSON object a line.")
    # Not splitlines(): that also splits at U+2028, which JSON allows inside a text.
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{path.name}, line {number}: not JSON: {error}") from error
        if not isinstance(values, dict):
            raise EvaluationError(f"{path.name}, line {number}: must be a JSON object.")
        yield _Fields(path, number, values)
