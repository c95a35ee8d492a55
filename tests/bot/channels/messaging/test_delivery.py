"""Each message is answered once, in order, whatever the platform, the line or the server does."""

import asyncio
import sqlite3
import time
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.messaging.inbox import State
from tests.bot.channels.messaging.clinic import META, TWILIO, Clinic, only, until
from tests.bot.channels.messaging.fake_platform import (
    GARBLED,
    RESET_AFTER,
    RESET_BEFORE,
    Fault,
    code,
    http,
)
from tests.bot.channels.serving import echo


def texts(clinic: Clinic, who: Any) -> list[str]:
    return [text.partition("You said: ")[2].split("\n")[0] for text in clinic.fake.to(who)]


def kept() -> tuple[Any, ...]:
    with sqlite3.connect("inbox.db") as database:
        found = database.execute("SELECT state, conversation, message, answer FROM messages")
        return tuple(found.fetchone())


WIPED = (State.DONE.value, None, None, None)


def test_nobody_waits_for_another_persons_answer(clinic: Clinic) -> None:
    """A slow turn of one person delays their own next answer alone."""
    anna, ben = clinic.person(), clinic.person()

    async def slow_for_anna(message: UserMessage) -> None:
        if "anna" in str(message.text):
            await asyncio.to_thread(until, lambda: len(clinic.fake.to(ben)) == 2)
        await echo(message)

    clinic.agent.reply = slow_for_anna
    with clinic.open():
        clinic.bring(anna.text("anna 1"), anna.text("anna 2"), ben.text("ben 1"), ben.text("ben 2"))
        clinic.fake.wait_for(4)
    assert texts(clinic, anna) == ["anna 1", "anna 2"]
    assert texts(clinic, ben) == ["ben 1", "ben 2"]


def test_a_second_delivery_is_passed_over_also_after_a_restart(clinic: Clinic) -> None:
    """However often a message is delivered, it is answered once."""
    anna = clinic.person()
    webhook = anna.text("hello")
    for _ in range(2):
        with clinic.open():
            clinic.bring(webhook, times=3)
            clinic.fake.wait_for(1)
            clinic.rest()
    assert texts(clinic, anna) == ["hello"]
    assert clinic.count("dropped_total", reason="duplicate") == 5


@pytest.mark.parametrize("fault", [RESET_AFTER, GARBLED], ids=["reset", "garbled"])
def test_an_answer_whose_fate_is_unknown_is_not_sent_again_when_its_receipt_comes(
    clinic: Clinic, fault: Fault
) -> None:
    """Nobody gets an answer twice because a connection broke, also when the server restarts."""
    clinic.fake.fail_next(fault)
    clinic.fake.reports = ()
    with clinic.open(receipt=20):
        clinic.bring(clinic.person().text("hello"))
        (sent,) = clinic.fake.wait_for(1)
        until(lambda: "send_errors_total{" in clinic.metrics.render())
    with clinic.open(receipt=20):
        clinic.fake.report(sent, "sent")
        clinic.rest()
    assert clinic.fake.tries == 1


def test_a_receipt_that_comes_late_still_stops_the_next_try(clinic: Clinic) -> None:
    """An answer that is out after all is not sent again because a later try was turned down."""
    clinic.fake.reports = ()
    clinic.fake.fail_next(RESET_AFTER, *[http(503)] * 9)
    with clinic.open(receipt=0.1, retry=60):
        clinic.bring(clinic.person().text("hello"))
        until(lambda: clinic.count("send_errors_total", code="http_503"))
        clinic.fake.report(clinic.fake.sent[0], "sent")
        clinic.rest()
    assert len(clinic.fake.sent) == 1


@only(TWILIO)
def test_a_lost_answer_of_twilio_is_looked_up(clinic: Clinic) -> None:
    """Twilio does not repeat its receipts: its list of messages tells what became of one."""
    clinic.fake.reports = ()
    clinic.fake.fail_next(RESET_AFTER, RESET_BEFORE)
    with clinic.open():
        clinic.bring(clinic.person().text("hello"))
        clinic.rest()
    assert len(clinic.fake.sent) == 1
    assert clinic.fake.tries >= 3


