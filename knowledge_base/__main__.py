"""Command line: build, search and validate the knowledge base."""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tqdm import tqdm

from knowledge_base import encoder, reranker
from knowledge_base.articles import ARTICLES_DIR, Article, load_articles
from knowledge_base.building import build_index, digest_of
from knowledge_base.content_guard import broken_rule
from knowledge_base.encoder import shared_encoder
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.graphs import require_current
from knowledge_base.index import INDEX_DIR, Index, is_current, load_index
from knowledge_base.questions import load_asks, load_not_covered
from knowledge_base.search import Searcher
from knowledge_base.weights import load_adapter, shared_weights


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KnowledgeBaseError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_base", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="build | search | validate")
    build = commands.add_parser("build", help="embed the articles; does nothing if none changed")
    build.add_argument("--force", action="store_true", help="embed everything anew")
    build.set_defaults(run=_build)
    search = commands.add_parser("search", help="show what a question finds")
    search.add_argument("question")
    search.add_argument("--site", help="preferred site: spinal, iliopsoas or ossified")
    search.add_argument("--topic", help="preferred topic, such as symptoms")
    search.add_argument("-k", type=int, default=5, help="how many passages (default 5)")
    search.set_defaults(run=_search)
    validate = commands.add_parser("validate", help="check every file, build nothing")
    validate.add_argument("folder", nargs="?", type=Path, default=ARTICLES_DIR)
    validate.set_defaults(run=_validate)
    return parser


def _build(options: argparse.Namespace) -> int:
    digest = digest_of()
    old = [export for path, note, export in _graphs() if options.force or not _is_of(path, note)]
    if not old and is_current(digest):
        print("The index is up to date.")
        return 0
    _validate(argparse.Namespace(folder=ARTICLES_DIR))
    for number, export in enumerate(old, start=1):
        print(f"Exporting model {number} of {len(old)} ...")
        export()

    def progress(batches: Iterable[int]) -> Iterable[int]:
        return tqdm(batches, desc="Embedding", unit="batch")

    index = build_index(
        shared_encoder(),
        previous=None if options.force else _previous(),
        progress=progress,
    )
    index.save(INDEX_DIR, digest)
    print(f"Indexed {len(index.passages)} passages, {len(index.entries)} texts.")
    return 0


def _graphs() -> list[tuple[Path, str, Callable[[], None]]]:
    """Return each model that serves: its file, of what it must be made, and what makes it."""
    adapter = load_adapter(reranker.RERANKER_DIR)
    return [
        (encoder.ONNX_FILE, encoder.note_on(shared_weights()), encoder.export),
        (reranker.RERANKER_FILE, adapter.digest, reranker.export),
    ]


def _is_of(path: Path, note: str) -> bool:
    try:
        require_current(path, note)
    except KnowledgeBaseError:
        return False
    return True


def _previous() -> Index | None:
    try:
        return load_index()
    except KnowledgeBaseError:
        return None


def _search(options: argparse.Namespace) -> int:
    searcher = Searcher(load_index(), shared_encoder())
    found = searcher.evidence(options.question, options.site, options.topic)
    for hit in found.hits[: max(options.k, 0)]:
        print(f"{hit.similarity:5.2f}  {hit.passage.id:28}  {hit.passage.text}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    articles = load_articles(options.folder)
    facts = [line.fact for article in articles for line in article.lines]
    twice = sorted({fact for fact in facts if facts.count(fact) > 1})
    if twice:
        raise KnowledgeBaseError(f"These facts stand on two lines: {', '.join(twice)}.")
    for article in articles:
        _require_harmless(article)
    asks = load_asks(articles)
    things = load_not_covered()
    print(
        f"{len(articles)} articles with {len(facts)} facts, {len(asks)} search phrases and "
        f"{len(things)} things not covered: all well formed."
    )
    return 0


def _require_harmless(article: Article) -> None:
    texts = [article.source.disclaimer, *(line.text for line in article.lines)]
    for text in texts:
        rule = broken_rule(text)
        if rule:
            raise KnowledgeBaseError(
                f'{article.source.id}.md: "{text[:60]}" breaks the rule "{rule.id}" of '
                f"forbidden.yml. {rule.why}"
            )


if __name__ == "__main__":
    sys.exit(main())
