"""The load generator sends what it should and counts what comes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from benchmarks.errors import BenchmarkError
from benchmarks.load import ADDRESS, Client, new_sender, says_something


class Bot:
    """A tiny server that repeats each message, and keeps what it was sent."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.busy = 0
        self.most_busy = 0

    async def answer(self, request: web.Request) -> web.Response:
        sent = await request.json()
        self.said.append((sent["sender"], sent["message"]))
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        await asyncio.sleep(0.005)
        self.busy -= 1
        silent = sent["message"] == "silence"
        return web.json_response([] if silent else [{"text": sent["message"]}])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post(ADDRESS, self.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()


def test_messages_go_one_by_one_a_few_by_each_sender() -> None:
    """Three questions make one conversation, and the next person asks the next three."""
    bot = Bot()

    async def ask() -> None:
        async with bot.serving() as url, Client(url) as client:
            turns = await client.one_by_one([f"question {n}" for n in range(7)], 3)
            assert all(turn.answered and turn.seconds > 0 for turn in turns)

    asyncio.run(ask())
    assert [message for _, message in bot.said] == [f"question {n}" for n in range(7)]
    assert list(Counter(sender for sender, _ in bot.said).values()) == [3, 3, 1]
    assert bot.most_busy == 1


def test_several_senders_at_once_stay_within_the_limit() -> None:
    """The load is as wide as asked for, and no longer than allowed."""
    bot = Bot()

    async def ask() -> None:
        async with bot.serving() as url, Client(url) as client:
            found = await client.at_once(["a", "b", "silence"], 4, 3, seconds=30, most=30)
            assert len(found.turns) == 30
            assert sum(turn.answered for turn in found.turns) == 20
            assert found.rate == pytest.approx(20 / found.seconds)

    asyncio.run(ask())
    assert bot.most_busy == 4
    assert max(Counter(sender for sender, _ in bot.said).values()) <= 3


def test_no_message_is_sent_after_the_time_is_up() -> None:
    """A slow server does not hold up the run."""
    bot = Bot()

    async def ask() -> None:
        async with bot.serving() as url, Client(url) as client:
            found = await client.at_once(["a"], 2, 3, seconds=0.0, most=1000)
            assert len(found.turns) <= 2

    asyncio.run(ask())


def test_a_burst_comes_from_one_sender_at_the_same_time() -> None:
    """Six quick messages of one person reach the server together."""
    bot = Bot()

    async def ask() -> None:
        async with bot.serving() as url, Client(url) as client:
            found = await client.burst([f"message {n}" for n in range(6)])
            assert len(found.turns) == 6

    asyncio.run(ask())
    assert len({sender for sender, _ in bot.said}) == 1
    assert bot.most_busy == 6


def test_a_server_that_is_gone_ends_the_run() -> None:
    """A crash is not counted as a fast turn."""

    async def ask() -> None:
        async with Client("http://127.0.0.1:9") as client:
            await client.send(new_sender(), "hello")

    with pytest.raises(BenchmarkError, match="stopped answering"):
        asyncio.run(ask())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"[1]", b'[{"text": ""}]', b'[{"custom": {}}]', b"not json"]
)
def test_silence_is_no_answer(body: bytes) -> None:
    """`200 []` is how a stock bot fails; it does not count as a turn."""
    assert not says_something(body)
