"""Search: the right passage for a plain question, with preferences that stay soft."""

from __future__ import annotations

import pytest

from knowledge_base.index import Index, build_index
from knowledge_base.search import Searcher
from tests.knowledge_base.conftest import Files, HandMadeEncoder


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("what is a spinal hematoma", "spinal-01"),
        ("can a needle test of the spine cause a bleed", "spinal-09"),
        ("losing bladder control because of a spine bleed", "spinal-19"),
        ("removing the bone over the spinal cord", "spinal-26"),
        ("which scan if MRI is not available for the spine", "spinal-22"),
        ("where is the psoas muscle", "iliopsoas-02"),
        ("warfarin and heparin hip muscle bleed", "iliopsoas-17"),
        ("hip muscle bleed after being stabbed", "iliopsoas-12"),
        ("CBC and INR blood tests for psoas bleed", "iliopsoas-52"),
        ("learning to walk again after a hip muscle bleed", "iliopsoas-72"),
        ("Ecosprin and clopidogrel in the case report", "iliopsoas_case-05"),
        ("posterior territory infarct", "iliopsoas_case-04"),
        ("fresh frozen plasma", "iliopsoas_case-19"),
        ("0.6% to 6.6%", "iliopsoas_case-27"),
        ("myositis ossificans look alike", "ossified-04"),
        ("Zelmanovich", "ossified-05"),
        ("is bone in the muscle cancer", "ossified-13"),
    ],
)
def test_a_plain_question_finds_its_fact(searcher: Searcher, question: str, fact: str) -> None:
    """The passage that answers a question comes first."""
    best = searcher.search(question, k=1)[0]
    assert fact in best.passage.facts, best.passage.text


def test_misspelt_and_british_questions_find_the_same(searcher: Searcher) -> None:
    """Spelling does not decide what a patient is told."""
    plain = searcher.search("can aspirin cause an iliopsoas hematoma", k=1)[0]
    typed = searcher.search("Can ASPRIN cause an illiopsoas haematoma??", k=1)[0]
    assert typed.passage == plain.passage


def test_a_preferred_site_decides_between_like_passages(searcher: Searcher) -> None:
    """The site that the talk is about comes first when the question leaves it open."""
    for site in ("spinal", "iliopsoas"):
        assert searcher.search("is it rare", site=site, k=1)[0].passage.site == site


@pytest.mark.parametrize(
    ("question", "wrong_site", "right_site"),
    [
        ("what is a laminectomy for", "ossified", "spinal"),
        ("myositis ossificans", "spinal", "ossified"),
        ("what does gait training do", "ossified", "iliopsoas"),
    ],
)
def test_a_preferred_site_is_no_wall(
    searcher: Searcher, question: str, wrong_site: str, right_site: str
) -> None:
    """A question that plainly belongs elsewhere is answered from there."""
    assert searcher.search(question, site=wrong_site, k=1)[0].passage.site == right_site


def test_a_preferred_topic_is_soft_too(searcher: Searcher) -> None:
    """A wrong guess at the topic does not hide the answer."""
    best = searcher.search("what is a laminectomy for", topic="symptoms", k=1)[0]
    assert "spinal-26" in best.passage.facts


@pytest.mark.parametrize(("k", "count"), [(0, 0), (-3, 0), (1, 1), (5, 5)])
def test_it_finds_as_many_as_asked_for(searcher: Searcher, k: int, count: int) -> None:
    """The number of hits is what the caller wants."""
    assert len(searcher.search("what is it", k=k)) == count


def test_it_never_finds_more_than_there_is(searcher: Searcher, index: Index) -> None:
    """Asking for too many gives every line once."""
    hits = searcher.search("what is it", k=10_000)
    facts = [p.id for p in index.passages.values() if p.kind == "fact"]
    assert sorted(hit.passage.id for hit in hits) == sorted(facts)


def test_hits_come_best_first(searcher: Searcher) -> None:
    """What is said first is what fits best."""
    scores = [hit.score for hit in searcher.search("how is a spine bleed treated", k=50)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["", " ", "?", "😀", "日本語", "\x00", "a" * 5000])
def test_any_text_can_be_searched(searcher: Searcher, text: str) -> None:
    """Nothing that is typed breaks the search, and nothing odd looks like a good match."""
    hits = searcher.search(text)
    assert hits
    assert hits[0].similarity < 0.6


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("what is a subdural haematoma", "subdural"),
        ("septal hematoma after a nose injury", "septal"),
        ("is it like a DVT", "dvt"),
    ],
)
def test_it_recognises_the_name_of_what_is_not_covered(
    searcher: Searcher, text: str, thing: str
) -> None:
    """Another condition is called by its name, however it is spelt."""
    named = searcher.evidence(text).named
    assert named is not None
    assert named.id == thing


def test_a_question_in_our_own_words_names_nothing_outside(searcher: Searcher) -> None:
    """A question that the sources answer is not taken for another condition."""
    evidence = searcher.evidence("what are the symptoms of a spinal hematoma")
    assert evidence.named is None
    assert evidence.named_gap is None
    assert evidence.known_share > 0.9


@pytest.mark.parametrize(
    ("cosines", "first"),
    [((0.9, 0.5), "spinal/overview/2"), ((0.5, 0.9), "spinal/causes/1")],
)
def test_the_similarity_is_the_cosine_of_the_nearest_text(
    files: Files, cosines: tuple[float, float], first: str
) -> None:
    """With vectors of known cosine, the number and the order are exactly right."""
    encoder = HandMadeEncoder(
        {
            "zork": [1.0],
            "how rare": [cosines[0]],
            "tumble": [cosines[1]],
            "how high a fall": [0.4],
            "bleeding liver": [0.3],
            "bleeding": [0.3],
            "liver": [0.3],
        }
    )
    searcher = Searcher(build_index(encoder, **files.folders()), encoder)
    hits = searcher.search("zork", k=5)
    assert hits[0].passage.id == first
    by_id = {hit.passage.id: hit for hit in hits}
    assert by_id["spinal/overview/2"].similarity == pytest.approx(cosines[0], abs=1e-5)
    assert by_id["spinal/overview/2"].nearest.text == "how rare"
    assert by_id["spinal/causes/1"].similarity == pytest.approx(cosines[1], abs=1e-5)
    evidence = searcher.evidence("zork")
    assert evidence.near_miss == pytest.approx(0.4, abs=1e-5)
    assert evidence.not_covered is not None
    assert evidence.not_covered[0].id == "liver"
    assert evidence.not_covered[1] == pytest.approx(0.3, abs=1e-5)


def test_words_count_beside_meaning(files: Files) -> None:
    """A rare word that the encoder does not know still finds its passage."""
    encoder = HandMadeEncoder()  # every text is as far from the message as any other
    searcher = Searcher(build_index(encoder, **files.folders()), encoder)
    assert searcher.search("tumble dryer", k=1)[0].passage.id == "spinal/causes/1"
