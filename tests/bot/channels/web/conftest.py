"""Fixtures: one shared server for tests that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from tests.bot.channels.stand_in import StandInAgent
from tests.bot.channels.web.serving import Chat, Served, serve


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """A server with generous limits, shared by the tests."""
    with serve(
        StandInAgent(tracker_store=InMemoryTrackerStore(Domain.empty())),
        session_rate="10000/minute",
        address_rate="10000/minute",
        new_session_rate="10000/minute",
        allowed_origins="https://clinic.example",
    ) as running:
        yield running


@pytest.fixture
def chat(served: Served) -> Iterator[Chat]:
    fresh = Chat(served)
    yield fresh
    fresh.client.close()
