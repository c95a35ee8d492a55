"""Whole conversations: signed webhooks in, answers at the fake Twilio out."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from tests.bot.channels.messaging.fake_platform import (
    GARBLED,
    RESET_AFTER,
    RESET_BEFORE,
    code,
    http,
    slow,
)
from tests.bot.channels.messaging.serving import DISCLAIMER, echo
from tests.bot.channels.twilio_whatsapp.conftest import QUICK, Clinic
from tests.bot.channels.twilio_whatsapp.fake_twilio import Phone
from tests.bot.channels.twilio_whatsapp.phone import ACCOUNT_SID, PUBLIC_URL, STATUS_PATH, post

ROOT = Path(__file__).parents[4]
ANNA = Phone()
BEN = Phone("+16505550002", "Ben")
PATIENT = dataclasses.replace(QUICK, receipt=20.0)  # waits for receipts as long as it takes


def until(check: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert check()


def nothing_more(clinic: Clinic, count: int) -> None:
    """Make sure that Twilio got no further message; a message of another person is let through."""
    clinic.bring(Phone("+16505559999").text("are you there"))
    clinic.twilio.wait_for(count + 1)
    time.sleep(0.3)
    assert len(clinic.twilio.sent) == count + 1


def test_a_question_is_answered_with_source_disclaimer_and_choices(open_clinic: Clinic) -> None:
    """A patient gets one message: answer, source, disclaimer, and what to ask next as numbers."""
    open_clinic.bring(ANNA.text("What is it?"))
    (sent,) = open_clinic.twilio.wait_for(1)
    lines = sent.text.split("\n")
    assert lines[1:] == [
        "You said: What is it?",
        "Source: A title.",
        DISCLAIMER,
        "Reply with a number:",
        "1 Spine",
    ]
    until(lambda: open_clinic.twilio.told == [204, 204, 204])


def test_rasa_never_learns_the_number(open_clinic: Clinic) -> None:
    """The bot knows a person by a name that tells nothing, the same one every time."""
    for text in ("one", "two"):
        open_clinic.bring(ANNA.text(text))
    open_clinic.twilio.wait_for(2)
    first, second = open_clinic.agent.received
    assert first.sender_id == second.sender_id
    assert first.sender_id.startswith("twilio_whatsapp_")
    assert "6505551234" not in first.sender_id
    assert first.metadata is None


def test_a_number_chooses_what_was_offered(open_clinic: Clinic) -> None:
    """A bare digit means the choice it stood before; one that stood nowhere is only a digit."""
    for count, text in enumerate(("hello", "1", "7", "1 week ago"), 1):
        open_clinic.bring(ANNA.text(text))
        open_clinic.twilio.wait_for(count)
    assert open_clinic.agent.texts == ["hello", '/choose_site{"site": "spinal"}', "7", "1 week ago"]


def test_a_tap_is_taken_only_if_it_was_offered(open_clinic: Clinic) -> None:
    """Nobody can send commands to the bot by writing a button of their own."""
    offered = '/choose_site{"site": "spinal"}'
    open_clinic.bring(ANNA.text("hello"))
    open_clinic.twilio.wait_for(1)
    open_clinic.bring(ANNA.button(offered, "Spine"))
    open_clinic.twilio.wait_for(2)
    open_clinic.bring(ANNA.button("/restart", "Restart"))
    open_clinic.bring(ANNA.text("/restart"))
    open_clinic.twilio.wait_for(4)
    assert open_clinic.agent.texts == ["hello", offered, "Restart", "restart"]


def test_media_gets_kind_words_and_a_caption_is_read(open_clinic: Clinic) -> None:
    """What the bot cannot open it says so, with the way to help; the words beside it count."""
    for count, fields in enumerate((ANNA.image(), ANNA.location(), ANNA.image("numb legs")), 1):
        open_clinic.bring(fields)
        open_clinic.twilio.wait_for(count)
    picture, place, captioned = open_clinic.twilio.to(ANNA)
    assert picture == place
    assert "I can only read words" in picture
    assert "emergency" in picture
    assert open_clinic.agent.texts == ["numb legs"]
    assert "You said: numb legs" in captioned


def test_a_reaction_is_not_answered(open_clinic: Clinic) -> None:
    """A thumb under an answer starts no talk."""
    assert open_clinic.bring(ANNA.reaction()) == 204
    nothing_more(open_clinic, 0)
    assert open_clinic.counts('dropped_total{channel="twilio_whatsapp",reason="not_said"} 1')


def test_stop_silences_and_start_brings_back(open_clinic: Clinic) -> None:
    """Who asks for silence gets it until they ask for its end."""
    for text in ("STOP", "hello", "START", "hello again"):
        open_clinic.bring(ANNA.text(text))
    open_clinic.twilio.wait_for(3)
    stopped, started, answered = open_clinic.twilio.to(ANNA)
    assert "Send START" in stopped
    assert started.startswith("Hello again!")
    assert "You said: hello again" in answered


def test_a_second_delivery_is_not_answered(open_clinic: Clinic) -> None:
    """However often Twilio brings a message, it is answered once."""
    fields = ANNA.text("hello")
    assert open_clinic.bring(fields, times=3) == 204
    open_clinic.twilio.wait_for(1)
    assert open_clinic.bring(fields) == 204
    nothing_more(open_clinic, 1)
    assert open_clinic.counts('dropped_total{channel="twilio_whatsapp",reason="duplicate"} 3')


def test_a_replay_after_a_restart_is_not_answered(clinic: Clinic) -> None:
    """Twilio's webhooks tell no time, so a recorded one is known by its MessageSid alone."""
    fields = ANNA.text("hello")
    with clinic.open():
        clinic.bring(fields)
        clinic.twilio.wait_for(1)
    with clinic.open():
        assert clinic.bring(fields) == 204
        nothing_more(clinic, 1)


