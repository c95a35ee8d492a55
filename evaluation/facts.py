"""Which facts a text carries: the judge that replies and baselines share.

Every line of an article names the facts that it carries. A text carries a fact when one
such line stands in it word for word. Case, punctuation, Markdown and line breaks do not
count; every word and every number does, in order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from evaluation.errors import EvaluationError

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*\s?%?|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def tokens(text: str) -> str:
    """Return the words and numbers of a text, lower case, each between single spaces."""
    found = (
        token.replace("\u2019", "'").replace(" ", "") for token in _TOKEN.findall(text.lower())
    )
    return f" {' '.join(found)} "


class FactJudge:
    """Knows the lines of all articles and finds them in any text."""

    def __init__(self, lines: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """Index the lines by fact.

        Args:
            lines: text of each article line and the ids of the facts that it carries.
        """
        self._lines: dict[str, list[str]] = {}
        for text, facts in lines:
            for fact in facts:
                self._lines.setdefault(fact, []).append(tokens(text))

    @property
    def known(self) -> frozenset[str]:
        """Ids of all facts that the articles carry."""
        return frozenset(self._lines)

    def carried(self, text: str, facts: Iterable[str]) -> list[str]:
        """Return those of the facts whose line stands in the text."""
        said = tokens(text)
        return [f for f in facts if any(line in said for line in self._lines.get(f, ()))]

    def check(self, facts: Iterable[tuple[str, str]]) -> None:
        """Make sure that every fact asked for is one that the articles carry.

        Args:
            facts: pairs of question id and fact id.

        Raises:
            EvaluationError: names the questions whose facts no article line carries.
        """
        unknown = [
            f'question {item}: field "facts": {f}' for item, f in facts if f not in self.known
        ]
        if unknown:
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            raise EvaluationError("No article line carries " + "; ".join(unknown[:5]) + more + ".")


def load_wording(path: Path) -> dict[str, str]:
    """Read a facts file, to show in the report what a fact says.

    Args:
        path: JSON Lines with "id" and "fact".

    Raises:
        EvaluationError: the file is missing or a line breaks the format.
    """
    wording: dict[str, str] = {}
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(filter(str.strip, content.split("\n")), start=1):
        try:
            values = json.loads(line)
            wording[values["id"]] = str(values["fact"])
        except (ValueError, TypeError, KeyError) as error:
            raise EvaluationError(
                f'{path.name}, line {number}: needs the fields "id" and "fact".'
            ) from error
    return wording
