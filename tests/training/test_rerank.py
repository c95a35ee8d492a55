"""Tuning of the reranker: a few steps on a few messages, with the real base model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from knowledge_base.index import Index
from knowledge_base.question import ARTICLE_NAMES
from knowledge_base.reranker import RERANKER_DIR, Pair, Reranker, export
from knowledge_base.search import Searcher
from knowledge_base.weights import load_adapter, shared_weights
from training.rerank import CrossEncoder, Judged, Recipe, judged, tells_of, tune
from training.storing import write_adapter

QUICK = replace(Recipe(), epochs=2, messages=8, passages=3)


@pytest.fixture(scope="module")
def messages(index: Index) -> list[Judged]:
    return judged(index, 4)


@pytest.fixture(scope="module")
def tuned(index: Index, messages: list[Judged]) -> CrossEncoder:
    return tune(messages[::1500], tells_of(index), QUICK, shared_weights())


def test_messages_come_with_what_could_be_taken_for_their_answer(
    messages: list[Judged], searcher: Searcher
) -> None:
    """The right passage stands first, the others are of its site, and none stands twice."""
    passages = searcher.index.passages
    asked = {(e.before, e.text): e.passage for e in searcher.index.entries if e.passage}
    answered = [message for message in messages if message.is_answered]
    assert 0.5 < len(answered) / len(messages) < 0.9
    assert all(len(set(m.passages)) == len(m.passages) == 5 for m in messages)
    right = [asked[m.before, m.text] == m.passages[0] for m in answered]
    # A few are asked of two articles.
    assert sum(right) > 0.98 * len(right)
    assert all(len({passages[name].site for name in m.passages}) == 1 for m in answered)


def test_what_serves_is_what_was_tuned(tuned: CrossEncoder, tmp_path: Path) -> None:
    """The weights that were measured are the weights that run, head included."""
    write_adapter(tmp_path, tuned.tuned(), tuned.scale, QUICK, taught=[])
    adapter = load_adapter(tmp_path)
    export(tmp_path / "reranker.onnx", adapter)
    pairs = [Pair("", "hello", "one"), Pair("I take warfarin", "is it bad", "another " * 9)]
    with torch.no_grad():
        odds = tuned(pairs).numpy()
    served = Reranker(tmp_path / "reranker.onnx", adapter).log_odds(pairs)
    # Half precision rounds.
    np.testing.assert_allclose(served, odds, atol=5e-3)


def test_all_that_the_articles_tell_was_taught(index: Index) -> None:
    """A line of ours that the reranker does not know would never be read."""
    ours = [p for p in index.passages.values() if p.article in ARTICLE_NAMES]
    facts = {fact for passage in ours for fact in passage.facts}
    assert facts == set(load_adapter(RERANKER_DIR).manifest["taught"])
