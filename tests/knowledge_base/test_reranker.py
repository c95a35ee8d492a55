"""The reranker: reads a message beside a passage, with the weights that ship."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.passages import Passage
from knowledge_base.reranker import CLOSE, MOST, Pair, Reranker, shared_reranker, told
from knowledge_base.search import Evidence, Searcher

QUESTION = "what is found by the scan?"


@pytest.fixture(scope="module")
def reranker() -> Reranker:
    return shared_reranker()


def _carrying(searcher: Searcher, fact: str) -> Passage:
    passages = searcher.index.passages.values()
    return next(p for p in passages if p.kind == "fact" and fact in p.facts)


def _close(searcher: Searcher, below: Sequence[float]) -> Evidence:
    """Return evidence whose first hits score so much below the best one."""
    found = searcher.evidence(QUESTION)
    scores = [*(1.0 - less for less in below), *[0.0] * (len(found.hits) - len(below))]
    hits = (replace(hit, score=score) for hit, score in zip(found.hits, scores, strict=True))
    return replace(found, hits=tuple(hits))


@pytest.mark.parametrize(
    ("before", "message", "right", "wrong"),
    [
        ("", "is a spinal hematoma common?", "spinal-04", "spinal-01"),
        ("how bad is a hip bleed", "what does that muscle do", "iliopsoas-02", "iliopsoas-03"),
    ],
)
def test_what_answers_is_told_from_what_is_near(
    reranker: Reranker, searcher: Searcher, before: str, message: str, right: str, wrong: str
) -> None:
    """Of two lines on one subject the one that answers has the higher odds, and likely answers."""
    pairs = [Pair(before, message, told(_carrying(searcher, fact))) for fact in (right, wrong)]
    answers, does_not = reranker.log_odds(pairs)
    assert answers > max(0, does_not)


def test_odds_are_the_same_whatever_is_read_with_them(reranker: Reranker) -> None:
    """Long neighbours, and texts that must be cut, change nothing."""
    pairs = [
        Pair("", "why", "text"),
        Pair("before " * 200, "word " * 300, "passage " * 300),
        Pair("what", "", "😀"),
    ]
    alone = np.concatenate([reranker.log_odds([pair]) for pair in pairs])
    np.testing.assert_allclose(reranker.log_odds(pairs), alone, atol=1e-4)
    assert np.isfinite(alone).all()


def test_only_what_scores_close_to_the_first_is_read(
    reranker: Reranker, searcher: Searcher
) -> None:
    """Others keep their place; the first ones change places, and the scores of ranks stay."""
    below = [0.0, CLOSE / 2, CLOSE / 2, CLOSE / 2, 2 * CLOSE]
    found = _close(searcher, below)
    read = reranker.reranked(found, QUESTION, "")
    assert [hit.score for hit in read.hits] == [hit.score for hit in found.hits]
    assert read.hits[MOST:] == found.hits[MOST:]
    assert {h.passage.id for h in read.hits[:MOST]} == {h.passage.id for h in found.hits[:MOST]}
    pair = Pair("", QUESTION, told(read.hits[0].passage))
    assert read.answers == pytest.approx(float(reranker.log_odds([pair])[0]), abs=1e-3)


def test_the_likelier_answer_comes_first(reranker: Reranker, searcher: Searcher) -> None:
    """Where search can hardly choose, reading decides."""
    found = _close(searcher, [0.0, CLOSE / 4, CLOSE / 2])
    odds = reranker.log_odds([Pair("", QUESTION, told(hit.passage)) for hit in found.hits[:MOST]])
    worst, *_, best = np.argsort(odds)
    order = [int(worst), *(n for n in range(MOST) if n != worst)]
    hits = [replace(found.hits[n], score=found.hits[k].score) for k, n in enumerate(order)]
    read = reranker.reranked(replace(found, hits=(*hits, *found.hits[MOST:])), QUESTION, "")
    assert read.hits[0].passage == found.hits[int(best)].passage


def test_an_article_that_was_not_taught_is_left_as_search_found_it(
    reranker: Reranker, searcher: Searcher
) -> None:
    """A clinic's own article works without a new tuning."""
    found = searcher.evidence(QUESTION)
    first = found.hits[0]
    line = replace(first.passage.lines[0], fact="own-01")
    own = replace(first, passage=replace(first.passage, article="own", lines=(line,)))
    evidence = replace(found, hits=(own, *found.hits[1:]))
    assert reranker.reranked(evidence, QUESTION, "") is evidence


def test_it_says_what_to_do_when_the_model_file_is_missing(tmp_path: Path) -> None:
    """Without its file the bot ends with a sentence that names the command to run."""
    with pytest.raises(KnowledgeBaseError, match=r"reranker\.onnx.*make train"):
        Reranker(tmp_path / "reranker.onnx")
