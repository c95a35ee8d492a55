"""The load generator sends what it should and counts what comes back."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from benchmarks.load import Client, says_something
from tests.evaluation.conftest import StubBot, stub_bot

__all__ = ["stub_bot"]


def test_each_sender_ends_the_conversation_it_began(stub_bot: StubBot) -> None:
    """A few questions make one conversation, one by one or at once; silence is no turn."""
    stub_bot.replies = {"silence": []}
    asked = [f"question {n}" for n in range(7)]

    async def ask() -> None:
        async with Client(stub_bot.url) as client:
            turns = await client.one_by_one(asked, 3)
            assert all(turn.answered and turn.seconds > 0 for turn in turns)
            assert [one["message"] for one in stub_bot.asked] == asked
            senders = Counter(one["sender"] for one in stub_bot.asked)
            assert list(senders.values()) == [3, 3, 1]
            stub_bot.asked.clear()
            turns, seconds = await client.at_once(["a", "b", "silence"], 4, 3, 0.05)
            assert len(turns) == len(stub_bot.asked) >= 3
            assert sum(turn.answered for turn in turns) == len(turns) * 2 // 3
            assert seconds >= 0.05

    asyncio.run(ask())
    assert set(Counter(one["sender"] for one in stub_bot.asked).values()) == {3}


@pytest.mark.parametrize("body", [b"[]", b"{}", b"[1]", b'[{"text": ""}]', b"not json"])
def test_silence_is_no_answer(body: bytes) -> None:
    """`200 []` is how a stock bot fails; it does not count as a turn."""
    assert not says_something(body)
