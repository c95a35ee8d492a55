"""Baselines cut, search and decline as described."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evaluation.baselines import Bm25Baseline, Chunk, FaissBaseline, cut, run
from evaluation.facts import FactJudge
from evaluation.intervals import Rate
from evaluation.items import Question
from evaluation.judge import Judge
from evaluation.quality import NEAR_MISS, of_baseline

CHUNKS = [Chunk("spinal", "a bleed near the spine"), Chunk("ossified", "a lump of bone")]
WORDS = ("spine", "bone", "weather")


def _encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    counts = np.array([[word in text for word in WORDS] for text in texts], dtype=np.float32)
    return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


def _question(name: str, text: str, article: str | None, fact: str | None) -> Question:
    kind = "in_scope" if article else "out_of_scope_medical"
    return Question(name, text, kind, article, (), None, (fact,) if fact else (), (), "")


QUESTIONS = [
    _question("1", "spine", "spinal", "spinal-01"),
    _question("2", "bone", "ossified", "ossified-01"),
    _question("3", "weather", None, None),
]
FACTS = FactJudge([("near the spine", ("spinal-01",)), ("a lump of bone", ("ossified-01",))])


def test_chunks_have_a_fixed_length_and_one_source() -> None:
    """Every 1,000 characters there is a cut, and no chunk mixes two articles."""
    chunks = cut([("a", "x" * 2500), ("b", "y" * 10)])
    assert [(chunk.article, len(chunk.text)) for chunk in chunks] == [
        ("a", 1000),
        ("a", 1000),
        ("a", 500),
        ("b", 10),
    ]


def test_both_find_the_chunk_that_fits() -> None:
    """Each gives back one chunk and a score."""
    for baseline in (FaissBaseline(CHUNKS, _encode), Bm25Baseline(CHUNKS)):
        assert baseline.top("the bone")[0].article == "ossified"
        assert baseline.top("weather")[1] == 0.0


def test_they_answer_always_or_decline_below_their_best_threshold() -> None:
    """Without a threshold nothing is declined; the best one declines what does not fit."""
    judge = Judge(FACTS, {"spinal": "spinal", "ossified": "ossified"}, {})
    always, choosy = (
        of_baseline(one, judge) for one in run(FaissBaseline(CHUNKS, _encode), QUESTIONS, FACTS)
    )
    assert always.fact_in_scope.share == choosy.fact_in_scope.share == 1.0
    assert always.declined[NEAR_MISS].share == 0.0
    assert choosy.declined[NEAR_MISS].share == 1.0
    assert (always.handled, choosy.handled) == (Rate(2, 3), Rate(3, 3))
    assert choosy.auroc[NEAR_MISS].value == 1.0


def test_no_question_gives_no_run() -> None:
    """A run of red flags alone has no baselines."""
    assert run(Bm25Baseline(CHUNKS), [], FACTS) == []
