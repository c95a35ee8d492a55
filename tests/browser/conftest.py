"""A real browser, a page that watches itself, and a scripted bot behind a real server.

Without Chromium these tests are skipped and say so; where CI=true they fail instead.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from tests.bot.channels.serving import GENEROUS, Served, StandInAgent, serve
from tests.browser.scripted_bot import ScriptedBot
from tests.browser.visitor import Visit, Visitor

# A page that a test makes up counts as one of the outer world, which may not ask this machine.
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-features=LocalNetworkAccessChecks"
).split()


def needed(package: str, *programs: str) -> str | None:
    """The path of the first of these programs that is there; without one the test ends here."""
    path = next(filter(None, map(shutil.which, programs)), None)
    if path is None:
        ends = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        ends(f"The browser tests need {programs[0]}: on Debian, apt-get install {package}.")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window.

    Not for the whole session: while Playwright is on, its event loop runs in this thread, and
    other tests could not use asyncio.
    """
    path = needed("chromium", "chromium", "chromium-browser")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def shared() -> Iterator[Served]:
    """A server with the scripted bot, for tests that change nothing on it."""
    agent = StandInAgent(ScriptedBot(), tracker_store=InMemoryTrackerStore(Domain.empty()))
    with serve(agent, **GENEROUS, emergency_number="112") as served:
        yield served


@pytest.fixture
def visit(browser: Any, shared: Served) -> Iterator[Visit]:
    """Send a patient to the page; nothing may go wrong in the browser unless a test says so."""
    visitors: list[Visitor] = []

    def go(url: str = shared.url, **context: Any) -> Visitor:
        visitors.append(Visitor(browser, url, **context))
        return visitors[-1]

    yield go
    for visitor in visitors:
        visitor.context.close()
    complaints = [line for visitor in visitors for line in visitor.complaints]
    assert not complaints


@pytest.fixture
def patient(visit: Visit) -> Visitor:
    return visit().open()
