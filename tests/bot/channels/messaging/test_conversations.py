"""What a patient reads on either platform: a signed webhook goes in, one message comes out."""

import asyncio
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.messaging.inbox import State
from knowledge_base.outcome import Outcome
from tests.bot.channels.messaging.clinic import Clinic
from tests.bot.channels.serving import BUTTONS, DISCLAIMER, echo

OFFERED = BUTTONS[0]["payload"]


async def by_its_words(message: UserMessage) -> None:
    text = str(message.text)
    if "break" in text:
        raise RuntimeError(text)
    for outcome in (Outcome.URGENT, Outcome.CRISIS):
        if outcome.value in text:
            return await echo(message, outcome)
    if "long" in text:
        lines = [f"Passage {n} of many. {'And more. ' * 50}" for n in range(12)]
        message.text = "\n- ".join(lines)
    if "endless" in text:
        message.text = "x" * 5000
    return await echo(message)


@pytest.fixture(scope="module")
def clinic(shared: Clinic) -> Clinic:
    shared.agent.reply = by_its_words
    return shared


@pytest.fixture
def anna(clinic: Clinic) -> Iterator[Any]:
    clinic.agent.received.clear()
    return clinic.person()


def test_only_the_first_message_says_that_this_is_a_program(clinic: Clinic, anna: Any) -> None:
    """Nobody takes the bot for a doctor, or learns a number; an alarm comes before all else."""
    said, again = clinic.ask(anna, "What is it?"), clinic.ask(anna, "two")
    assert said.startswith("I am a computer program, not a doctor, and not for emergencies.")
    assert f"You said: What is it?\n- one\n- two\nSource: A title.\n{DISCLAIMER}" in said
    assert again.startswith("You said: two")
    first, second = clinic.agent.received
    assert first.sender_id == second.sender_id
    assert first.sender_id.startswith(f"{clinic.platform.name}_")
    assert "6505" not in first.sender_id
    assert first.metadata is None
    stranger = clinic.person()
    assert clinic.answer(stranger, stranger.image("urgent")).startswith("You said: urgent")


def test_what_is_no_words_gets_kind_words(clinic: Clinic, anna: Any) -> None:
    """A thumb gets no answer; a picture gets what to do, and the words under it are read."""
    clinic.bring(anna.reaction())
    said = clinic.answer(anna, anna.image())
    assert "only read words" in said
    assert "emergency" in said
    assert clinic.agent.received == []
    said = clinic.answer(anna, anna.image("My leg is numb"))
    assert "You said: My leg is numb" in said
    assert "I only read your words" in said


def test_stop_brings_silence_until_start(clinic: Clinic, anna: Any) -> None:
    """Who asks for silence gets it, and gets it ended."""
    assert "START" in clinic.ask(anna, "STOP")
    clinic.bring(anna.text("hello"), anna.image(), anna.text("more"))
    clinic.rest()
    assert "Hello again" in clinic.ask(anna, "start")
    assert "You said: hello" in clinic.ask(anna, "hello")
    assert len(clinic.fake.to(anna)) == 3


@pytest.mark.parametrize("outcome", ["urgent", "crisis"])
def test_silence_does_not_hide_an_emergency(clinic: Clinic, anna: Any, outcome: str) -> None:
    """Words that sound like an emergency are answered in spite of STOP."""
    clinic.ask(anna, "STOP")
    assert clinic.ask(anna, outcome).startswith(f"You said: {outcome}")


def test_help_leads_with_the_emergency_number(clinic: Clinic, anna: Any) -> None:
    """HELP may be a cry for help: its first line says where help is."""
    assert "emergency number" in clinic.ask(anna, "HELP!!!").split("\n")[0]


def test_delete_my_data_deletes_it(clinic: Clinic, anna: Any) -> None:
    """Nothing is left, silence included, and the person is a stranger again."""
    clinic.fake.reports = ()
    clinic.ask(anna, "a long one")
    (message,) = clinic.agent.received
    stored = partial(clinic.agent.tracker_store.retrieve, message.sender_id)
    assert asyncio.run(stored())
    clinic.ask(anna, "STOP")
    assert "deleted" in clinic.ask(anna, "Please delete my data")
    clinic.rest()
    assert asyncio.run(stored()) is None
    with sqlite3.connect("inbox.db") as database:
        asked = "SELECT state FROM messages WHERE conversation = ?"
        # Of the request itself news may still come; then it is wiped, too.
        assert database.execute(asked, [message.sender_id]).fetchall() == [(State.SENT.value,)]
    assert clinic.ask(anna, "MORE").startswith("I am a computer program")


def test_a_choice_counts_only_if_it_was_offered(clinic: Clinic, anna: Any) -> None:
    """A digit does what a tap does; a made-up payload, or another digit, is read as words."""
    for text in ("hello", "1", "7", "1 week ago"):
        clinic.ask(anna, text)
    clinic.answer(anna, anna.tap(OFFERED, "Spine"))
    clinic.answer(anna, anna.tap("/restart", "Restart"))
    clinic.ask(anna, "/restart")
    read = ["hello", OFFERED, "7", "1 week ago", OFFERED, "Restart", "restart"]
    assert clinic.agent.texts == read


def test_nobody_is_left_without_a_word(
    clinic: Clinic, anna: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit is not cut, what breaks is not silent, and no word of it is logged."""
    clinic.ask(anna, "hello")
    assert "seek medical attention" in clinic.ask(anna, "endless")
    assert "seek medical attention" in clinic.ask(anna, "break my secret words")
    assert "A turn failed (RuntimeError)" in caplog.text
    assert "secret" not in caplog.text


def test_more_gives_the_rest_of_a_shortened_answer(clinic: Clinic, anna: Any) -> None:
    """No passage is lost, every part has its disclaimer, and then MORE is a word for the bot."""
    parts = [clinic.ask(anna, "a long one")]
    while "Reply MORE" in parts[-1]:
        parts.append(clinic.ask(anna, "more"))
    assert len(parts) > 1
    assert all(DISCLAIMER in part for part in parts)
    assert all(any(f"Passage {n} of many." in part for part in parts) for n in range(12))
    clinic.ask(anna, "short")
    clinic.ask(anna, "More")
    assert clinic.agent.texts[1:] == ["short", "More"]
