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
    index: Index, encoder: Encoder, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For 99 of 100 questions the first passage is that of an exact search, as near as there."""
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 0)
    parts = (index.sources, index.passages, index.not_covered)
    known = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    texts = (list(part.values()) for part in parts)
    graph = Index(*texts, index.entries, make(known), index.layers, index.asks)
    large = Searcher(graph, encoder)
    lines = (ROOT / "evaluation" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [item["text"] for item in map(json.loads, lines) if item["kind"] == "in_scope"][::27]
    pairs = [(searcher.evidence(text).hits[0], large.evidence(text).hits[0]) for text in asked]
    same = [(a.similarity, b.similarity) for a, b in pairs if a.passage == b.passage]
    assert len(same) >= 0.99 * len(pairs)
    np.testing.assert_allclose(*zip(*same, strict=True), atol=1e-5)
