"""What a message asks for: a passage, a verdict, sentences."""

from collections import Counter

import numpy as np
import pytest

from knowledge_base.asks import Asked, fit
from knowledge_base.encoder import OnnxEncoder
from knowledge_base.index import Index


@pytest.mark.parametrize(
    ("text", "passage", "verdict"),
    [
        ("does a bleed by the spine weaken the bladder", "spinal/symptoms/3", "yes"),
        ("who gets to see a bone doctor or a blood doctor for the hip bleed", "diagnosis/18", ""),
        ("are spinal hematomas an everyday thing", "spinal/overview/5", "no"),
    ],
)
def test_new_words_are_known_for_what_they_ask(
    index: Index, encoder: OnnxEncoder, text: str, passage: str, verdict: str
) -> None:
    """A question that nobody stored finds its passage, and what that answers to it."""
    (layers,) = encoder.layers([text])
    chances = index.asks.chances(layers)
    assert chances.sum() == pytest.approx(1)
    of_passages: Counter[str] = Counter()
    for asked, chance in zip(index.asks.classes, chances.tolist(), strict=True):
        of_passages[asked.passage] += chance
    ((likeliest, _),) = of_passages.most_common(1)
    assert likeliest.endswith(passage)
    ways = index.asks.asked(likeliest, layers)
    assert sum(share for _, share in ways) == pytest.approx(1)
    assert max(ways, key=lambda way: way[1])[0].verdict == verdict


def test_all_facts_can_be_asked_for(index: Index) -> None:
    """No fact is left out of what is told apart."""
    facts = {passage.id for passage in index.passages.values() if passage.kind == "fact"}
    assert {asked.passage for asked in index.asks.classes} == facts


def test_a_library_of_two_phrases_can_be_learnt() -> None:
    """Who begins an article of their own gets an index at once."""
    one, other = Asked("a", "", (1,)), Asked("b", "yes", (1,))
    learnt = fit([one, other], np.eye(2, dtype=np.float32))
    assert learnt.chances(np.array([1, 0], dtype=np.float32)).argmax() == learnt.classes.index(one)