def test_a_message_that_waits_is_answered_once_after_a_restart(clinic: Clinic) -> None:
    """What was confirmed to Twilio is answered, even if the server ends before."""
    clinic.twilio.plan = lambda number: code(20503, 503)
    with clinic.open():
        clinic.bring(ANNA.text("one"))
        clinic.bring(ANNA.text("two"))
        until(lambda: clinic.twilio.tries)
    assert clinic.twilio.sent == []
    clinic.twilio.plan = lambda number: None
    with clinic.open():
        clinic.twilio.wait_for(2)
        nothing_more(clinic, 2)
    one, two = clinic.twilio.to(ANNA)
    assert "You said: one" in one
    assert "You said: two" in two


@pytest.mark.parametrize("fault", [RESET_AFTER, GARBLED])
def test_an_answer_whose_receipt_comes_is_not_sent_twice(clinic: Clinic, fault: Any) -> None:
    """A broken connection gives nobody an answer twice."""
    clinic.twilio.fail_next(fault)
    with clinic.open(PATIENT):
        clinic.bring(ANNA.text("hello"))
        clinic.bring(ANNA.text("bye"))
        clinic.twilio.wait_for(2)
        nothing_more(clinic, 2)
    assert len({sent.token for sent in clinic.twilio.sent}) == 3


def test_a_restart_before_the_receipt_sends_nothing_twice(clinic: Clinic) -> None:
    """The server may end while it waits: the receipt is understood by the next one."""
    clinic.twilio.fail_next(RESET_AFTER)
    clinic.twilio.reports = ()
    with clinic.open(PATIENT):
        clinic.bring(ANNA.text("hello"))
        (sent,) = clinic.twilio.wait_for(1)
        time.sleep(0.3)
    with clinic.open(PATIENT):
        assert clinic.twilio.report(sent, "sent") == 204
        nothing_more(clinic, 1)


def test_an_answer_that_was_lost_is_sent_again(open_clinic: Clinic) -> None:
    """If no receipt comes, nothing was taken: the patient still gets the answer."""
    open_clinic.twilio.fail_next(RESET_BEFORE, http(502))
    open_clinic.bring(ANNA.text("hello"))
    open_clinic.twilio.wait_for(1)
    nothing_more(open_clinic, 1)


def test_trouble_that_passes_only_delays(open_clinic: Clinic) -> None:
    """A busy Twilio costs time, and no answer."""
    open_clinic.twilio.fail_next(code(20429, 429), code(20500, 500), slow(0.5))
    open_clinic.bring(ANNA.text("hello"))
    open_clinic.twilio.wait_for(1)
    nothing_more(open_clinic, 1)
    assert open_clinic.counts('send_errors_total{channel="twilio_whatsapp",code="20429"} 1')


def test_an_answer_that_is_never_taken_holds_nobody_up(open_clinic: Clinic) -> None:
    """One lost answer is given up, counted, and the next one goes out."""
    open_clinic.twilio.fail_next(code(63016))
    open_clinic.bring(ANNA.text("one"))
    open_clinic.bring(ANNA.text("two"))
    open_clinic.twilio.wait_for(1)
    (text,) = open_clinic.twilio.to(ANNA)
    assert "You said: two" in text
    assert open_clinic.counts('dropped_total{channel="twilio_whatsapp",reason="63016"} 1')


