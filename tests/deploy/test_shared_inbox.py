"""Several processes work on the messages of one platform, and none is answered twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.messaging.inbox import Inbox
from bot.settings import load_settings
from bot.storage import database
from deploy.cluster import Cluster
from tests.bot.channels.messaging.office import Office, Platform, message, office, until

MESSAGES = 40


@pytest.fixture
def offices(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Office, Office]]:
    """Two couriers, as in two processes, on one PostgreSQL; one platform takes their answers."""
    settings = load_settings(cluster.settings)
    monkeypatch.setattr(database, "get_settings", lambda: settings)
    platform = Platform()
    with (
        office(tmp_path, platform=platform, look=0.1) as one,
        office(tmp_path, platform=platform, look=0.1) as two,
    ):
        yield one, two


def test_each_message_is_answered_once(offices: tuple[Office, Office]) -> None:
    """Whichever process it came to, and if it came to both."""
    one, two = offices

    async def run() -> None:
        for at in offices:
            await at.courier.start()
        for number in range(MESSAGES):
            said = message(f"once {number}", number, who=f"who{number % 7}")
            await asyncio.gather(one.courier.take(said), two.courier.take(said))
        await until(lambda: len(one.platform.took) >= MESSAGES)
        await asyncio.sleep(0.5)
        for at in offices:
            await at.courier.stop()

    asyncio.run(run())
    assert Counter(text for _, text, _ in one.platform.took) == {
        f"You said once {number}": 1 for number in range(MESSAGES)
    }


def test_what_a_process_leaves_another_answers(offices: tuple[Office, Office]) -> None:
    """A process that ends leaves nobody waiting; a conversation is held by one at a time."""
    one, two = offices

    async def held(inbox: Inbox) -> bool:
        async with inbox.claim("anna") as is_ours:
            return is_ours

    async def run() -> None:
        async with one.inbox.claim("anna") as is_ours:
            assert is_ours
            assert not await held(two.inbox)
        assert await held(two.inbox)
        await one.courier.take(*(message(f"left {n}", n, who=f"left{n}") for n in range(9)))
        await one.courier.stop()
        await two.courier.start()
        await until(lambda: len(one.platform.took) == 9)
        await two.courier.stop()

    asyncio.run(run())
    assert len({text for _, text, _ in one.platform.took}) == 9
