"""Vectors: searched exactly while they are few, by a graph when they are many."""

from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np
import pytest

from knowledge_base import vectors
from knowledge_base.encoder import DIMENSION, Encoder, Vectors
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index import Index
from knowledge_base.search import Searcher
from knowledge_base.vectors import make, nearest, read
from tests.conftest import ROOT


def clustered(count: int, seed: int = 0) -> Vectors:
    """Unit vectors, twenty around each of some centres."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(count // 20, 1), DIMENSION))
    found = centres[random.integers(0, len(centres), count)]
    found = found + 0.6 * random.standard_normal((count, DIMENSION))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(params=["few", "many"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Any number of vectors counts as few, or as many."""
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 10**9 if request.param == "few" else 0)
    return str(request.param)


def test_what_is_found_comes_best_first_with_its_true_cosine(size: str) -> None:
    """Few are searched exactly and many by a graph; no more is found than there is."""
    held, threads = clustered(300), faiss.omp_get_max_threads()
    made = make(held)
    assert isinstance(made, faiss.IndexHNSW) is (size == "many")
    cosines, rows = nearest(made, held[7], 5)
    assert rows[0] == 7
    assert sorted(cosines, reverse=True) == list(cosines)
    np.testing.assert_allclose(cosines, held[rows] @ held[7], atol=1e-5)
    assert sorted(nearest(make(held[:3]), held[7], 10)[1]) == [0, 1, 2]
    assert faiss.omp_get_max_threads() == threads


@pytest.mark.parametrize("share", [0.3, 0.999])
def test_it_says_what_to_do_when_the_file_is_cut(tmp_path: Path, size: str, share: float) -> None:
    """A half-copied file ends in one clear sentence, never in a crash."""
    path = tmp_path / "vectors.faiss"
    faiss.write_index(make(clustered(100)), str(path))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(KnowledgeBaseError, match=r"vectors\.faiss.*make index"):
        read(path)


def test_the_products_own_questions_find_the_same_by_a_graph(
    index: Index, encoder: Encoder, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For 99 of 100 questions the first passage is that of an exact search, as near as there."""
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 0)
    parts = (index.sources, index.passages, index.not_covered)
    known = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    texts = (list(part.values()) for part in parts)
    large = Searcher(Index(*texts, index.entries, make(known)), encoder)
    lines = (ROOT / "evaluation" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [item["text"] for item in map(json.loads, lines) if item["kind"] == "in_scope"][::27]
    pairs = [(searcher.search(text, k=1)[0], large.search(text, k=1)[0]) for text in asked]
    same = [(a.similarity, b.similarity) for a, b in pairs if a.passage == b.passage]
    assert len(same) >= 0.99 * len(pairs)
    np.testing.assert_allclose(*zip(*same, strict=True), atol=1e-5)