def test_a_failed_receipt_that_asks_for_a_halt_halts(open_clinic: Clinic) -> None:
    """Twilio often says only afterwards that a sender is blocked: then nothing more is tried."""
    open_clinic.twilio.reports = ()
    open_clinic.bring(ANNA.text("hello"))
    (sent,) = open_clinic.twilio.wait_for(1)
    assert open_clinic.twilio.report(sent, "failed", 63112) == 204
    assert open_clinic.counts('halts_total{channel="twilio_whatsapp",code="63112"} 1')
    assert open_clinic.twilio.report(sent, "undelivered", 63016) == 204
    assert open_clinic.counts('receipts_total{channel="twilio_whatsapp",status="failed"} 2')


def test_a_lost_answer_of_twilio_is_looked_up(open_clinic: Clinic) -> None:
    """Twilio does not repeat its receipts: its list of messages tells what became of one."""
    open_clinic.twilio.reports = ()
    open_clinic.twilio.fail_next(RESET_AFTER, RESET_BEFORE)
    open_clinic.bring(ANNA.text("hello"))
    open_clinic.twilio.wait_for(1)
    nothing_more(open_clinic, 1)
    assert open_clinic.twilio.tries >= 3


def test_receipts_that_mean_nothing_are_passed_over(open_clinic: Clinic) -> None:
    """A signed callback without a token, or with a foreign one, changes nothing."""
    fields = {"AccountSid": ACCOUNT_SID, "MessageStatus": "sent"}
    for query in ("", "?answer=", "?answer=unknown", "?answer=" + "f" * 32, "?other=1"):
        assert post(open_clinic.url, PUBLIC_URL, STATUS_PATH + query, fields) == 204
    fields["MessageStatus"] = "canary"
    assert post(open_clinic.url, PUBLIC_URL, STATUS_PATH, fields) == 204
    assert "canary" not in open_clinic.metrics.render()


def test_one_person_is_answered_in_order_and_nobody_waits_for_another(clinic: Clinic) -> None:
    """A slow turn of one person delays their own next answer alone."""
    numbers = range(1, 5)

    async def slow_for_anna(message: UserMessage) -> dict[str, Any]:
        await asyncio.sleep(0.5 if "anna" in message.text else 0)
        return await echo(message)

    clinic.agent.reply = slow_for_anna
    with clinic.open():
        for number in numbers:
            clinic.bring(ANNA.text(f"anna {number}"))
        for number in numbers:
            clinic.bring(BEN.text(f"ben {number}"))
        clinic.twilio.wait_for(8)
    for person, name in ((ANNA, "anna"), (BEN, "ben")):
        said = clinic.twilio.to(person)
        assert all(f"You said: {name} {n}" in text for n, text in zip(numbers, said, strict=True))
    assert clinic.twilio.sent[-1].to == ANNA.address


@pytest.mark.parametrize("seed", range(2))
def test_every_message_is_answered_once_and_in_order_on_a_bad_day(
    clinic: Clinic, seed: int
) -> None:
    """With a third of all tries going wrong, and each message brought twice, nobody notices."""
    clinic.twilio.fail_at_random(0.33, seed)
    people = [Phone(f"+1650555{number:04}") for number in range(4)]
    with clinic.open(dataclasses.replace(QUICK, receipt=3.0)):
        for number in range(5):
            for person in people:
                assert clinic.bring(person.text(f"question {number}"), times=2) == 204
        clinic.twilio.wait_for(20, seconds=120)
        time.sleep(0.5)
    for person in people:
        said = clinic.twilio.to(person)
        assert len(said) == 5
        assert all(f"You said: question {n}\n" in text for n, text in enumerate(said))


def test_nothing_of_a_patient_is_logged_counted_or_left_readable(
    clinic: Clinic, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither words nor number nor name come into a log, a metric or a file."""

    async def break_down(message: UserMessage) -> dict[str, Any]:
        if "again" in message.text:
            raise RuntimeError(message.text)
        return await echo(message)

    clinic.agent.reply = break_down
    clinic.twilio.fail_next(code(63016), code(20429, 429), RESET_AFTER)
    with caplog.at_level("DEBUG"), clinic.open():
        clinic.bring(ANNA.text("canary words"))
        clinic.bring(ANNA.image("canary caption"))
        clinic.bring(ANNA.text("canary again"))
        clinic.twilio.wait_for(2)
        time.sleep(0.5)
        stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    said = caplog.text + clinic.metrics.render() + stored.decode(errors="replace")
    for secret in ("canary", "Canary", "6505551234", "auth-token"):
        assert secret not in said


def test_without_twilio_its_libraries_are_not_loaded() -> None:
    """A clinic that does not use Twilio does not wait for its client, or for aiohttp."""
    lines = (
        "import sys",
        "from bot import rasa_changes",
        "rasa_changes.import_rasa()",
        "import bot.channels.twilio_whatsapp",
        "print([name for name in ('twilio.rest', 'aiohttp') if name in sys.modules])",
    )
    command = [sys.executable, "-W", "ignore", "-c", "\n".join(lines)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == "[]", run.stderr
