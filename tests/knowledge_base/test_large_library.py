"""The product's search, when a library is too large to look at every passage."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from knowledge_base import lexical, search, vectors
from knowledge_base.answer import Answerer
from knowledge_base.answerability import shared_model
from knowledge_base.encoder import Encoder
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.glossary import shared_glossary
from knowledge_base.index import Index, build_index, digest_of, is_current, load_index
from knowledge_base.lexical import LexicalSearch
from knowledge_base.outcome import Outcome
from knowledge_base.question import Focus, Question
from knowledge_base.search import PROPOSED, Searcher, _highest
from tests.conftest import ROOT
from tests.knowledge_base.conftest import Files, HandMadeEncoder

LINES = (ROOT / "evaluation" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
ITEMS = [json.loads(line) for line in LINES]
QUESTIONS = [item["text"] for item in ITEMS if item["kind"] == "in_scope"][::3]


@pytest.fixture(scope="module", params=["packed", "hnsw"])
def large(index: Index, encoder: Encoder, request: pytest.FixtureRequest) -> Searcher:
    """The product's own library, searched as if it were large."""
    known = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    same = Index(
        list(index.sources.values()),
        list(index.passages.values()),
        list(index.not_covered.values()),
        index.entries,
        vectors.make(known, request.param),
    )
    return Searcher(same, encoder)


