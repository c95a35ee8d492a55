"""Hybrid search: sentence vectors and BM25, fused, with soft preferences."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

import faiss
import numpy as np

from knowledge_base.encoder import Encoder, shared_encoder
from knowledge_base.index import Entry, Index, load_index
from knowledge_base.lexical import LexicalSearch, Scores
from knowledge_base.naming import NamePattern, other_kind
from knowledge_base.normalize import QueryNormalizer, canonical, words_of
from knowledge_base.passages import Passage
from knowledge_base.questions import NotCovered
from knowledge_base.wording import aspect

# Weights of the fusion, in units of cosine similarity; `make evaluate` shows what they do.
BM25_WEIGHT = 0.15
# How much the message without the condition's name counts, against the whole message.
ASPECT_SHARE = 0.5
SITE_WEIGHT = 0.15
# How many of the nearest texts are looked at; a passage has about twenty.
NEAREST_TEXTS = 600
OTHER_SITE_WEIGHT = -0.15
ARTICLE_WEIGHT = 0.15
TOPIC_WEIGHT = 0.06

# What an indexed text leads to.
_A_FACT, _A_SECTION, _OUTSIDE = range(3)
NO_ENTRY = -1


@dataclass(frozen=True)
class Hit:
    """A passage that search found.

    Attributes:
        passage: what was found.
        similarity: cosine of the message and the nearest text of the passage, -1 to 1.
        score: similarity plus the shares of BM25 and of the preferences.
        nearest: the indexed text that was nearest.
    """

    passage: Passage
    similarity: float
    score: float
    nearest: Entry


@dataclass(frozen=True)
class Evidence:
    """What search knows about one message.

    Attributes:
        normalized: the message after normalisation.
        hits: found passages, best score first.
        not_covered: the nearest thing outside the sources, with its cosine; or None.
        named: the condition outside the sources that the message names, or None.
        named_gap: the aspect that no source covers and that the message names, or None.
        other_kind: the word before "hematoma" in the message, if the sources never use it.
        known_share: share of the message's content words that the sources use, 0 to 1,
            weighted by how much each word tells (inverse document frequency).
    """

    normalized: str
    hits: tuple[Hit, ...]
    not_covered: tuple[NotCovered, float] | None
    named: NotCovered | None
    named_gap: NotCovered | None
    other_kind: str
    known_share: float


class Searcher:
    """Finds the passages that answer a message."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        """Prepare the lexical side of an index; takes some tens of milliseconds."""
        self.index = index
        self._encoder = encoder
        self._facts = [p for p in index.passages.values() if p.kind == "fact"]
        self._row_of = {passage.id: row for row, passage in enumerate(self._facts)}
        asks: dict[str, list[str]] = defaultdict(list)
        for entry in index.entries:
            if entry.passage:
                asks[entry.passage].append(entry.text)
        documents = [
            " ".join([passage.topic, passage.text, *asks[passage.id]]) for passage in self._facts
        ]
        documents = [canonical(document) for document in documents]
        self.normalize = QueryNormalizer(w for document in documents for w in words_of(document))
        self._lexical = LexicalSearch(documents)
        self._things = list(index.not_covered.values())
        self._named = NamePattern([t for t in self._things if t.kind == "condition"])
        self._named_gap = NamePattern([t for t in self._things if t.kind == "gap"])
        thing_row = {thing.id: row for row, thing in enumerate(self._things)}
        self._target_of = [
            (_OUTSIDE, thing_row[entry.not_covered])
            if entry.not_covered
            else (_A_FACT, self._row_of[entry.passage])
            if entry.passage in self._row_of
            else (_A_SECTION, 0)
            for entry in index.entries
        ]

    def search(
        self,
        text: str,
        site: str | None = None,
        topic: str | None = None,
        article: str | None = None,
        k: int = 5,
    ) -> list[Hit]:
        """Find passages.

        Args:
            text: the message as typed.
            site: preferred site, or None.
            topic: preferred topic, or None.
            article: preferred article, or None.
            k: how many hits at most; clamped to the number of passages.

        Returns:
            fact passages, best first.
        """
        return list(self.evidence(text, site, topic, article).hits[: max(k, 0)])

    def evidence(
        self,
        text: str,
        site: str | None = None,
        topic: str | None = None,
        article: str | None = None,
    ) -> Evidence:
        """Look at a message from every side; see `search` for the arguments."""
        normalized = self.normalize(text)
        similarities, nearest, outside = self._dense(normalized)
        scores = similarities + BM25_WEIGHT * self._lexical.scores(normalized)
        scores += self._preferences(site, topic, article)
        order = np.argsort(-scores, kind="stable")
        hits = tuple(
            Hit(
                self._facts[row],
                float(similarities[row]),
                float(scores[row]),
                self.index.entries[nearest[row]] if nearest[row] != NO_ENTRY else Entry(""),
            )
            for row in order
        )
        return Evidence(
            normalized,
            hits,
            outside,
            self._named.find(normalized),
            self._named_gap.find(normalized),
            other_kind(normalized, self.normalize.knows),
            self._lexical.known_share(normalized),
        )

    @lru_cache(maxsize=256)  # noqa: B019  (one searcher lives as long as the process)
    def _preferences(self, site: str | None, topic: str | None, article: str | None) -> Scores:
        return np.array([_preference(p, site, topic, article) for p in self._facts])

    def merge(self, looks: list[tuple[Evidence, float]]) -> Evidence:
        """Join what several wordings of one message found.

        Args:
            looks: evidence and the discount on its scores, the message itself first.

        Returns:
            evidence with each passage's best hit; all else is the message's own.
        """
        best: dict[str, Hit] = {}
        for evidence, discount in looks:
            for hit in evidence.hits:
                score = hit.score - discount
                if hit.passage.id not in best or score > best[hit.passage.id].score:
                    best[hit.passage.id] = replace(hit, score=score)
        hits = tuple(sorted(best.values(), key=lambda hit: -hit.score))
        return replace(looks[0][0], hits=hits)

    def _dense(self, normalized: str) -> tuple[Scores, list[int], tuple[NotCovered, float] | None]:
        """Return each passage's similarity and nearest entry, and what else is near."""
        whole, nearest, outside = self._nearest(self.index.vectors, normalized)
        asked = aspect(normalized)
        if asked:
            part, _, outside_part = self._nearest(self.index.aspects, asked)
            whole = (1 - ASPECT_SHARE) * whole + ASPECT_SHARE * part
            outside = (1 - ASPECT_SHARE) * outside + ASPECT_SHARE * outside_part
        if not len(outside):
            return whole, nearest, None
        best = int(np.argmax(outside))
        return whole, nearest, (self._things[best], float(outside[best]))

    def _nearest(self, vectors: faiss.Index, text: str) -> tuple[Scores, list[int], Scores]:
        """Return, for one text, the similarity of each passage and of each other thing."""
        k = min(NEAREST_TEXTS, vectors.ntotal)
        values, rows = vectors.search(self._encoder.encode([text]), k)
        floor = float(values[0][-1])
        similarities = np.full(len(self._facts), floor)
        outside = np.full(len(self._things), floor)
        nearest = [NO_ENTRY] * len(self._facts)
        # Ascending, so that the best of several texts of one passage is written last.
        for value, row in zip(values[0][::-1].tolist(), rows[0][::-1].tolist(), strict=True):
            kind, target = self._target_of[row]
            if kind == _A_FACT:
                similarities[target] = value
                nearest[target] = row
            elif kind == _OUTSIDE:
                outside[target] = value
        return similarities, nearest, outside


def _preference(
    passage: Passage, site: str | None, topic: str | None, article: str | None
) -> float:
    preference = 0.0
    if site:
        preference += SITE_WEIGHT if passage.site == site else OTHER_SITE_WEIGHT
    if article and passage.article == article:
        preference += ARTICLE_WEIGHT
    if topic and passage.topic == topic:
        preference += TOPIC_WEIGHT
    return preference


@lru_cache(maxsize=1)
def shared_searcher() -> Searcher:
    """Return the one searcher of this process, over the built index."""
    return Searcher(load_index(), shared_encoder())
