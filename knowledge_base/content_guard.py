"""The last look at every text before a patient reads it: is anything forbidden in it?"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge_base.errors import KnowledgeBaseError

FORBIDDEN_FILE = Path(__file__).parent / "forbidden.yml"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_BULLET = "-*• "


@dataclass(frozen=True)
class Rule:
    """One kind of thing that may not be said."""

    id: str
    why: str
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None

    def breaks(self, sentence: str) -> bool:
        """Tell whether a sentence says it."""
        if self.unless and self.unless.search(sentence):
            return False
        return any(pattern.search(sentence) for pattern in self.patterns)


def broken_rule(text: str, allowed: tuple[str, ...] = ()) -> Rule | None:
    """Return the first rule that a text breaks, or None.

    Args:
        text: a line of an article, or a whole reply.
        allowed: pieces that may stand in it whatever they hold, such as the clinic's own
            emergency number.

    Raises:
        KnowledgeBaseError: the rule file cannot be read.
    """
    for piece in filter(None, allowed):
        text = text.replace(piece, "")
    sentences = [sentence.lstrip(_BULLET) for sentence in _SENTENCE_END.split(text)]
    broken = [number for number in map(_broken_by, sentences) if number is not None]
    return rules()[min(broken)] if broken else None


# Replies are made of the same sentences again and again.
@lru_cache(maxsize=4096)
def _broken_by(sentence: str) -> int | None:
    return next((number for number, rule in enumerate(rules()) if rule.breaks(sentence)), None)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return the rules of `FORBIDDEN_FILE`.

    Raises:
        KnowledgeBaseError: the file cannot be read or an entry lacks a field.
    """
    try:
        entries = yaml.safe_load(FORBIDDEN_FILE.read_text(encoding="utf-8"))
        return tuple(
            Rule(
                entry["id"],
                entry["why"],
                tuple(_compiled(pattern, entry.get("where", {})) for pattern in entry["patterns"]),
                re.compile(rf"\b(?:{entry['unless']})\b", re.IGNORECASE)
                if "unless" in entry
                else None,
            )
            for entry in entries
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, re.error) as error:
        raise KnowledgeBaseError(f"{FORBIDDEN_FILE.name} cannot be read: {error!r}") from error


def _compiled(pattern: str, where: dict[str, str]) -> re.Pattern[str]:
    for name, words in where.items():
        pattern = pattern.replace(f"<{name}>", f"(?:{words.replace(' | ', '|')})")
    return re.compile(pattern, re.IGNORECASE)
