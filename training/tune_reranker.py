"""Tunes the reranker anew and prints how often the right passage comes first, without and with it.

``python -m training.tune_reranker`` learns from the built index and writes ``training/reranker``;
on two cores it takes half a day, on a GPU (``--device cuda``) six minutes.
"""

import argparse
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from evaluation.items import QUESTIONS_FILE, Question, load_questions
from knowledge_base.encoder import in_context
from knowledge_base.reranker import RERANKER_DIR, Reranker, export
from knowledge_base.search import Searcher, shared_searcher
from knowledge_base.weights import load_adapter, shared_weights
from training.rerank import CrossEncoder, Recipe, judged, tells_of, tune
from training.storing import add_recipe, recipe_of, write_adapter

# Nothing of these sets is taught.
KEPT = ("tune", "held")
# Passages to choose among beside the right one.
NEAREST = 9


def main() -> None:
    """Tune, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.tune_reranker", description=__doc__)
    parser.add_argument("--to", type=Path, default=RERANKER_DIR, help="folder to write")
    add_recipe(parser, Recipe)
    options = parser.parse_args()
    recipe = recipe_of(options, Recipe)
    searcher = shared_searcher()
    messages = judged(searcher.index, NEAREST)
    model = tune(messages, tells_of(searcher.index), recipe, shared_weights(), options.device)
    write(options.to, model, recipe, searcher)


def write(folder: Path, model: CrossEncoder, recipe: Recipe, searcher: Searcher) -> None:
    """Write what was tuned, with how often the right passage comes first on kept questions."""
    passages = searcher.index.passages.values()
    taught = sorted({fact for passage in passages for fact in passage.facts})
    known = {"taught": taught, "texts": len(searcher.index.entries)}
    write_adapter(folder, model.tuned(), model.scale, recipe, **known)
    with tempfile.TemporaryDirectory() as made:
        graph = Path(made) / "reranker.onnx"
        export(graph, load_adapter(folder))
        measured = figures(searcher, Reranker(graph, load_adapter(folder)))
    write_adapter(folder, model.tuned(), model.scale, recipe, **known, figures=measured)
    print(*(f"{name:28}{value:>6}" for name, value in measured.items()), sep="\n")


def figures(searcher: Searcher, reranker: Reranker) -> dict[str, int]:
    """Return of how many kept questions the right passage of its site comes first."""
    found: Counter[str] = Counter()
    for question in load_questions([QUESTIONS_FILE]):
        if question.part in KEPT and question.is_answerable and question.facts:
            kind = "follow_ups" if question.earlier else "questions"
            found[kind] += 1
            for way, is_right in _first(searcher, reranker, question).items():
                found[f"{kind}_{way}"] += is_right
    return dict(sorted(found.items()))


def _first(searcher: Searcher, reranker: Reranker, question: Question) -> dict[str, bool]:
    right = {
        passage.id: passage.site
        for passage in searcher.index.passages.values()
        if passage.kind == "fact" and set(passage.facts) & set(question.facts)
    }
    before = in_context(question.earlier)
    evidence = searcher.evidence(question.text, before=before)
    hits = tuple(hit for hit in evidence.hits if hit.passage.site in right.values())
    searched = replace(evidence, hits=hits)
    read = reranker.reranked(searched, question.text, before)
    return {
        "by_search": searched.hits[0].passage.id in right,
        "reranked": read.hits[0].passage.id in right,
    }


if __name__ == "__main__":
    main()
