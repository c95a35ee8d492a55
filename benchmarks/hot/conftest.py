"""What the hot functions need: the real encoder and index, and fresh questions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from benchmarks.plan import FULL
from benchmarks.questions import questions
from knowledge_base.answer import Answerer, shared_answerer
from knowledge_base.encoder import OnnxEncoder, shared_encoder
from knowledge_base.search import Searcher, shared_searcher


@pytest.fixture
def asked() -> Iterator[str]:
    """Questions without end; so many different ones that no cache knows the next."""
    return itertools.cycle(questions(FULL.seed))


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    """The serving encoder."""
    return shared_encoder()


@pytest.fixture(scope="session")
def searcher() -> Searcher:
    """The searcher over the built index."""
    return shared_searcher()


@pytest.fixture(scope="session")
def answerer() -> Answerer:
    """The answerer over the built index."""
    return shared_answerer()