def test_trouble_that_passes_only_delays_an_answer(clinic: Clinic) -> None:
    """Nobody is left without an answer because the platform is busy, slow, halted or away."""
    halting, busy = clinic.platform.halting, clinic.platform.busy
    faults = (busy, http(500), halting, RESET_BEFORE, http(502), Fault(seconds=0.3))
    clinic.fake.fail_next(*faults)
    anna = clinic.person()
    with clinic.open():
        clinic.bring(anna.text("hello"))
        clinic.fake.wait_for(1)
        clinic.rest()
    assert texts(clinic, anna) == ["hello"]
    assert clinic.count("send_errors_total", code=str(busy.code)) == 1
    assert clinic.count("halts_total", code=str(halting.code)) == 1


def test_a_halted_platform_is_left_alone(clinic: Clinic) -> None:
    """When the platform wants no more messages, none is tried, and who runs the bot sees it."""
    clinic.fake.fail_next(clinic.platform.halting)
    with clinic.open(halt=3600):
        clinic.bring(clinic.person().text("one"))
        until(lambda: clinic.count("halts_total", code=str(clinic.platform.halting.code)))
        clinic.bring(clinic.person().text("two"))
        until(lambda: len(clinic.agent.received) == 2)
        time.sleep(0.2)
        assert clinic.fake.tries == 1
        assert clinic.count("inbox_messages") == 2
        assert clinic.count("inbox_oldest_seconds") > 0


def test_an_answer_that_is_never_taken_holds_nobody_up(clinic: Clinic) -> None:
    """One lost answer is given up, counted, and the next one goes out."""
    anna, never = clinic.person(), clinic.platform.never
    clinic.fake.fail_next(code(never))
    with clinic.open():
        clinic.bring(anna.text("one"), anna.text("two"))
        clinic.fake.wait_for(1)
        clinic.rest()
    assert texts(clinic, anna) == ["two"]
    assert clinic.count("dropped_total", reason=str(never)) == 1


def test_an_answer_that_fails_late_is_sent_again(clinic: Clinic) -> None:
    """A platform that takes an answer and then fails leaves nobody waiting, if it may yet work."""
    clinic.fake.reports = ()
    anna = clinic.person()
    with clinic.open():
        clinic.ask(anna, "hello")
        clinic.rest()
        clinic.fake.report(clinic.fake.sent[0], "failed", code=clinic.platform.busy.code)
        clinic.fake.wait_for(2)
        clinic.rest()
        clinic.fake.report(clinic.fake.sent[1], "failed", code=clinic.platform.never)
        assert kept() == WIPED
    assert texts(clinic, anna) == ["hello"] * 2


def test_words_and_numbers_are_gone_once_the_answer_is_out(clinic: Clinic) -> None:
    """The inbox keeps nothing of an answered message but that it was answered."""
    clinic.fake.reports = ()
    with clinic.open():
        clinic.ask(clinic.person(), "hello")
        clinic.rest()
        assert b"hello" not in kept()[2]
        clinic.fake.report(clinic.fake.sent[0], "sent")
        assert kept() == WIPED


@only(META)
def test_a_message_older_than_an_hour_is_dropped(clinic: Clinic) -> None:
    """One from days ago is passed over; late ones get one word that they are late."""
    anna, ben, now = clinic.person(), clinic.person(), time.time()
    with clinic.open(order=0.125):
        clinic.bring(ben.text("hello", at=now - 6 * 86_400))
        clinic.bring(*(anna.text(f"question {n}", at=now - 5400 + n) for n in range(3)))
        clinic.rest()
    (sent,) = clinic.fake.sent
    assert "reached me only now" in sent.text
    assert "In an emergency, call" in sent.text
    assert clinic.count("dropped_total", reason="too_old") == 1
