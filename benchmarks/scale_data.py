"""Synthetic, seeded knowledge: vectors and passages that look like the product's own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from knowledge_base.articles import SITES, TOPICS, Line
from knowledge_base.encoder import DIMENSION, Vectors
from knowledge_base.index import Entry, Index, load_index
from knowledge_base.normalize import english_words, words_of
from knowledge_base.passages import Passage
from knowledge_base.vectors import Kind, make

# A passage of the product is found by about twenty texts; they form a cluster.
CLUSTER = 20
# How far a text strays from its cluster's centre, in units of the spread of all texts. Drawn
# evenly from these bounds, the nearest neighbour has a median cosine like in the product.
_STRAY = (0.3, 0.9)
# Questions stray further than the texts that were written to be found; so do the real ones.
_ASKED = (0.5, 2.0)
_CHUNK = 50_000
# One word in this many of a passage is any English word; the others are the product's own.
_FOREIGN = 3
_WORDS = (12, 28)


@lru_cache(maxsize=1)
def _shape() -> tuple[Vectors, Vectors]:
    """Return the mean of the product's vectors, and a root of their covariance."""
    index = load_index()
    real = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    mean = real.mean(axis=0)
    _, values, axes = np.linalg.svd(real - mean, full_matrices=False)
    return mean, (values / np.sqrt(len(real)))[:, np.newaxis] * axes


def vectors(count: int, queries: int, seed: int = 0) -> tuple[Vectors, Vectors]:
    """Return unit vectors in clusters, and unit vectors of questions about them.

    Centres are drawn with the mean and the covariance of the product's own vectors, and the
    members of a cluster stray from its centre with the same covariance.

    Args:
        count: how many texts.
        queries: how many questions.
        seed: the same seed gives the same vectors.
    """
    random = np.random.default_rng(seed)
    mean, root = _shape()
    centres = random.standard_normal((max(count // CLUSTER, 1), len(root)), dtype=np.float32) @ root

    def members(number: int, stray: tuple[float, float]) -> Vectors:
        around = centres[random.integers(0, len(centres), number)]
        noise = random.standard_normal((number, len(root)), dtype=np.float32) @ root
        found = around + random.uniform(*stray, (number, 1)).astype(np.float32) * noise
        # A centre alone would lie nearer to the mean than a text does.
        found = mean + found / np.sqrt(1 + np.mean(np.square(stray)))
        unit: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
        return unit

    texts = np.empty((count, DIMENSION), dtype=np.float32)
    for start in range(0, count, _CHUNK):
        texts[start : start + _CHUNK] = members(min(_CHUNK, count - start), _STRAY)
    return texts, members(queries, _ASKED)


def passages(count: int, seed: int = 0) -> Iterator[Passage]:
    """Yield passages of plausible words on all sites and topics."""
    random = np.random.default_rng(seed)
    index = load_index()
    own = [word for entry in index.entries if entry.passage for word in words_of(entry.text)]
    english = list(english_words())
    sites = (*SITES, "other")
    for number in range(count):
        length = int(random.integers(*_WORDS))
        foreign = length // _FOREIGN
        # The word list is ordered by frequency: squaring prefers common words.
        places = (np.square(random.random(foreign)) * len(english)).astype(int)
        words = [own[i] for i in random.integers(0, len(own), length - foreign)]
        words += [english[i] for i in places]
        text = " ".join(words).capitalize() + "."
        site, topic = sites[number % len(sites)], TOPICS[number % len(TOPICS)]
        name = f"distractor-{number // 50}"
        yield Passage(f"{name}/{topic}/{number}", name, site, topic, "fact", (Line(text, ""),))


def enlarged(added: int, kind: Kind | None = None, seed: int = 0) -> Index:
    """Return the product's index with synthetic passages added, one text for each.

    Args:
        added: how many.
        kind: how the vectors are searched; None chooses as the product does.
        seed: the same seed gives the same passages.
    """
    index = load_index()
    more = list(passages(added, seed))
    entries = [*index.entries, *(Entry(passage.text, passage=passage.id) for passage in more)]
    known = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    grown = np.concatenate([known, vectors(added, 0, seed)[0]])
    return Index(
        list(index.sources.values()),
        [*index.passages.values(), *more],
        list(index.not_covered.values()),
        entries,
        make(grown, kind),
    )
