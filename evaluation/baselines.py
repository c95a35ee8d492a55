"""Two plain baselines on the same messages: FAISS on fixed chunks, and BM25 alone.

The first is what the usual tutorial does: cut the documents every 1,000 characters, embed
the pieces, give back the nearest. Both get the bot's own plain-language articles (not the
harder originals), one document at a time, so that no piece mixes two sources.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import bm25s
import faiss
import numpy as np
import numpy.typing as npt

from evaluation.abstention import Scored, best_threshold
from evaluation.facts import FactJudge, tokens
from evaluation.items import ANSWERED_KINDS, DECLINED_KINDS, GENERAL, Question

CHUNK_CHARACTERS = 1000

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Chunk:
    """A piece of one article."""

    article: str
    text: str


class Baseline(Protocol):
    """Anything that gives back one chunk for a message."""

    name: str

    def top(self, text: str) -> tuple[Chunk, float]:
        """Return the best chunk and its score."""
        ...


def cut(texts: Sequence[tuple[str, str]], size: int = CHUNK_CHARACTERS) -> list[Chunk]:
    """Cut article texts into pieces of a fixed length.

    Args:
        texts: article id and text.
        size: characters in a piece; the last piece of an article may be shorter.
    """
    return [
        Chunk(article, text[start : start + size])
        for article, text in texts
        for start in range(0, len(text), size)
    ]


class FaissBaseline:
    """The nearest chunk by cosine of MiniLM vectors."""

    name = "FAISS top-1, fixed chunks"

    def __init__(self, chunks: Sequence[Chunk], encode: Encode) -> None:
        """Embed the chunks.

        Args:
            chunks: the pieces to choose from.
            encode: turns texts into unit vectors.
        """
        self._chunks = chunks
        self._encode = encode
        vectors = np.ascontiguousarray(encode([chunk.text for chunk in chunks]))
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def top(self, text: str) -> tuple[Chunk, float]:
        """See `Baseline.top`."""
        similarities, rows = self._index.search(np.ascontiguousarray(self._encode([text])), 1)
        return self._chunks[int(rows[0, 0])], float(similarities[0, 0])


class Bm25Baseline:
    """The best chunk by BM25 (Robertson and Zaragoza 2009), with bm25s."""

    name = "BM25 alone"

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        """Index the words of the chunks."""
        self._chunks = chunks
        words = [tokens(chunk.text).split() for chunk in chunks]
        self._vocabulary = {word for document in words for word in document}
        self._bm25 = bm25s.BM25()
        self._bm25.index(words, show_progress=False)

    def top(self, text: str) -> tuple[Chunk, float]:
        """See `Baseline.top`."""
        known = [word for word in tokens(text).split() if word in self._vocabulary]
        if not known:
            return self._chunks[0], 0.0
        scores = self._bm25.get_scores(known)
        best = int(np.argmax(scores))
        return self._chunks[best], float(scores[best])


@dataclass(frozen=True)
class BaselineAnswer:
    """What a baseline did with one question.

    Attributes:
        answered: whether the score reached the threshold.
        fact: an answered question got a right fact; None for one without facts.
        article: an answered question got a right article; None for one without article.
    """

    question: Question
    chunk: Chunk
    score: float
    answered: bool
    fact: bool | None
    article: bool | None


@dataclass(frozen=True)
class BaselineRun:
    """One baseline on all questions, with its best threshold or none."""

    name: str
    threshold: float | None
    answers: tuple[BaselineAnswer, ...]
    scored: tuple[Scored, ...]


def run(baseline: Baseline, questions: Sequence[Question], judge: FactJudge) -> list[BaselineRun]:
    """Put questions to a baseline.

    A follow-up goes in without its context: these baselines have no memory.

    Returns:
        two runs: answering always, and declining below the best threshold.
    """
    asked = [q for q in questions if q.kind in ANSWERED_KINDS + DECLINED_KINDS]
    found = [(question, *baseline.top(question.text)) for question in asked]
    if not found:
        return []
    scored = tuple(
        Scored(
            score,
            question.kind in ANSWERED_KINDS,
            bool(judge.carried(chunk.text, question.facts)) and _article_right(question, chunk),
            question.kind,
        )
        for question, chunk, score in found
    )
    best = best_threshold(scored)
    return [
        BaselineRun(
            baseline.name,
            threshold,
            tuple(_answer(judge, *one, threshold) for one in found),
            scored,
        )
        for threshold in (None, best)
    ]


def _answer(
    judge: FactJudge, question: Question, chunk: Chunk, score: float, threshold: float | None
) -> BaselineAnswer:
    answered = threshold is None or score >= threshold
    judged = question.kind in ANSWERED_KINDS
    fact = answered and bool(judge.carried(chunk.text, question.facts))
    article = answered and _article_right(question, chunk)
    return BaselineAnswer(
        question, chunk, score, answered, fact if judged else None, article if judged else None
    )


def _article_right(question: Question, chunk: Chunk) -> bool:
    if question.article == GENERAL and not question.also_ok:
        return True
    return chunk.article in question.accepted
