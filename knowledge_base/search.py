"""Hybrid search: sentence vectors and BM25, fused, with soft preferences."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from knowledge_base.asks import Asked
from knowledge_base.dense import DenseSearch, Scores
from knowledge_base.encoder import Encoder, shared_encoder
from knowledge_base.index import Index, load_index
from knowledge_base.lexical import LexicalSearch
from knowledge_base.naming import NamePattern, other_kind
from knowledge_base.normalize import QueryNormalizer, canonical, is_slip, without_courtesy, words_of
from knowledge_base.passages import Passage
from knowledge_base.questions import NotCovered

# Weights of the fusion, in units of cosine similarity; `make evaluate` shows what they do.
BM25_WEIGHT = 0.15
SITE_WEIGHT = 0.15
OTHER_SITE_WEIGHT = -0.15
ARTICLE_WEIGHT = 0.15
TOPIC_WEIGHT = 0.06

# A sentence of a passage is said if it is asked for with this chance. Of 298 fresh messages this
# left out something for 16, and said 46 sentences that nobody had asked for; whole lines say 190.
SAID_FROM = 0.25
# Below this cosine no phrase tells anything: the whole line is said.
LIKE_A_PHRASE = 0.7

# A word that the questions on this many passages use is no slip of the keyboard, unless it is one
# often made (`is_slip`).
OFTEN = 5


@dataclass(frozen=True)
class Hit:
    """A passage that search found.

    Attributes:
        passage: what was found.
        similarity: cosine of the message and the nearest text of the passage, -1 to 1.
        score: mean similarity of the nearest texts plus the shares of BM25 and of the preferences.
        sentences: numbers of the sentences of a fact passage that answer; none for all.
    """

    passage: Passage
    similarity: float
    score: float
    sentences: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """What is said of the passage."""
        return self.passage.lines[0].said(self.sentences)


def certain(passage: Passage) -> Hit:
    """Return a passage as a hit that nobody doubts."""
    return Hit(passage, 1.0, 1.0)


@dataclass(frozen=True)
class Evidence:
    """What search knows about one message.

    Attributes:
        normalized: the message after normalisation.
        hits: all fact passages, best score first.
        not_covered: the nearest thing outside the sources, with its cosine; or None.
        near_miss: the cosine of the nearest question on a detail that no source tells.
        named: the condition outside the sources that the message names, or None.
        named_gap: the aspect that no source covers and that the message names, or None.
        other_kind: the word before "hematoma" in the message, if the sources never use it.
        known_share: share of the message's content words that the sources use, 0 to 1,
            weighted by how much each word tells (inverse document frequency).
        answers: log odds that the first passage answers, as the reranker reads it; 0 if nobody
            knows.
    """

    normalized: str
    hits: tuple[Hit, ...]
    not_covered: tuple[NotCovered, float] | None
    near_miss: float
    named: NotCovered | None
    named_gap: NotCovered | None
    other_kind: str
    known_share: float
    answers: float = 0.0

    @property
    def outside(self) -> float:
        """The cosine of the nearest thing outside the sources; -1 if none is near."""
        return self.not_covered[1] if self.not_covered else -1.0

    def similarity(self, sites: tuple[str, ...] = ()) -> float:
        """Return the highest cosine of a passage on the given sites; on any, if none is given."""
        return max(hit.similarity for hit in self.hits if not sites or hit.passage.site in sites)

    def hit_of(self, passage: Passage) -> Hit:
        """Return what search found of a passage."""
        return next(hit for hit in self.hits if hit.passage.id == passage.id)


class Searcher:
    """Finds the passages that answer a message.

    Attributes:
        questions_with: by passage and verdict, the stored questions to which it truly answers so.
    """

    def __init__(self, index: Index, encoder: Encoder) -> None:
        """Prepare the lexical side of an index; takes some tens of milliseconds."""
        self.index = index
        self._facts = [p for p in index.passages.values() if p.kind == "fact"]
        asks: dict[str, list[str]] = defaultdict(list)
        self.questions_with: dict[tuple[str, str], list[str]] = defaultdict(list)
        for entry in index.entries:
            if entry.passage:
                asks[entry.passage].append(entry.text)
            if entry.passage and entry.verdict:
                self.questions_with[entry.passage, entry.verdict].append(entry.text)
        documents = [
            " ".join([passage.topic, passage.text, *asks[passage.id]]) for passage in self._facts
        ]
        documents = [canonical(document) for document in documents]
        self.normalize = QueryNormalizer(self._vocabulary(documents))
        self._lexical = LexicalSearch(documents)
        self._number_of = {passage.id: number for number, passage in enumerate(self._facts)}
        self._things = list(index.not_covered.values())
        self._named = NamePattern([t for t in self._things if t.kind == "condition"])
        self._named_gap = NamePattern([t for t in self._things if t.kind == "gap"])
        self._dense = DenseSearch(index, encoder, self._facts)
        self._encoder = encoder
        self._about = {
            name: np.array([getattr(passage, name) for passage in self._facts], dtype=object)
            for name in ("site", "article", "topic")
        }

    def _vocabulary(self, documents: list[str]) -> set[str]:
        """Return the words that are spelt right: people's questions hold slips as well."""
        told = {w for passage in self._facts for w in words_of(canonical(passage.text))}
        asked = Counter(word for document in documents for word in set(words_of(document)))
        often = {word for word, times in asked.items() if times >= OFTEN}
        return told | {word for word in often if not is_slip(word, told, asked)}

    def asked(self, passage: Passage, text: str, before: str) -> list[tuple[Asked, float]]:
        """Return how a message may ask for a passage, and how likely each way is.

        Args:
            passage: what would answer.
            text: the message.
            before: what it is read after.
        """
        (layers,) = self._encoder.layers([text], before)
        return self.index.asks.asked(passage.id, layers)

    def as_asked(self, hit: Hit, text: str, before: str) -> Hit:
        """Return a hit with the sentences of its passage that a message asks for.

        Args:
            hit: a fact passage.
            text: the message.
            before: what it is read after.
        """
        several = hit.passage.lines[0].numbers
        if len(several) == 1 or hit.similarity < LIKE_A_PHRASE:
            return hit
        ways = self.asked(hit.passage, text, before)
        first = max(several, key=lambda n: sum(c for way, c in ways if way.sentences[0] == n))
        chances = {n: sum(c for way, c in ways if n in way.sentences) for n in several}
        needed = [number for number in several if chances[number] >= SAID_FROM]
        return replace(hit, sentences=tuple(dict.fromkeys((first, *needed))))

    def evidence(
        self,
        text: str,
        site: str | None = None,
        topic: str | None = None,
        article: str | None = None,
        before: str = "",
    ) -> Evidence:
        """Look at a message from every side.

        Args:
            text: the message as typed.
            site: preferred site, or None.
            topic: preferred topic, or None.
            article: preferred article, or None.
            before: what the message is read after (`knowledge_base.encoder.in_context`).
        """
        normalized = self.normalize(text)
        words = self._lexical.scores(normalized)
        best = max(float(words.max(initial=0.0)), 1e-9)
        preferred = self._preferences(site, topic, article)
        near = self._dense.look(without_courtesy(text), before)
        scores = near.ranks + BM25_WEIGHT * (words.astype(float) / best) + preferred
        order = np.argsort(-scores, kind="stable")
        found = zip(order, near.similarities[order].tolist(), scores[order].tolist(), strict=True)
        hits = tuple(Hit(self._facts[fact], cosine, score) for fact, cosine, score in found)
        return Evidence(
            normalized,
            hits,
            near.outside,
            near.near_miss,
            self._named.find(normalized),
            self._named_gap.find(normalized),
            other_kind(normalized, self.normalize.knows),
            self._lexical.known_share(normalized),
        )

    @lru_cache(maxsize=32)  # noqa: B019  (one searcher lives as long as the process)
    def _preferences(self, site: str | None, topic: str | None, article: str | None) -> Scores:
        preferred = np.zeros(len(self._facts))
        if site:
            preferred += np.where(self._about["site"] == site, SITE_WEIGHT, OTHER_SITE_WEIGHT)
        if article:
            preferred += np.where(self._about["article"] == article, ARTICLE_WEIGHT, 0.0)
        if topic:
            preferred += np.where(self._about["topic"] == topic, TOPIC_WEIGHT, 0.0)
        return preferred

    def merge(self, found: list[Evidence]) -> Evidence:
        """Join what several wordings of one message found.

        Args:
            found: evidence, that of the message itself first.

        Returns:
            evidence with each passage's best hit; all else is the message's own.
        """
        best: dict[str, Hit] = {}
        for hit in (hit for evidence in found for hit in evidence.hits):
            if hit.passage.id not in best or hit.score > best[hit.passage.id].score:
                best[hit.passage.id] = hit
        hits = tuple(sorted(best.values(), key=lambda hit: -hit.score))
        return replace(found[0], hits=hits)

    def with_nearest(self, found: Evidence, other: Evidence) -> Evidence:
        """Return what was found, each passage as near as either wording of the message is."""
        others = {hit.passage.id: hit.similarity for hit in other.hits}
        hits = [
            replace(hit, similarity=max(hit.similarity, others.get(hit.passage.id, -1.0)))
            for hit in found.hits
        ]
        return replace(found, hits=tuple(hits))

    def blend(self, found: Evidence, other: Evidence, share: float) -> Evidence:
        """Order what a message found by what another wording of it found, too.

        Args:
            found: evidence of the message.
            other: evidence of the other wording.
            share: what the other wording's score counts, 0 to 1.
        """
        others = {hit.passage.id: hit.score for hit in other.hits}
        least = min(others.values(), default=0.0)
        hits = [
            replace(
                hit,
                score=hit.score * (1 - share) + others.get(hit.passage.id, least) * share,
            )
            for hit in found.hits
        ]
        return replace(found, hits=tuple(sorted(hits, key=lambda hit: -hit.score)))


@lru_cache(maxsize=1)
def shared_searcher() -> Searcher:
    """Return the one searcher of this process, over the built index."""
    return Searcher(load_index(), shared_encoder())
