"""Vectors in FAISS: searched exactly up to a measured size, by a graph above it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import DIMENSION, Vectors
from knowledge_base.errors import KnowledgeBaseError

# One search for the 1,500 nearest by one thread, the best of 12 on two busy cores, and which share
# of the ten nearest is found. The vectors are the product's own, and others near to them.
#
#      texts     flat          graph
#     20,000    2.7 ms    2.4 ms  0.998
#     30,000    8.5 ms    2.7 ms  0.998
#     50,000   13.6 ms    3.3 ms  0.998
#
# On cores that do nothing else an exact search of 30,000 takes 1.4 ms: up to here nothing is
# given up for speed.
FLAT_UP_TO = 30_000
# Links of a vector (Malkov & Yashunin 2018, "Efficient and robust approximate nearest neighbor
# search using Hierarchical Navigable Small World graphs", section 4.1: 5 to 48).
GRAPH = "HNSW32"


def make(vectors: Vectors) -> faiss.Index:
    """Return an index of unit vectors, one row per text, compared by inner product."""
    kind = "Flat" if len(vectors) <= FLAT_UP_TO else GRAPH
    index = faiss.index_factory(DIMENSION, kind, faiss.METRIC_INNER_PRODUCT)
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def read(path: Path) -> faiss.Index:
    """Read an index from its file, into memory.

    Raises:
        KnowledgeBaseError: the file is missing or damaged.
    """
    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        raise KnowledgeBaseError(f"{path.name} cannot be read: run `make index`.") from error


def nearest(index: faiss.Index, vector: Vectors, k: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
    """Return the cosines and the rows of the vectors nearest to one unit vector, best first.

    Args:
        index: an index that `make` or `read` returned.
        vector: one unit vector.
        k: how many; clamped to the number of vectors.
    """
    # A graph must be searched at least as broadly as what is asked of it.
    graph = isinstance(index, faiss.IndexHNSW)
    broadly = faiss.SearchParametersHNSW(efSearch=k) if graph else None
    with _one_thread():
        cosines, rows = index.search(vector[np.newaxis], min(k, index.ntotal), params=broadly)
    found = rows[0] >= 0
    return cosines[0][found], rows[0][found]


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
