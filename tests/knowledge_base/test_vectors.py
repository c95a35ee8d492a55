"""Vectors: searched exactly while they are few, packed or by a graph when they are many."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from knowledge_base import vectors
from knowledge_base.encoder import DIMENSION, Vectors
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.vectors import (
    FLAT_UP_TO,
    PACKED_UP_TO,
    Kind,
    kind_for,
    kind_of,
    make,
    nearest,
    read,
)

KINDS: tuple[Kind, ...] = ("flat", "packed", "hnsw")


def clustered(count: int, seed: int = 0) -> Vectors:
    """Unit vectors, twenty around each of some centres."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(count // 20, 1), DIMENSION))
    found = centres[random.integers(0, len(centres), count)]
    found = found + 0.6 * random.standard_normal((count, DIMENSION))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_few_vectors_are_searched_exactly_and_very_many_by_a_graph() -> None:
    """A library of today's size gives up nothing, and one of any size answers in time."""
    assert kind_for(0) == kind_for(FLAT_UP_TO) == "flat"
    assert kind_for(FLAT_UP_TO + 1) == kind_for(PACKED_UP_TO) == "packed"
    assert kind_for(PACKED_UP_TO + 1) == "hnsw"


def test_the_switch_is_made_when_an_index_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to choose: the number of vectors does."""
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 50)
    monkeypatch.setattr(vectors, "PACKED_UP_TO", 70)
    kinds = [kind_of(make(clustered(count))) for count in (50, 51, 70, 71)]
    assert kinds == ["flat", "packed", "packed", "hnsw"]


@pytest.mark.parametrize("kind", ["packed", "hnsw"])
def test_a_large_library_finds_what_exact_search_finds(kind: Kind) -> None:
    """At least 98 of 100 of the ten nearest texts are found in a large library too."""
    held, asked = clustered(3000), clustered(3200)[3000:]
    flat, other = make(held, "flat"), make(held, kind)
    shares = [
        len(set(nearest(other, one, 64)[1][:10]) & set(nearest(flat, one, 10)[1])) / 10
        for one in asked
    ]
    assert np.mean(shares) >= 0.98


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_found_comes_best_first_with_its_true_cosine(kind: Kind) -> None:
    """A similarity is a similarity, however it was found."""
    held = clustered(300)
    cosines, rows = nearest(make(held, kind), held[7], 5)
    assert rows[0] == 7
    assert sorted(cosines, reverse=True) == list(cosines)
    np.testing.assert_allclose(cosines, held[rows] @ held[7], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_no_more_is_found_than_there_is(kind: Kind) -> None:
    """A library of three texts can be asked for ten."""
    assert sorted(nearest(make(clustered(3), kind), clustered(1)[0], 10)[1]) == [0, 1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_can_be_compared_without_a_search(kind: Kind) -> None:
    """The exact cosine of any text can be had, in any order, from both kinds."""
    held = clustered(60)
    rows = np.array([5, 59, 0, 5])
    found = vectors.similarities(make(held, kind), held[1], rows)
    np.testing.assert_allclose(found, held[rows] @ held[1], atol=1e-5)
    assert len(vectors.similarities(make(held, kind), held[1], rows[:0])) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_come_back_as_they_were(kind: Kind) -> None:
    """An older index of either kind can lend its vectors to a new one."""
    held = clustered(60)
    np.testing.assert_array_equal(make(held, kind).reconstruct_n(0, 60), held)


@pytest.mark.parametrize("flags", [0, faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY])
@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_index_finds_the_same_mapped_or_not(
    tmp_path: Path, kind: Kind, flags: int
) -> None:
    """A restart changes no answer, whichever way the file is read."""
    made, path = make(clustered(500), kind), tmp_path / "vectors.faiss"
    faiss.write_index(made, str(path))
    asked = clustered(1, seed=1)[0]
    for loaded in (read(path), faiss.read_index(str(path), flags)):
        assert kind_of(loaded) == kind
        for one, other in zip(nearest(made, asked, 20), nearest(loaded, asked, 20), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_to_do_when_the_file_is_cut(tmp_path: Path, kind: Kind, share: float) -> None:
    """A half-copied file ends in one clear sentence, never in a crash."""
    path = tmp_path / "vectors.faiss"
    faiss.write_index(make(clustered(100), kind), str(path))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(KnowledgeBaseError, match=r"vectors\.faiss.*make index"):
        read(path)


def test_it_refuses_a_kind_that_it_never_writes(tmp_path: Path) -> None:
    """A file from elsewhere is not searched by chance."""
    other = faiss.IndexScalarQuantizer(DIMENSION, faiss.ScalarQuantizer.QT_fp16)
    faiss.write_index(other, str(tmp_path / "vectors.faiss"))
    with pytest.raises(KnowledgeBaseError, match=r"IndexScalarQuantizer.*make index"):
        read(tmp_path / "vectors.faiss")


def test_searching_leaves_the_threads_of_faiss_as_they_were() -> None:
    """A build after a search is not slowed by it."""
    before = faiss.omp_get_max_threads()
    nearest(make(clustered(30), "hnsw"), clustered(1)[0], 3)
    assert faiss.omp_get_max_threads() == before
