"""What becomes of an answer after the platform has taken it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.channels.messaging.inbox import State
from bot.channels.messaging.message import Receipt
from bot.channels.messaging.verdict import Verdict
from tests.bot.channels.messaging.office import LOST, Office, Platform, message, office, until


def test_words_and_numbers_are_gone_once_the_answer_is_out(tmp_path: Path) -> None:
    """The inbox keeps nothing of an answered message but that it was answered."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("hello"))
            assert b"hello" not in kept_of(at)[2]
            await at.settled()
            await at.courier.confirm(Receipt(at.platform.took[0][2], "sent"))
            assert kept_of(at) == (State.DONE.value, None, None, None)

    asyncio.run(run())


def test_words_and_numbers_do_not_wait_for_ever_for_a_receipt(tmp_path: Path) -> None:
    """Where no receipts come, what was answered is wiped all the same."""

    async def run() -> None:
        with office(tmp_path, late_failure=0.05) as at:
            await at.courier.take(message("hello"))
            await at.settled()
            await until(lambda: kept_of(at) == (State.DONE.value, None, None, None))

    asyncio.run(run())


def test_an_answer_that_fails_late_is_sent_again(tmp_path: Path) -> None:
    """A platform that takes an answer and then fails to deliver it leaves nobody waiting."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("hello"))
            await at.settled()
            await at.courier.confirm(Receipt(at.platform.took[0][2], "queued"))
            await at.courier.confirm(
                Receipt(at.platform.took[0][2], "failed", 63018, Verdict.AGAIN)
            )
            await until(lambda: at.platform.tries == 2)
            await at.settled()
            assert at.platform.texts() == ["You said hello"] * 2

    asyncio.run(run())


def test_an_answer_that_fails_late_for_good_is_wiped(tmp_path: Path) -> None:
    """What will never be taken is not tried again, and counted."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("hello"))
            await at.settled()
            await at.courier.confirm(
                Receipt(at.platform.took[0][2], "failed", 131047, Verdict.NEVER)
            )
            assert kept_of(at)[0] == State.DONE.value
            assert 'dropped_total{channel="test",reason="131047"} 1' in at.metrics.render()

    asyncio.run(run())


@pytest.mark.parametrize("known", [True, False])
def test_only_news_of_an_answer_under_way_can_halt(tmp_path: Path, known: bool) -> None:
    """Who plays a recorded callback again silences nobody."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("hello"))
            await at.settled()
            token = at.platform.took[0][2]
            if not known:
                await at.courier.confirm(Receipt(token, "delivered"))
            await at.courier.confirm(Receipt(token, "failed", 131042, Verdict.HALT))
            assert ('halts_total{channel="test",code="131042"} 1' in at.metrics.render()) is known

    asyncio.run(run())


def test_a_platform_that_can_be_asked_is_asked(tmp_path: Path) -> None:
    """Without a receipt, the platform's own list tells whether an answer is out."""

    async def run() -> None:
        with office(tmp_path, LOST, platform=Platform([LOST], can_be_asked=True)) as at:
            await at.courier.take(message("hello"))
            await at.settled()
            assert at.platform.tries == 1

    asyncio.run(run())


def kept_of(at: Office) -> tuple[Any, ...]:
    """What the inbox keeps of its one message."""
    with sqlite3.connect(at.folder / "inbox.db") as database:
        found = database.execute("SELECT state, conversation, message, answer FROM messages")
        return tuple(found.fetchone())
