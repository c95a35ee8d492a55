"""The one place where the evaluation depends on `knowledge_base`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from evaluation.errors import EvaluationError
from knowledge_base.answerability import shared_model
from knowledge_base.articles import Line, load_articles
from knowledge_base.encoder import shared_encoder
from knowledge_base.index import Entry, Index, load_index
from knowledge_base.passages import Passage, passages_of
from knowledge_base.search import Searcher

DISTRACTORS_FILE = Path(__file__).parent / "distractors.yml"
# The article and site that distractor passages claim to be from.
DISTRACTOR = "distractor"


@dataclass(frozen=True)
class Source:
    """What the evaluation needs to know of one article.

    Attributes:
        text: title, headings and lines as one plain text, for the baselines.
        lines: every line with the ids of the facts that it carries.
    """

    id: str
    site: str
    title: str
    disclaimer: str
    text: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Found:
    """One passage found, best first."""

    passage: str
    article: str
    topic: str
    facts: tuple[str, ...]
    similarity: float


@dataclass(frozen=True)
class Distractor:
    """A short text on something that the sources do not cover."""

    title: str
    topic: str
    text: str
    asks: tuple[str, ...] = ()


def sources() -> list[Source]:
    """Return every article of the knowledge base."""
    found = []
    for article in load_articles():
        about = article.source
        paragraphs = [about.title]
        for section in article.sections:
            paragraphs += [section.topic.capitalize(), *(line.text for line in section.lines)]
        lines = tuple((line.text, (line.fact,)) for line in article.lines)
        text = "\n".join(paragraphs)
        found.append(Source(about.id, about.site, about.title, about.disclaimer, text, lines))
    return found


def fact_of() -> dict[str, str]:
    """Return the fact that each passage of one line says, by the passage's id."""
    passages = [p for article in load_articles() for p in passages_of(article)]
    return {p.id: p.facts[0] for p in passages if p.kind == "fact"}


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Turn texts into unit vectors with the encoder of the bot."""
    return shared_encoder().encode(texts)


def load_distractors(path: Path = DISTRACTORS_FILE) -> list[Distractor]:
    """Read the distractor texts.

    Raises:
        EvaluationError: the file is missing, or an entry lacks a field.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EvaluationError(f"{path.name} cannot be read as YAML: {error}") from error
    if not isinstance(entries, list):
        raise EvaluationError(f"{path.name}: must be a list of entries.")
    distractors = []
    for number, entry in enumerate(entries, start=1):
        for name in ("title", "topic", "text"):
            if not isinstance(entry, dict) or not isinstance(entry.get(name), str):
                raise EvaluationError(f'{path.name}, entry {number}: field "{name}" is missing.')
        asks = tuple(map(str, entry.get("asks") or ()))
        distractors.append(Distractor(entry["title"], entry["topic"], entry["text"], asks))
    return distractors


class Library:
    """The search of the bot, asked directly, with or without distractor passages."""

    def __init__(self, distractors: Sequence[Distractor] = ()) -> None:
        """Load the saved index and add the distractors to a copy in memory.

        Args:
            distractors: texts that compete with the real passages.
        """
        index = load_index()
        self._searcher = Searcher(_joined(index, distractors), shared_encoder())

    def search(self, text: str, k: int) -> list[Found]:
        """Return at most k passages for a text, best first."""
        return [
            Found(
                hit.passage.id,
                hit.passage.article,
                hit.passage.topic,
                hit.passage.facts,
                float(hit.similarity),
            )
            for hit in self._searcher.search(text, k=k)
        ]


def _joined(index: Index, distractors: Sequence[Distractor]) -> Index:
    if not distractors:
        return index
    passages = [_passage(number, one) for number, one in enumerate(distractors, start=1)]
    entries = [
        Entry(text, passage=passage.id)
        for one, passage in zip(distractors, passages, strict=True)
        for text in (f"{one.title}, {one.topic}: {one.text}", *one.asks)
    ]
    # The index in memory is ours alone (just read from disk), so it may grow in place.
    index.passages.update({passage.id: passage for passage in passages})
    index.entries.extend(entries)
    index.vectors.add(np.ascontiguousarray(encode([entry.text for entry in entries])))
    return index


def _passage(number: int, one: Distractor) -> Passage:
    line = Line(one.text, "")
    name = f"{DISTRACTOR}/{one.topic}/{number}"
    return Passage(name, DISTRACTOR, DISTRACTOR, one.topic, "fact", (line,))


def chosen_threshold() -> float:
    """Return the answerability from which on the bot answers."""
    return shared_model().threshold
