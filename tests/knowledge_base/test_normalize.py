"""Query normalisation: what people type becomes what the articles say, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.normalize import canonical, english_words, fold
from knowledge_base.search import Searcher, shared_searcher


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("haematoma", "hematoma"),
        ("HAEMATOMAS", "hematomas"),
        ("haemorrhage", "hemorrhage"),
        ("haemophilia", "hemophilia"),
        ("anaemia", "anemia"),
        ("anaesthetic", "anesthetic"),
        ("oedema", "edema"),
        ("orthopaedic surgeon", "orthopedic surgeon"),
        ("tumour", "tumor"),
        ("discolouration", "discoloration"),
    ],
)
def test_british_spelling_is_understood(searcher: Searcher, typed: str, meant: str) -> None:
    """A British patient finds what an American one finds."""
    assert searcher.normalize(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("asprin", "aspirin"),
        ("illiopsoas", "iliopsoas"),
        ("iliopsas", "iliopsoas"),
        ("abcess", "abscess"),
        ("warfrin", "warfarin"),
        ("hemophillia", "hemophilia"),
        ("lamenectomy", "laminectomy"),
        ("spianl", "spinal"),
        ("symtoms", "symptoms"),
        ("treatmant", "treatment"),
        ("clopidogral", "clopidogrel"),
        ("hematomma", "hematoma"),
        ("haemotoma", "hematoma"),
        (
            "what are the sypmtoms of a spianl hematoma?",
            "what are the symptoms of a spinal hematoma?",
        ),
    ],
)
def test_typing_slips_are_put_right(searcher: Searcher, typed: str, meant: str) -> None:
    """A misspelt word finds what the right one finds."""
    assert searcher.normalize(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("LP", "lumbar puncture"),
        ("what is OIH", "what is ossified intramuscular hematoma"),
        ("I.N.R.", "inr"),
        ("high BP", "high blood pressure"),
        ("my meds", "my medicines"),
        ("the docs", "the doctors"),
        ("wat is it", "what is it"),
        ("xray", "x-ray"),
    ],
)
def test_short_forms_are_written_out(searcher: Searcher, typed: str, meant: str) -> None:
    """A short form finds what the long one finds."""
    assert searcher.normalize(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "what is the capital of france",
        "my spinach and asparagus were delicious",
        "is aspiring the same as inspiring",
        "spiral stairs and a final result",
        "a spinning class, cousins, a musical, heavy traffic",
        "the hospice, a hamster and a stigma",
        "1.12 and 6.6% of 66-year-olds",
        "",
        "   ",
        "?!",
    ],
)
def test_plain_english_is_left_alone(searcher: Searcher, text: str) -> None:
    """A word that is right is never turned into a medical one."""
    assert searcher.normalize(text) == text


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
