"""Search: the right passage for a plain question, with preferences that stay soft."""

from __future__ import annotations

import pytest

from knowledge_base.index import Index
from knowledge_base.search import Searcher


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("can a needle test of the spine cause a bleed", "spinal-09"),
        ("losing bladder control because of a spine bleed", "spinal-19"),
        ("which scan if MRI is not available for the spine", "spinal-22"),
        ("warfarin and heparin hip muscle bleed", "iliopsoas-17"),
        ("hip muscle bleed after being stabbed", "iliopsoas-12"),
        ("CBC and INR blood tests for psoas bleed", "iliopsoas-52"),
        ("learning to walk again after a hip muscle bleed", "iliopsoas-72"),
        ("is bone in the muscle cancer", "ossified-13"),
        # Rare words that the encoder does not know.
        ("Ecosprin and clopidogrel in the case report", "iliopsoas_case-05"),
        ("0.6% to 6.6%", "iliopsoas_case-27"),
        ("Zelmanovich", "ossified-05"),
        # Spelling does not decide what a patient is told.
        ("Can ASPRIN cause an illiopsoas haematoma??", "iliopsoas-18"),
    ],
)
def test_a_plain_question_finds_its_fact(searcher: Searcher, question: str, fact: str) -> None:
    """The passage that answers a question comes first."""
    best = searcher.search(question, k=1)[0]
    assert fact in best.passage.facts, best.passage.text


@pytest.mark.parametrize(
    ("question", "preferred", "site"),
    [
        ("is it rare", {"site": "spinal"}, "spinal"),
        ("is it rare", {"site": "iliopsoas"}, "iliopsoas"),
        ("what is a laminectomy for", {"site": "ossified"}, "spinal"),
        ("what is a laminectomy for", {"topic": "symptoms"}, "spinal"),
        ("myositis ossificans", {"site": "spinal"}, "ossified"),
    ],
)
def test_a_preferred_site_or_topic_is_no_wall(
    searcher: Searcher, question: str, preferred: dict[str, str], site: str
) -> None:
    """It decides where the question leaves it open; what belongs elsewhere is found there."""
    assert searcher.search(question, k=1, **preferred)[0].passage.site == site


def test_it_finds_as_many_as_asked_for_best_first(searcher: Searcher, index: Index) -> None:
    """The number of hits is what the caller wants, and never more than there are lines."""
    facts = [p.id for p in index.passages.values() if p.kind == "fact"]
    for k, count in ((-3, 0), (0, 0), (5, 5), (10_000, len(facts))):
        hits = searcher.search("how is a spine bleed treated", k=k)
        assert len(hits) == len({hit.passage.id for hit in hits}) == count
        assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("text", ["", "?", "😀", "日本語", "\x00", "a" * 5000])
def test_any_text_can_be_searched(searcher: Searcher, text: str) -> None:
    """Nothing that is typed breaks the search, and nothing odd looks like a good match."""
    assert searcher.search(text)[0].similarity < 0.6


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("what is a subdural haematoma", "subdural"),
        ("is it like a DVT", "dvt"),
        ("what are the symptoms of a spinal hematoma", None),
    ],
)
def test_it_recognises_the_name_of_what_is_not_covered(
    searcher: Searcher, text: str, thing: str | None
) -> None:
    """Another condition is called by its name, however it is spelt, and ours is not one."""
    evidence = searcher.evidence(text)
    assert (evidence.named and evidence.named.id) == thing
    assert evidence.named_gap is None