@pytest.fixture(params=["packed", "hnsw"])
def large_kind(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A library of more than three texts counts as large, or as very large."""
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 3)
    monkeypatch.setattr(vectors, "PACKED_UP_TO", 3 if request.param == "hnsw" else 1000)
    return str(request.param)


def test_a_large_library_finds_the_same_first(searcher: Searcher, large: Searcher) -> None:
    """For 97 of 100 questions the first passage is that of an exact search."""
    same = [
        searcher.search(q, k=1)[0].passage == large.search(q, k=1)[0].passage for q in QUESTIONS
    ]
    assert np.mean(same) >= 0.97


def test_what_a_large_library_finds_has_its_true_similarity(
    searcher: Searcher, large: Searcher
) -> None:
    """What is compared with a threshold means the same at every size."""
    for question in QUESTIONS[:20]:
        exact, found = searcher.search(question, k=1)[0], large.search(question, k=1)[0]
        if exact.passage == found.passage:
            assert found.similarity == pytest.approx(exact.similarity, abs=1e-5)
            assert found.score == pytest.approx(exact.score, abs=1e-5)
            assert found.nearest == exact.nearest


def test_a_large_library_looks_at_few_passages(large: Searcher) -> None:
    """Its time does not grow with what it does not look at."""
    for question in QUESTIONS[:20]:
        assert 1 <= len(large.search(question, k=1000)) < 110


def test_no_more_hits_are_handed_out_than_anybody_reads(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand passages take no longer to answer from than a hundred; the best stay."""
    best = searcher.search("how rare is it", k=30)
    monkeypatch.setattr(search, "MOST_HITS", 30)
    assert list(searcher.evidence("how rare is it").hits) == best


def test_a_passage_that_was_not_looked_at_is_no_nearer_than_those_found(large: Searcher) -> None:
    """A whole section can be said, though some of its lines are far from the question."""
    evidence = large.evidence("how rare is a spinal hematoma")
    found = {hit.passage.id for hit in evidence.hits}
    unseen = next(
        p for p in large.index.passages.values() if p.kind == "fact" and p.id not in found
    )
    hit = evidence.hit_of(unseen)
    assert hit.passage == unseen
    assert hit.score == evidence.hits[-1].score
    assert evidence.hit_of(evidence.hits[0].passage) == evidence.hits[0]


def test_a_preferred_site_is_found_in_a_large_library(large: Searcher) -> None:
    """A site is not lost because the nearest texts are all on another one."""
    for site in ("spinal", "iliopsoas", "ossified"):
        hits = large.search("laminectomy", site=site, k=100)
        assert any(hit.passage.site == site for hit in hits)


@pytest.mark.parametrize("sites", [(), ("ossified",), ("spinal", "iliopsoas", "ossified")])
@pytest.mark.parametrize("topic", [None, "symptoms", "treatment"])
@pytest.mark.parametrize("site_before", [None, "ossified"])
def test_a_large_library_answers_every_question(
    large: Searcher, sites: tuple[str, ...], topic: str | None, site_before: str | None
) -> None:
    """Nothing that can be asked breaks the answer, whatever was looked at."""
    answerer = Answerer(large, shared_glossary(), shared_model())
    focus = Focus(site=site_before, question="what is it")
    for text in (*QUESTIONS[::8], "", "?", "what are the symptoms", "zzz", "bleeding liver"):
        answer = answerer.answer(Question(text, sites=sites, topic=topic), focus)
        assert answer.outcome in Outcome
        assert answer.hits or answer.term or answer.outcome is not Outcome.ANSWER


def test_a_large_index_is_saved_loaded_and_used_again(
    files: Files, tmp_path: Path, large_kind: str
) -> None:
    """A large library keeps its kind, is up to date, and is not embedded twice."""
    built = build_index(HandMadeEncoder(), **files.folders())
    built.save(tmp_path / "index", digest_of(**files.folders()))
    manifest = json.loads((tmp_path / "index" / "manifest.json").read_text())
    assert (manifest["kind"], manifest["texts"]) == (large_kind, len(built.entries))
    assert is_current(digest_of(**files.folders()), tmp_path / "index")
    loaded, again = load_index(tmp_path / "index"), HandMadeEncoder()
    build_index(again, **files.folders(), previous=loaded)
    assert again.encoded == []
    assert Searcher(loaded, again).search("how rare", k=1)[0].passage.id == "spinal/overview/2"


def test_an_index_of_the_other_kind_is_refused_and_built_anew(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program with another limit does not search what was built for this one."""
    build_index(HandMadeEncoder(), **files.folders()).save(tmp_path, digest_of(**files.folders()))
    monkeypatch.setattr(vectors, "FLAT_UP_TO", 3)
    with pytest.raises(KnowledgeBaseError, match=r"kind 'flat'.*'packed'.*make index"):
        load_index(tmp_path)
    assert not is_current(digest_of(**files.folders()), tmp_path)


def test_a_file_of_another_kind_than_the_manifest_says_is_refused(
    files: Files, tmp_path: Path
) -> None:
    """A mix of two builds is refused."""
    built = build_index(HandMadeEncoder(), **files.folders())
    built.save(tmp_path, digest_of(**files.folders()))
    graph = vectors.make(built.vectors.reconstruct_n(0, built.vectors.ntotal), "hnsw")
    vectors.faiss.write_index(graph, str(tmp_path / "vectors.faiss"))
    with pytest.raises(KnowledgeBaseError, match=r"make index"):
        load_index(tmp_path)


def test_common_words_score_the_same_in_a_large_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """How the scores of a word are kept changes none of them."""
    documents = ["spinal bleed", "psoas bleed bleed", "old bone", "bleed again", "spinal bone"]
    plain = LexicalSearch(documents)
    monkeypatch.setattr(lexical, "_MANY", 1)
    with_columns = LexicalSearch(documents)
    for text in ("bleed", "spinal bleed bleed", "bone old bleed", "nothing"):
        np.testing.assert_array_equal(plain.scores(text), with_columns.scores(text))


@pytest.mark.parametrize("count", [1, 31, 33, 2000, 5000])
@pytest.mark.parametrize("known", [0.0, 0.01, 1.0])
def test_words_and_preferences_propose_the_highest(count: int, known: float) -> None:
    """What is proposed is what sorting all passages would put first."""
    random = np.random.default_rng(count)
    words = random.random(count, dtype=np.float32) * (random.random(count) < known)
    preferred = np.where(random.random(count) < 0.5, 0.15, -0.15)
    lifted = (words * np.float32(0.1)).astype(np.float32) + preferred.astype(np.float32)
    found = _highest(words.astype(np.float32), 0.1, preferred)
    expected = np.argsort(-lifted, kind="stable")[:PROPOSED]
    expected = expected[lifted[expected] > 0]
    np.testing.assert_array_equal(found, expected if len(expected) else [np.argmax(lifted)])
