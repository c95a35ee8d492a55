"""How vectors scale: build, file, memory, load, search and recall, of every kind."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from tqdm import tqdm

from benchmarks.scale_data import vectors
from knowledge_base import vectors as product
from knowledge_base.dense import NEAREST_OF_MANY
from knowledge_base.encoder import Vectors
from knowledge_base.vectors import Kind, nearest

K = 10
_QUERIES = 300
# Vectors are added in so many at a time, so that progress shows.
_ADDED_AT_ONCE = 20_000
_MB = 1e6
# Run in a process of its own, so that memory and time are those of loading and nothing else.
_LOAD = """
import json, sys, time
import faiss
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
flags = faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY if sys.argv[2] == "mapped" else 0
before, started = resident(), time.perf_counter()
index = faiss.read_index(sys.argv[1], flags)
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "bytes": resident() - before}))
"""


@dataclass(frozen=True)
class VectorRow:
    """One kind of index at one size; times in milliseconds unless named otherwise.

    Attributes:
        size: how many vectors.
        kind: "flat", "packed" or "hnsw".
        chosen: the product searches this many so.
        build_s: seconds to build it.
        file_mb: size of its file, in millions of bytes.
        memory_mb: resident memory that it takes once loaded.
        load_ms: time to read it.
        mapped_load_ms: the same, asking FAISS to map it into memory.
        mapped_memory_mb: resident memory after that.
        p50_ms: median of one search for 64 vectors, as the bot does it: with one thread.
        p95_ms: 95th percentile of the same.
        all_threads_p50_ms: median with as many threads as FAISS takes by itself.
        recall_at_10: share of the ten nearest vectors that it finds.
    """

    size: int
    kind: Kind
    chosen: bool
    build_s: float
    file_mb: float
    memory_mb: float
    load_ms: float
    mapped_load_ms: float
    mapped_memory_mb: float
    p50_ms: float
    p95_ms: float
    all_threads_p50_ms: float
    recall_at_10: float


def measure(size: int, queries: int = _QUERIES) -> list[VectorRow]:
    """Measure every kind at one size.

    Args:
        size: how many synthetic vectors.
        queries: how many questions; each is searched twice.
    """
    texts, questions = vectors(size, queries)
    rows: list[VectorRow] = []
    truth: list[Any] = []
    kinds: tuple[Kind, ...] = ("flat", "packed", "hnsw")
    for kind in kinds:
        index, seconds = _built(texts, kind)
        # As the product asks: for more than ten, of which the exact ten nearest come first.
        found = [nearest(index, one, NEAREST_OF_MANY)[1][: min(K, size)] for one in questions]
        if kind == "flat":
            truth = found
        one_thread, all_threads = _times(index, questions, 1), _times(index, questions, None)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "vectors.faiss"
            faiss.write_index(index, str(path))
            # Gone before it is loaded elsewhere: a million vectors fill some gigabytes.
            del index
            file_mb = path.stat().st_size / _MB
            read, mapped = _loaded(path, "read"), _loaded(path, "mapped")
        rows.append(
            VectorRow(
                size=size,
                kind=kind,
                chosen=product.kind_for(size) == kind,
                build_s=seconds,
                file_mb=file_mb,
                memory_mb=read["bytes"] / _MB,
                load_ms=read["seconds"] * 1000,
                mapped_load_ms=mapped["seconds"] * 1000,
                mapped_memory_mb=mapped["bytes"] / _MB,
                p50_ms=float(np.percentile(one_thread, 50)),
                p95_ms=float(np.percentile(one_thread, 95)),
                all_threads_p50_ms=float(np.percentile(all_threads, 50)),
                recall_at_10=recall(found, truth),
            )
        )
    return rows


def recall(found: Any, truth: Any) -> float:
    """Return the share of true neighbours found, over all rows of two tables of numbers."""
    pairs = zip(found, truth, strict=True)
    return float(np.mean([len(set(one) & set(other)) / len(other) for one, other in pairs]))


def milliseconds(call: Callable[..., object], *arguments: object) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    call(*arguments)
    return (time.perf_counter() - started) * 1000


def _built(texts: Vectors, kind: Kind) -> tuple[faiss.Index, float]:
    started = time.perf_counter()
    index = product.make(texts[:_ADDED_AT_ONCE], kind)
    for start in tqdm(
        range(_ADDED_AT_ONCE, len(texts), _ADDED_AT_ONCE),
        desc=f"{len(texts):,} vectors, {kind}",
        unit_scale=_ADDED_AT_ONCE,
        leave=False,
    ):
        index.add(texts[start : start + _ADDED_AT_ONCE])
    return index, time.perf_counter() - started


def _times(index: faiss.Index, questions: Vectors, threads: int | None) -> list[float]:
    before, k = faiss.omp_get_max_threads(), min(NEAREST_OF_MANY, index.ntotal)
    faiss.omp_set_num_threads(threads or before)
    try:
        # The first round warms the caches.
        for _ in range(2):
            times = [milliseconds(index.search, q, k) for q in questions[:, np.newaxis]]
    finally:
        faiss.omp_set_num_threads(before)
    return times


def _loaded(path: Path, how: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, str(path), how], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
