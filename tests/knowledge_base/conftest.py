"""A small knowledge base in a temporary folder."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge_base.answer import Answerer
from tests.knowledge_base.talk import Talk

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


@pytest.fixture
def talk(answerer: Answerer) -> Talk:
    """A conversation that has just begun."""
    return Talk(answerer)


@dataclass
class Files:
    """The files of a small knowledge base."""

    articles: Path
    questions: Path
    not_covered: Path

    def folders(self) -> dict[str, Path]:
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
        "spinal-03:\n  asks: [tumble, [causes, and a fall]]\n  near: [how high a fall]\n",
        encoding="utf-8",
    )
    found.not_covered.write_text(
        "- id: liver\n  name: a bleed in the liver\n  kind: condition\n"
        "  aliases: [liver bleed]\n  asks: [bleeding liver]\n",
        encoding="utf-8",
    )
    return found
