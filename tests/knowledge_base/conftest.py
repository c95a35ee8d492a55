"""A small knowledge base in a temporary folder, and an encoder with vectors of known cosine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.encoder import DIMENSION, Vectors

FRONT_MATTER = {
    "id": "spinal",
    "title": "A title",
    "site": "spinal",
    "kind": "patient_article",
    "author": "An author",
    "publisher": "A publisher",
    "published": "May 1, 2020",
    "reviewed": "not stated",
    "url": "not stated",
    "licence_note": "Ours.",
    "disclaimer": "Ask a doctor.",
    "disclaimer_origin": "default",
    "story": "none",
}
BODY = """
## overview

A bleed near the spine. <!-- spinal-01 -->
- It is rare. <!-- spinal-02 rare -->

## causes

A fall can cause it. <!-- spinal-03 urgent -->
"""


def article_text(body: str = BODY, **changes: str | None) -> str:
    """An article file; a change to None leaves the field out."""
    fields = {**FRONT_MATTER, **changes}
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\n".join(["---", *lines, "---", body])


@dataclass
class HandMadeEncoder:
    """Gives the vectors it was told, and for any other text one at a right angle to them.

    A vector is told by its first numbers; the rest of its length goes to a direction of
    its own, so that cosines between told vectors are exactly the products of those numbers.
    """

    told: dict[str, list[float]] = field(default_factory=dict)
    encoded: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str], before: str = "") -> Vectors:
        """See `Encoder.encode`; what was said before changes nothing."""
        self.encoded.extend(texts)
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            known = self.told.get(text, [])
            vectors[row, : len(known)] = known
            own = 16 + int(hashlib.sha256(text.encode()).hexdigest(), 16) % (DIMENSION - 16)
            vectors[row, own] = np.sqrt(max(0.0, 1 - float(np.dot(known, known))))
        return vectors


@dataclass
class Files:
    """The files of a small knowledge base."""

    articles: Path
    questions: Path
    not_covered: Path

    def folders(self) -> dict[str, Path]:
        """As `build_index` and `digest_of` take them."""
        return {
            "articles_dir": self.articles,
            "questions_dir": self.questions,
            "not_covered_file": self.not_covered,
        }


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """One article with four facts, its search phrases, and one thing not covered."""
    found = Files(tmp_path / "articles", tmp_path / "questions", tmp_path / "not_covered.yml")
    found.articles.mkdir()
    found.questions.mkdir()
    (found.articles / "spinal.md").write_text(article_text(), encoding="utf-8")
    (found.questions / "spinal.yml").write_text(
        "spinal-02:\n  asks: [how rare]\n  'yes': [is it rare]\n  'no': [is it frequent]\n"
        "spinal-03:\n  asks: [tumble]\n  near: [how high a fall]\n",
        encoding="utf-8",
    )
    found.not_covered.write_text(
        "- id: liver\n  name: a bleed in the liver\n  kind: condition\n"
        "  aliases: [liver bleed]\n  asks: [bleeding liver]\n",
        encoding="utf-8",
    )
    return found
