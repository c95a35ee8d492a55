"""The glossary: what each medical word that the bot uses means."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.normalize import canonical

GLOSSARY_FILE = Path(__file__).parent / "glossary.yml"


@dataclass(frozen=True)
class Term:
    """A medical word and its meaning in plain words; it may name a condition other than ours."""

    term: str
    aliases: tuple[str, ...]
    text: str
    condition: bool = False

    @property
    def names(self) -> set[str]:
        """The word and its other names, in small letters."""
        return {name.lower() for name in (self.term, *self.aliases)}


class Glossary:
    """Finds the terms that a message names."""

    def __init__(self, terms: list[Term]) -> None:
        """Take terms; a longer name wins over a shorter one inside it."""
        self.terms = terms
        self._term_of = {
            canonical(name): term for term in terms for name in (term.term, *term.aliases)
        }
        names = sorted(self._term_of, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names)) or '(?!)'})(?!\w)")

    def find(self, normalized: str) -> list[Term]:
        """Return the terms named in a normalised message, longest name first."""
        names = sorted(self._pattern.findall(normalized), key=len, reverse=True)
        return list(dict.fromkeys(self._term_of[name] for name in names))


def load_glossary(path: Path = GLOSSARY_FILE) -> Glossary:
    """Read the glossary.

    Raises:
        KnowledgeBaseError: the file cannot be read or an entry lacks a field.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Glossary(
            [
                Term(
                    str(e["term"]),
                    tuple(map(str, e.get("aliases") or ())),
                    str(e["text"]),
                    bool(e.get("condition")),
                )
                for e in entries
            ]
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise KnowledgeBaseError(f"{path.name} cannot be read: {error!r}") from error


@lru_cache(maxsize=1)
def shared_glossary() -> Glossary:
    """Return the one glossary of this process."""
    return load_glossary()
