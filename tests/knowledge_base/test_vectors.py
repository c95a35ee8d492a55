"""Vectors: searched exactly while they are few, by a graph when they are many."""

import json

import numpy as np
import pytest

from knowledge_base import vectors
from knowledge_base.encoder import Encoder
from knowledge_base.index import Index
from knowledge_base.search import Searcher
from knowledge_base.vectors import make
from tests.conftest import ROOT


def test_the_products_own_questions_find_the_same_by_a_graph(
    index: Index, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For 99 of 100 questions the first passage is that of an exact search, as near as there."""
    known = index.vectors.reconstruct_n(0, index.vectors.ntotal)

    def searching(flat_up_to: int) -> Searcher:
        monkeypatch.setattr(vectors, "FLAT_UP_TO", flat_up_to)
        parts = (index.sources, index.passages, index.not_covered)
        texts = (list(part.values()) for part in parts)
        return Searcher(
            Index(*texts, index.entries, make(known), index.layers, index.asks), encoder
        )

    exact, graph = searching(len(known)), searching(0)
    lines = (ROOT / "evaluation" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [item["text"] for item in map(json.loads, lines) if item["kind"] == "in_scope"][::27]
    pairs = [(exact.evidence(text).hits[0], graph.evidence(text).hits[0]) for text in asked]
    same = [(a.similarity, b.similarity) for a, b in pairs if a.passage == b.passage]
    assert len(same) >= 0.99 * len(pairs)
    np.testing.assert_allclose(*zip(*same, strict=True), atol=1e-5)
