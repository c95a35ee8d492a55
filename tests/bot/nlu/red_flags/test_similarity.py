from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.nlu.red_flags import similarity
from bot.nlu.red_flags.similarity import ExemplarMatcher


def test_what_no_rule_foresees_is_caught_by_likeness(encoder: Any) -> None:
    """An emergency in new words is caught when it is like one we know."""
    found = ExemplarMatcher(encoder).nearest_alarm(
        "neither of my feet listens to me today", now=True
    )
    assert found is not None
    assert found.group in {"cauda_equina", "sudden_limb_weakness"}


@pytest.mark.parametrize("text", ["what is a laminectomy?", "my knee clicks", "thank you so much"])
def test_everyday_talk_is_not_like_an_emergency(encoder: Any, text: str) -> None:
    """Small complaints and questions are answered as usual."""
    assert ExemplarMatcher(encoder).nearest_alarm(text, now=False) is None


def test_stored_vectors_give_the_same_scores(
    encoder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start from stored vectors judges as one that encodes them."""
    monkeypatch.setattr(similarity, "VECTORS_FILE", tmp_path / "exemplars.npz")
    fresh = ExemplarMatcher(encoder).likeness("my legs are numb")
    similarity.store()
    stored = ExemplarMatcher(encoder).likeness("my legs are numb")
    assert stored.id == fresh.id
    assert stored.score == pytest.approx(fresh.score, abs=1e-4)


def test_stale_vectors_are_not_used(
    encoder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors of older exemplars never judge a message."""
    monkeypatch.setattr(similarity, "VECTORS_FILE", tmp_path / "exemplars.npz")
    similarity.store()
    assert similarity._stored(["something else"]) is None
