"""The courier answers each message once, in order, whatever the platform does."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.channels.messaging.errors import HaltError, TryAgainError, UndeliverableError, UnsureError
from bot.channels.messaging.message import Receipt
from tests.bot.channels.messaging.office import (
    LOST,
    Platform,
    message,
    office,
    until,
)


def test_messages_of_one_person_are_answered_in_the_order_they_were_sent(tmp_path: Path) -> None:
    """What was sent first is answered first, even if it came last."""

    async def run() -> None:
        with office(tmp_path, settle=0.2) as at:
            now = time.time()
            for number in (3, 1, 2):
                await at.courier.take(message(str(number), number, sent_at=now + number))
                await asyncio.sleep(0.1)
            await at.settled()
            assert at.platform.texts() == ["You said 1", "You said 2", "You said 3"]

    asyncio.run(run())


def test_messages_that_were_held_up_are_waited_for(tmp_path: Path) -> None:
    """After a break a platform brings what was held up in any order, and not all at once."""

    async def run() -> None:
        with office(tmp_path, settle=0.0, settle_backlog=0.4) as at:
            for number in (2, 1):
                await at.courier.take(
                    message(str(number), number, sent_at=time.time() - 60 + number)
                )
                await asyncio.sleep(0.2)
            await at.settled()
            assert at.platform.texts() == ["You said 1", "You said 2"]

    asyncio.run(run())


def test_a_person_who_never_stops_writing_is_answered(tmp_path: Path) -> None:
    """Waiting for earlier messages has an end."""

    async def run() -> None:
        with office(tmp_path, settle=0.3, settle_at_most=0.4) as at:
            for number in range(8):
                await at.courier.take(message(str(number), number, sent_at=time.time()))
                await asyncio.sleep(0.1)
            assert at.platform.texts()[:1] == ["You said 0"]
            await at.settled()

    asyncio.run(run())


def test_different_people_are_answered_at_the_same_time(tmp_path: Path) -> None:
    """Nobody waits for another person's answer, and nobody's turns run twice at once."""

    async def run() -> None:
        with office(tmp_path) as at:
            at.answers.seconds = 0.3
            for who in ("anna", "ben", "carla"):
                for number in (1, 2):
                    await at.courier.take(message(str(number), number, who))
            await at.settled()
            assert at.answers.most_at_once == 3
            assert len(at.platform.took) == 6

    asyncio.run(run())


def test_a_second_delivery_is_passed_over_also_after_a_restart(tmp_path: Path) -> None:
    """However often a message is delivered, it is answered once."""

    async def run() -> None:
        for _ in range(2):
            with office(tmp_path) as at:
                await at.courier.take(message("hello"))
                await at.courier.take(message("hello"))
                await at.settled()
        assert at.platform.took == []
        assert 'dropped_total{channel="test",reason="duplicate"} 2' in at.metrics.render()

    asyncio.run(run())


def test_a_message_older_than_an_hour_is_dropped(tmp_path: Path) -> None:
    """An answer to something from days ago would only confuse."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("hello", sent_at=time.time() - 6 * 86_400))
            await at.settled()
            assert at.platform.tries == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    "faults",
    [
        [TryAgainError("130429"), TryAgainError("500")],
        [HaltError("190")],
        [HaltError("131048"), TryAgainError("131056", wait=0.05), LOST],
        [UnsureError("reset"), UnsureError("reset")],
    ],
)
def test_an_answer_gets_through_all_that_passes(
    tmp_path: Path, faults: list[Exception | str]
) -> None:
    """A busy or halted platform, or a broken connection, only delays an answer."""
    lost = LOST in faults

    async def run() -> None:
        with office(tmp_path, *faults) as at:
            await at.courier.take(message("hello"))
            if lost:  # the platform's receipt tells what the lost answer would have
                await until(lambda: at.platform.took)
                await at.courier.confirm(Receipt(at.platform.took[0][2], "sent"))
            await at.settled()
            assert at.platform.texts() == ["You said hello"]

    asyncio.run(run())


def test_an_answer_whose_fate_is_unknown_is_not_sent_again_when_its_receipt_comes(
    tmp_path: Path,
) -> None:
    """Nobody gets an answer twice because a connection broke."""

    async def run() -> None:
        with office(tmp_path, LOST) as at:
            await at.courier.take(message("hello"))
            await until(lambda: at.platform.took)
            await at.courier.confirm(Receipt(at.platform.took[0][2], "delivered"))
            await at.settled()
            assert at.platform.tries == 1

    asyncio.run(run())


def test_a_restart_while_an_answer_is_on_its_way_waits_for_the_receipt(tmp_path: Path) -> None:
    """A server that dies at the worst moment neither repeats nor loses an answer."""

    async def run() -> None:
        platform = Platform([LOST])
        with office(tmp_path, platform=platform, receipt=60) as before:
            await before.courier.take(message("hello"))
            await until(lambda: platform.took)
            await before.courier.stop()
        token = platform.took[0][2]
        with office(tmp_path, platform=platform, receipt=5) as after:
            await after.courier.start()
            await after.courier.confirm(Receipt(token, "sent"))
            await after.settled()
        assert platform.tries == 1

    asyncio.run(run())


def test_a_restart_before_the_answer_answers_once(tmp_path: Path) -> None:
    """A message that was confirmed to the platform is answered, whatever happens to the server."""

    async def run() -> None:
        platform = Platform([TryAgainError("500")] * 1000)
        with office(tmp_path, platform=platform) as before:
            await before.courier.take(message("hello"))
            await before.courier.take(message("again", 2))
            await until(lambda: platform.tries)
            await before.courier.stop()
        platform.faults.clear()
        with office(tmp_path, platform=platform) as after:
            await after.courier.start()
            await after.settled()
        assert platform.texts() == ["You said hello", "You said again"]

    asyncio.run(run())


def test_an_undeliverable_answer_is_given_up_and_the_next_one_goes_out(tmp_path: Path) -> None:
    """One message that cannot be delivered does not hold up the others."""

    async def run() -> None:
        with office(tmp_path, UndeliverableError("131047")) as at:
            await at.courier.take(message("one", 1))
            await at.courier.take(message("two", 2))
            await at.settled()
            assert at.platform.texts() == ["You said two"]
            assert 'reason="131047"' in at.metrics.render()

    asyncio.run(run())


def test_a_halted_platform_is_left_alone_until_it_is_tried_again(tmp_path: Path) -> None:
    """When the platform wants no more messages, none is tried, of anybody."""

    async def run() -> None:
        with office(tmp_path, HaltError("190"), halt=0.4) as at:
            await at.courier.take(message("one", who="anna"))
            await until(lambda: at.platform.tries)
            await at.courier.take(message("two", who="ben"))
            await asyncio.sleep(0.15)
            assert at.platform.tries == 1
            await at.settled()
            assert len(at.platform.took) == 2

    asyncio.run(run())


def test_an_answer_that_does_not_fit_becomes_kind_words(tmp_path: Path) -> None:
    """Nothing is cut and nobody is left without a word."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("x" * 200))
            await at.settled()
            assert at.platform.texts() == ["Sorry."]

    asyncio.run(run())


def test_a_person_who_wants_silence_gets_it(tmp_path: Path) -> None:
    """No answer means that nothing is sent, and that the message is done."""

    async def run() -> None:
        with office(tmp_path) as at:
            await at.courier.take(message("hush"))
            await at.settled()
            assert at.platform.tries == 0

    asyncio.run(run())
