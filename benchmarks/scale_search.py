"""How the product's own search scales: `Searcher.search` with synthetic passages added."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.scale_data import enlarged
from benchmarks.scale_vectors import K, milliseconds, recall
from knowledge_base.dense import NEAREST_OF_MANY
from knowledge_base.encoder import Encoder, shared_encoder
from knowledge_base.index import Index, load_index
from knowledge_base.search import Searcher
from knowledge_base.vectors import Kind, kind_of, make, nearest

QUESTIONS_FILE = Path(__file__).parents[1] / "evaluation" / "questions.jsonl"
# The encoder remembers 256 texts, and a question is two: whole, and without its condition.
_QUESTIONS = 100
_ROUNDS = 3


@dataclass(frozen=True)
class SearchRow:
    """The product's search with some passages added; times in milliseconds.

    The encoder has met every question before, so its pass is not in the times.

    Attributes:
        added: how many synthetic passages were added to the product's own.
        kind: how their vectors are searched.
        prepare_s: seconds to make the searcher from a loaded index.
        p50_ms: median of one search.
        p95_ms: 95th percentile.
        added_ms: how much the median lies above that of the product as it is.
        recall_at_10: share of the ten nearest texts of a question, in both views, that the
            vector search finds.
        same_first: share of questions with the same first passage as in an exact search.
    """

    added: int
    kind: Kind
    prepare_s: float
    p50_ms: float
    p95_ms: float
    added_ms: float
    recall_at_10: float
    same_first: float


def measure(sizes: Sequence[int], questions: int = _QUESTIONS) -> list[SearchRow]:
    """Measure search as it is and with passages added.

    Args:
        sizes: how many passages to add, in turn.
        questions: how many of the evaluation questions to ask, at most 100.
    """
    asked = _questions(min(questions, _QUESTIONS))
    encoder = shared_encoder()
    plain = Searcher(load_index(), encoder)
    rows = []
    for added in tqdm([0, *sizes], desc="Search with passages added", leave=False):
        index = enlarged(added)
        started = time.perf_counter()
        searcher = Searcher(index, encoder)
        seconds = time.perf_counter() - started
        # Both in turn, so that what else the machine does slows both.
        times, plain_times = [], []
        for round_ in range(_ROUNDS + 1):
            for text in asked:
                one = milliseconds(searcher.search, text)
                other = milliseconds(plain.search, text)
                if round_:
                    times.append(one)
                    plain_times.append(other)
        found, first = _against_exact(index, searcher, encoder, asked)
        rows.append(
            SearchRow(
                added=added,
                kind=kind_of(index.vectors),
                prepare_s=seconds,
                p50_ms=float(np.median(times)),
                p95_ms=float(np.percentile(times, 95)),
                added_ms=float(np.median(times) - np.median(plain_times)),
                recall_at_10=found,
                same_first=first,
            )
        )
    return rows


def _questions(count: int) -> list[str]:
    lines = QUESTIONS_FILE.read_text(encoding="utf-8").splitlines()
    texts = [str(json.loads(line)["text"]) for line in lines]
    return texts[:: max(len(texts) // count, 1)][:count]


def _against_exact(
    index: Index, searcher: Searcher, encoder: Encoder, asked: list[str]
) -> tuple[float, float]:
    """Return the recall of the vector search and the share of same first passages."""
    if kind_of(index.vectors) == "flat":
        return 1.0, 1.0
    messages = encoder.encode(asked)
    flat = make(index.vectors.reconstruct_n(0, index.vectors.ntotal), "flat")
    found = [nearest(index.vectors, message, NEAREST_OF_MANY)[1][:K] for message in messages]
    recalled = recall(found, [nearest(flat, message, K)[1] for message in messages])
    exact = Searcher(
        Index(
            list(index.sources.values()),
            list(index.passages.values()),
            list(index.not_covered.values()),
            index.entries,
            flat,
        ),
        encoder,
    )
    same = [_first(searcher, text) == _first(exact, text) for text in asked]
    return recalled, float(np.mean(same))


def _first(searcher: Searcher, text: str) -> str:
    return searcher.search(text, k=1)[0].passage.id
