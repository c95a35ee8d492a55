"""Vectors in FAISS: searched exactly up to a measured size, by a graph above it.

Measured by ``python -m benchmarks.scale`` on 2 shared cores (384 numbers a vector, median of
one search for 64 vectors by one thread, recall of the ten nearest; the rest stands in
``benchmarks/results-scale.json``):

    vectors      flat        packed           hnsw
      3,000    0.07 ms   0.04 ms  1.000   0.07 ms  0.999
     10,000    0.33 ms   0.07 ms  1.000   0.15 ms  0.997
     20,000    0.9  ms   0.10 ms  0.999   0.25 ms  0.998
     30,000    1.4  ms   0.12 ms  1.000   0.28 ms  0.993
    100,000   10    ms   0.28 ms  0.998   0.37 ms  0.985

Those vectors are made up, with questions made from them. With the product's own texts among
100,000 others, its 425 evaluation questions found 0.99 of their ten nearest in packed vectors,
and 0.91 (whole) and 0.96 (without the condition) by the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import faiss
import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import DIMENSION, Vectors
from knowledge_base.errors import KnowledgeBaseError

Kind = Literal["flat", "packed", "hnsw"]

# Up to here the exact search takes less than 1 ms, so nothing is given up for speed.
FLAT_UP_TO = 20_000
# Up to here reading through all packed vectors of a view takes no more than 0.5 ms. That finds
# more than a graph does: a question is often near one small group of texts that no link of
# the graph leads to.
PACKED_UP_TO = 200_000

# Every three numbers of a vector are packed into four bits, all packed vectors are read through
# (product quantisation: Jégou et al. 2011; in registers: André et al. 2015; FAISS wiki, "Fast
# accumulation of PQ and AQ codes"), and four times as many as asked for are put in order by
# their exact vectors. Recall@10 of real questions at 100,000 texts and time of one search: two
# numbers and no more than asked for 0.98 in 0.28 ms, three and four times as many 0.99 in 0.23,
# four and eight times as many 0.98 in 0.24.
PACKED_PARTS = DIMENSION // 3
PACKED_REORDERED = 4
_PACKED_BITS = 4
_TRAINED_ON = 25_000

# HNSW (Malkov & Yashunin 2018, "Efficient and robust approximate nearest neighbor search
# using Hierarchical Navigable Small World graphs", section 4.1): M, links per vector, is 5 to
# 48. 32 took a third longer to build and to search than 16 here. efConstruction and efSearch
# are the breadths of the search while building and while serving (FAISS wiki, "Guidelines to
# choose an index"): 100,000 made-up vectors and questions gave a recall@10 of 0.94 with a
# breadth of 64 and of 0.98 with 128, in 0.19 and 0.35 ms.
HNSW_M = 16
HNSW_EF_CONSTRUCTION = 200
HNSW_EF_SEARCH = 128


def kind_for(count: int) -> Kind:
    """Return how this many vectors are searched."""
    if count <= FLAT_UP_TO:
        return "flat"
    return "packed" if count <= PACKED_UP_TO else "hnsw"


def kind_of(index: faiss.Index) -> Kind:
    """Return how an index searches.

    Raises:
        KnowledgeBaseError: it is of a kind that this program never writes.
    """
    if isinstance(index, faiss.IndexHNSWFlat):
        return "hnsw"
    if isinstance(index, faiss.IndexRefineFlat):
        return "packed"
    if isinstance(index, faiss.IndexFlat):
        return "flat"
    raise KnowledgeBaseError(f"The vectors are a {type(index).__name__}: run `make index`.")


def make(vectors: Vectors, kind: Kind | None = None) -> faiss.Index:
    """Return an index of unit vectors, compared by inner product.

    Args:
        vectors: one row per text.
        kind: how it searches; None chooses by the number of vectors.
    """
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    kind = kind or kind_for(len(vectors))
    if kind == "flat":
        index = faiss.IndexFlatIP(DIMENSION)
    elif kind == "packed":
        packed = faiss.IndexPQFastScan(
            DIMENSION, PACKED_PARTS, _PACKED_BITS, faiss.METRIC_INNER_PRODUCT
        )
        index = faiss.IndexRefineFlat(packed)
        index.k_factor = PACKED_REORDERED
        sample = vectors[:: max(len(vectors) // _TRAINED_ON, 1)]
        # There must be at least as many as four bits tell apart.
        index.train(np.resize(sample, (max(len(sample), 2**_PACKED_BITS), DIMENSION)))
    else:
        index = faiss.IndexHNSWFlat(DIMENSION, HNSW_M, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = HNSW_EF_CONSTRUCTION
        index.hnsw.efSearch = HNSW_EF_SEARCH
    index.add(vectors)
    return index


def read(path: Path) -> faiss.Index:
    """Read an index from its file, into memory.

    FAISS 1.8 maps only inverted lists (IVF) into memory: with ``IO_FLAG_MMAP`` it reads a
    flat index and a graph as without it. Flat vectors kept as inverted list or as a mapped
    array would save 10 MB and 4 ms at today's size, and either a search 1.6 times as slow or a
    second file format; a cut file would end the whole process by a bus error. So it is not
    done. A graph over vectors of one byte a number would need a quarter of the memory, but
    takes 1.5 times as long.

    Raises:
        KnowledgeBaseError: the file is missing, damaged or of another kind.
    """
    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise KnowledgeBaseError(f"{path.name} cannot be read: run `make index`.") from error
    kind_of(index)
    return index


def nearest(index: faiss.Index, vector: Vectors, k: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
    """Return the cosines and the rows of the vectors nearest to one unit vector, best first.

    Args:
        index: an index that `make` or `read` returned.
        vector: one unit vector.
        k: how many; clamped to the number of vectors.
    """
    with _one_thread():
        cosines, rows = index.search(vector[np.newaxis], min(k, index.ntotal))
    found = rows[0] >= 0
    return cosines[0][found], rows[0][found]


def similarities(index: faiss.Index, vector: Vectors, rows: npt.NDArray[np.int64]) -> Vectors:
    """Return the exact cosine of one unit vector with some rows of an index.

    Args:
        index: an index that `make` or `read` returned.
        vector: one unit vector.
        rows: numbers of the rows, in any order.
    """
    held = {"hnsw": "storage", "packed": "refine_index"}.get(kind_of(index))
    exact = faiss.downcast_index(getattr(index, held)) if held else index
    vector, rows = np.ascontiguousarray(vector), np.ascontiguousarray(rows, dtype=np.int64)
    found: Vectors = np.empty(len(rows), dtype=np.float32)
    with _one_thread():
        exact.compute_distance_subset(
            1, faiss.swig_ptr(vector), len(rows), faiss.swig_ptr(found), faiss.swig_ptr(rows)
        )
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep FAISS from waking all its threads for one vector.

    The others have nothing to do, but are waited for: on a machine whose cores are busy that
    took 8 ms instead of 0.2. FAISS counts threads per calling thread, so no other is slowed.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
