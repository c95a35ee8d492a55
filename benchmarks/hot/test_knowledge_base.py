from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from knowledge_base.answer import Answerer
from knowledge_base.content_guard import broken_rule
from knowledge_base.encoder import OnnxEncoder
from knowledge_base.question import Focus, Question
from knowledge_base.search import Searcher


def test_encoder_pass(benchmark: Any, encoder: OnnxEncoder, asked: Iterator[str]) -> None:
    """One question to a vector, the floor of every turn."""
    assert len(benchmark(lambda: encoder.encode([next(asked)]))) == 1


def test_normalize(benchmark: Any, searcher: Searcher, asked: Iterator[str]) -> None:
    """Spelling of one question."""
    assert benchmark(lambda: searcher.normalize(next(asked)))


def test_search(benchmark: Any, searcher: Searcher, asked: Iterator[str]) -> None:
    """One search, its encoder passes with it."""
    assert benchmark(lambda: searcher.search(next(asked)))


def test_search_of_a_known_text(benchmark: Any, searcher: Searcher) -> None:
    """One search without encoder pass, because the encoder remembers the text."""
    assert benchmark(searcher.search, "what causes a spinal hematoma")


def test_answer(benchmark: Any, answerer: Answerer, asked: Iterator[str]) -> None:
    """One answer as an action gets it."""

    def answer() -> Any:
        text = next(asked)
        return answerer.answer(Question(text, text), Focus())

    assert benchmark(answer)


def test_content_guard(benchmark: Any, searcher: Searcher) -> None:
    """The last look at a reply of three lines that it never saw before."""
    facts = [p.text for p in searcher.index.passages.values() if p.kind == "fact"][:3]
    numbers = itertools.count()

    def reply() -> tuple[tuple[str], dict[str, str]]:
        number = next(numbers)
        return ("\n".join(f"No. {number}: {fact}" for fact in facts),), {}

    assert benchmark.pedantic(broken_rule, setup=reply, rounds=200) is None
