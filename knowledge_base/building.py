"""Building the index: texts are embedded, and how they ask is learnt."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from knowledge_base.articles import ARTICLES_DIR, Article, load_articles
from knowledge_base.asks import AskClassifier, Asked, fit
from knowledge_base.encoder import DIMENSION, Encoder
from knowledge_base.index import Entry, Index, Layers
from knowledge_base.passages import Passage, passages_of
from knowledge_base.questions import (
    NEAR_MISS,
    NOT_COVERED_FILE,
    QUESTIONS_DIR,
    load_asks,
    load_not_covered,
)
from knowledge_base.vectors import make

_BATCH = 64
Progress = Callable[[Iterable[int]], Iterable[int]]


def build_index(
    encoder: Encoder,
    articles_dir: Path = ARTICLES_DIR,
    questions_dir: Path = QUESTIONS_DIR,
    not_covered_file: Path = NOT_COVERED_FILE,
    previous: Index | None = None,
    progress: Progress = iter,
) -> Index:
    """Embed all articles with their search phrases.

    Args:
        encoder: gives unit vectors.
        articles_dir: folder of article files.
        questions_dir: folder of search phrases per article.
        not_covered_file: what the sources do not cover.
        previous: an older index of the same model, whose vectors are used again.
        progress: wraps the loop over batches, e.g. ``tqdm``.

    Raises:
        KnowledgeBaseError: a file breaks its format.
    """
    articles = load_articles(articles_dir)
    passages = [passage for article in articles for passage in passages_of(article)]
    not_covered = load_not_covered(not_covered_file)
    entries = [*_passage_entries(articles, passages)]
    line_of = {f: p.id for p in passages if p.kind == "fact" for f in p.facts}
    entries += [
        Entry(ask.text, not_covered=NEAR_MISS.id, before=ask.before)
        if ask.near_miss
        else Entry(ask.text, line_of[ask.fact], None, ask.verdict, ask.before, ask.sentences)
        for ask in load_asks(articles, questions_dir)
    ]
    entries += [Entry(ask, not_covered=thing.id) for thing in not_covered for ask in thing.asks]
    layers = _layers(encoder, entries, previous, progress)
    sources = [article.source for article in articles]
    vectors = make(layers[:, -DIMENSION:].astype(np.float32))
    asks = _classifier(entries, {p.id: p for p in passages}, layers)
    return Index(sources, passages, [*not_covered, NEAR_MISS], entries, vectors, layers, asks)


def _classifier(
    entries: list[Entry], passages: dict[str, Passage], layers: Layers
) -> AskClassifier:
    """Learn from all entries that find a fact."""
    facts = [
        (row, entry, passages[entry.passage])
        for row, entry in enumerate(entries)
        if entry.passage and passages[entry.passage].kind == "fact"
    ]
    asked = [
        Asked(passage.id, entry.verdict or "", entry.sentences or passage.lines[0].numbers)
        for _, entry, passage in facts
    ]
    return fit(asked, layers[[row for row, *_ in facts]].astype(np.float32))


def _layers(
    encoder: Encoder, entries: list[Entry], previous: Index | None, progress: Progress
) -> Layers:
    """Embed texts, each after what it is asked after; what is known of older ones is used again."""
    known: dict[tuple[str, str], Layers] = {}
    if previous:
        for entry, layers in zip(previous.entries, previous.layers, strict=True):
            known[entry.before, entry.text] = layers
    new = sorted({(entry.before, entry.text) for entry in entries} - known.keys(), key=_length)
    batches = [new[start : start + _BATCH] for start in range(0, len(new), _BATCH)]
    for number in progress(range(len(batches))):
        befores, texts = zip(*batches[number], strict=True)
        layers = encoder.layers(texts, befores).astype(np.float16)
        known.update(zip(batches[number], layers, strict=True))
    return np.stack([known[entry.before, entry.text] for entry in entries])


def _length(asked: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    # Batches of like length waste less padding.
    return sum(map(len, asked)), asked


def _passage_entries(articles: list[Article], passages: list[Passage]) -> list[Entry]:
    titles = {article.source.id: article.source.title for article in articles}
    return [
        Entry(f"{titles[passage.article]}, {passage.topic}: {passage.text}", passage=passage.id)
        for passage in passages
    ]


def digest_of(
    articles_dir: Path = ARTICLES_DIR,
    questions_dir: Path = QUESTIONS_DIR,
    not_covered_file: Path = NOT_COVERED_FILE,
) -> str:
    """Return the SHA-256 digest of everything an index is built from."""
    digest = hashlib.sha256()
    files = [*sorted(articles_dir.glob("*.md")), *sorted(questions_dir.glob("*.yml"))]
    for path in [*files, not_covered_file]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()
