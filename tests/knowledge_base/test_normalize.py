"""Query normalisation: what people type becomes what the articles say, and nothing else does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.normalize import canonical, english_words, fold
from knowledge_base.search import Searcher, shared_searcher


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # British spelling.
        ("HAEMATOMAS", "hematomas"),
        ("discolouration", "discoloration"),
        # Typing slips.
        ("asprin", "aspirin"),
        ("illiopsoas", "iliopsoas"),
        ("the sypmtoms of a spianl hematoma?", "the symptoms of a spinal hematoma?"),
        # Short forms.
        ("what is OIH", "what is ossified intramuscular hematoma"),
        ("I.N.R.", "inr"),
        ("my meds", "my medicines"),
        ("xray", "x-ray"),
        # Plain English.
        *(
            (text, text)
            for text in (
                "my spinach and asparagus were delicious",
                "a spinning class, cousins, a musical, heavy traffic",
                "the hospice, a hamster and a stigma",
                "1.12 and 6.6% of 66-year-olds",
                "   ",
            )
        ),
    ],
)
def test_what_is_typed_becomes_what_the_articles_say(
    searcher: Searcher, typed: str, meant: str
) -> None:
    """Slips, British spelling and short forms find the same; a word that is right stays."""
    assert searcher.normalize(typed) == meant


def test_no_known_english_word_is_corrected(searcher: Searcher) -> None:
    """Over 20,000 English words pass unchanged, but for spelling variants and short forms."""
    words = sorted(english_words())
    assert len(words) > 20_000
    assert [word for word in words if searcher.normalize(word) != canonical(word)] == []
    assert sum(canonical(word) != word for word in words) < 100


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_normalised_and_once_is_enough(text: str) -> None:
    """Whatever is typed, emoji and control characters included, never breaks a turn."""
    folded = fold(text)
    assert fold(folded) == folded
    assert isinstance(shared_searcher().normalize(text), str)
