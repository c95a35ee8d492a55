"""Read rules.yml and wording.yml into typed, compiled form, and refuse what does not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
RULES_FILE = FOLDER / "rules.yml"
WORDING_FILE = FOLDER / "wording.yml"
CRISIS_GROUP = "crisis"

_FAR = 10_000
# Word lists that bring their own boundaries.
_UNBOUND = frozenset({"asks", "asks_later"})


class RulebookError(ValueError):
    """A rule file says something that cannot be meant."""


@dataclass(frozen=True)
class Concept:
    """One thing, and the ways people say it."""

    name: str
    says: str
    phrases: tuple[str, ...]
    patterns: tuple[str, ...] = field(repr=False)
    risk: bool


@dataclass(frozen=True)
class Rule:
    """Concepts that together raise the alarm.

    `risk`: one of these must be known, from this message or an earlier one.
    `needs`: all of these, `one_of`: one of these, within `within` words of each other;
    those in `across` may come from an earlier message. `asked`: fires in questions too.
    """

    id: str
    group: str
    says: str
    risk: tuple[str, ...]
    needs: tuple[str, ...]
    one_of: tuple[str, ...]
    within: int
    across: tuple[str, ...]
    asked: bool

    @property
    def parts(self) -> int:
        """Of how many parts it is made: the more, the more it says."""
        return len(self.needs) + bool(self.risk) + bool(self.one_of)

    @property
    def kind(self) -> str:
        """Which message answers it."""
        return "crisis" if self.group == CRISIS_GROUP else "urgent"


@dataclass(frozen=True)
class Group:
    """A clinical group with the guidelines it rests on."""

    id: str
    title: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ContextPhrases:
    """Words that change the meaning of what stands near them."""

    category: str
    direction: str
    phrases: tuple[str, ...]
    words: int | None
    only: tuple[str, ...]
    spares: tuple[str, ...]


@dataclass(frozen=True)
class Rulebook:
    """Everything in the two files."""

    groups: dict[str, Group]
    concepts: dict[str, Concept]
    rules: tuple[Rule, ...]
    context: tuple[ContextPhrases, ...]
    stance: dict[str, re.Pattern[str]] = field(repr=False)
    short_forms: dict[str, str] = field(repr=False)
    swapped_words: tuple[str, ...] = field(repr=False)
    spelling_targets: tuple[str, ...] = field(repr=False)
    joined_words: tuple[str, ...] = field(repr=False)


def expand(phrase: str, words: Mapping[str, str] | None = None) -> str:
    """Turn the notation of the rule files into a regular expression.

    Args:
        phrase: `~` for any ending, ` .. ` for up to three words, else a regular expression.
        words: what `<name>` stands for.

    Returns:
        The regular expression, without word boundaries.
    """
    for name, alternatives in (words or {}).items():
        phrase = phrase.replace(f"<{name}>", f"(?:{alternatives})")
    phrase = re.sub(r" \.\. ", r" (?:\\w+ ){0,3}", phrase)
    return phrase.replace("~", r"\w*")


def pattern_of(phrases: tuple[str, ...] | list[str]) -> str:
    """Join phrases into one expression that matches whole words only."""
    return r"(?<!\w)(?:" + "|".join(expand(p) for p in phrases) + r")(?!\w)"


def _stance_pattern(name: str, phrases: list[str]) -> re.Pattern[str]:
    if name in _UNBOUND:
        return re.compile("|".join(expand(p) for p in phrases))
    return re.compile(pattern_of(phrases))


def _concept(name: str, raw: Mapping[str, Any], words: Mapping[str, str]) -> Concept:
    return Concept(
        name=name,
        says=raw["says"],
        phrases=tuple(raw["phrases"]),
        patterns=tuple(expand(phrase, words) for phrase in raw["phrases"]),
        risk=bool(raw.get("risk", False)),
    )


def _rule(raw: dict[str, Any], concepts: dict[str, Concept], groups: dict[str, Group]) -> Rule:
    rule = Rule(
        id=raw["id"],
        group=raw["group"],
        says=raw["says"],
        risk=tuple(raw.get("risk", ())),
        needs=tuple(raw.get("all", ())),
        one_of=tuple(raw.get("any", ())),
        within=int(raw.get("within", _FAR)),
        across=tuple(raw.get("across", ())),
        asked=bool(raw.get("asked", False)),
    )
    if rule.group not in groups:
        raise RulebookError(f"rule {rule.id}: there is no group {rule.group!r}")
    if not rule.needs and not rule.one_of:
        raise RulebookError(f"rule {rule.id}: `all` or `any` must name a concept")
    for name in rule.risk + rule.needs + rule.one_of + rule.across:
        if name not in concepts:
            raise RulebookError(f"rule {rule.id}: there is no concept {name!r}")
    for name in rule.risk:
        if not concepts[name].risk:
            raise RulebookError(f"rule {rule.id}: concept {name!r} is not marked `risk: true`")
    return rule


@lru_cache(maxsize=1)
def load_rulebook() -> Rulebook:
    """Read both files once.

    Returns:
        The rulebook.

    Raises:
        RulebookError: a rule names an unknown group or concept, a concept is used by
            no rule, or an id is used twice.
    """
    rules = yaml.load(RULES_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    wording = yaml.load(WORDING_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    groups = {
        id_: Group(id_, raw["title"], tuple(raw["sources"])) for id_, raw in rules["groups"].items()
    }
    concepts = {
        name: _concept(name, raw, rules["words"]) for name, raw in rules["concepts"].items()
    }
    read = tuple(_rule(raw, concepts, groups) for raw in rules["rules"])
    used = {name for r in read for name in r.risk + r.needs + r.one_of}
    if unused := set(concepts) - used:
        raise RulebookError(f"rules.yml: no rule uses {', '.join(sorted(unused))}")
    if len({rule.id for rule in read}) != len(read):
        raise RulebookError("rules.yml: a rule id is used twice")
    return Rulebook(
        groups=groups,
        concepts=concepts,
        rules=read,
        context=tuple(
            ContextPhrases(
                raw["category"],
                raw["direction"],
                tuple(raw["phrases"]),
                raw.get("words"),
                tuple(raw.get("only", ())),
                tuple(raw.get("spares", ())),
            )
            for raw in wording["context"]
        ),
        stance={name: _stance_pattern(name, raw) for name, raw in wording["stance"].items()},
        short_forms=wording["short_forms"],
        swapped_words=tuple(wording["swapped_words"]),
        spelling_targets=tuple(wording["spelling_targets"]),
        joined_words=tuple(wording["joined_words"]),
    )
