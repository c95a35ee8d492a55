"""Fixtures: a clinic on each messaging platform, and one server for all chats of a website."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from tests.bot.channels.messaging.clinic import META, TWILIO, Clinic, Platform
from tests.bot.channels.serving import GENEROUS, Chat, Served, StandInAgent, serve


@pytest.fixture(params=[META, TWILIO], ids=lambda platform: platform.name, scope="module")
def platform(request: pytest.FixtureRequest) -> Platform:
    """A platform; tests for one alone choose it with `parametrize`."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def shared(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """An open clinic for tests that leave nothing behind but people of their own."""
    with pytest.MonkeyPatch.context() as patch, platform.fake() as fake:
        patch.chdir(tmp_path_factory.mktemp("clinic"))
        with Clinic(platform, fake).open() as clinic:
            yield clinic


@pytest.fixture
def clinic(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """A clinic that is not open yet; its inbox lies in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with platform.fake() as fake:
        yield Clinic(platform, fake)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """A website's server with generous limits, for tests that leave nothing behind."""
    agent = StandInAgent(tracker_store=InMemoryTrackerStore(Domain.empty()))
    with serve(agent, **GENEROUS, allowed_origins="https://clinic.example") as running:
        yield running


@pytest.fixture
def chat(served: Served) -> Iterator[Chat]:
    with served.client() as client:
        yield Chat(served, client)
