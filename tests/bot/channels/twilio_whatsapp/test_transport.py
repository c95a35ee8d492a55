"""What becomes of an answer, whatever Twilio's API does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from bot.channels.messaging.errors import HaltError, TryAgainError, UndeliverableError, UnsureError
from bot.channels.twilio_whatsapp.transport import TwilioTransport
from bot.settings import load_settings
from evaluation.launch import free_port
from tests.bot.channels.messaging.fake_platform import (
    GARBLED,
    RESET_AFTER,
    RESET_BEFORE,
    Fault,
    code,
    http,
    slow,
)
from tests.bot.channels.twilio_whatsapp.fake_twilio import FakeTwilio, Phone
from tests.bot.channels.twilio_whatsapp.phone import AUTH_TOKEN, PUBLIC_URL, STATUS_PATH

TOKEN = "0123456789abcdef" * 2
CANARY = "my canary words"


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """A fake Twilio."""
    with FakeTwilio() as running:
        yield running


def send(twilio: FakeTwilio, text: str = CANARY, seconds: float = 20.0, **settings: str) -> None:
    """Send one answer to Anna."""
    environment = {**twilio.settings(), **settings}
    transport = TwilioTransport(load_settings(environment), STATUS_PATH, seconds)

    async def run() -> None:
        try:
            await transport.send({"to": Phone().address}, {"text": text}, TOKEN)
        finally:
            await transport.close()

    asyncio.run(run())


def test_an_answer_is_taken_with_all_that_twilio_needs(twilio: FakeTwilio) -> None:
    """The right person gets the words, and Twilio knows where to tell what became of them."""
    send(twilio)
    (sent,) = twilio.sent
    assert sent.raw == {
        "From": "whatsapp:+15550001111",
        "To": "whatsapp:+16505551234",
        "Body": CANARY,
        "StatusCallback": f"{PUBLIC_URL}{STATUS_PATH}?answer={TOKEN}",
    }


AGAIN = [
    code(20429, 429),
    code(63018, 429),
    code(63018),
    code(14107),
    code(21611),
    code(20500, 500),
    code(99999, 500),
    http(429),
    http(500),
    http(503),
]
HALT = [
    code(20003, 401),
    code(20003, 403),
    code(20005, 403),
    code(20008, 403),
    code(20404, 404),
    code(63001),
    code(63007),
    code(63020),
    code(63038, 429),
    http(401),
    http(302),
]
NEVER = [
    code(63016),
    code(21211),
    code(21610),
    code(63003),
    code(63024),
    code(21617),
    code(99999),
    http(400),
    http(404),
]
UNSURE = [RESET_BEFORE, RESET_AFTER, GARBLED, http(502), http(504), http(200), http(201)]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        *((fault, TryAgainError) for fault in AGAIN),
        *((fault, HaltError) for fault in HALT),
        *((fault, UndeliverableError) for fault in NEVER),
        *((fault, UnsureError) for fault in UNSURE),
    ],
)
def test_each_failure_is_told_apart(
    twilio: FakeTwilio, fault: Fault, kind: type[Exception]
) -> None:
    """What passes is tried again, what a person must mend halts, what is lost is given up."""
    twilio.fail_next(fault)
    with pytest.raises(kind) as caught:
        send(twilio)
    if fault.code is not None:
        assert str(caught.value) == str(fault.code)
    assert twilio.tries == 1


@pytest.mark.parametrize(
    ("asked", "waits"), [("7", 7.0), ("0", 0.0), ("99999", 900.0), ("soon", 0.0), ("-5", 0.0)]
)
def test_it_waits_as_long_as_twilio_asks(twilio: FakeTwilio, asked: str, waits: float) -> None:
    """A busy Twilio is left alone, but a person does not wait for ever."""
    twilio.fail_next(code(20429, 429, retry_after=asked))
    with pytest.raises(TryAgainError) as caught:
        send(twilio)
    assert caught.value.wait == waits


def test_an_answer_that_takes_too_long_is_unsure(twilio: FakeTwilio) -> None:
    """Twilio may have taken what it did not confirm in time."""
    twilio.fail_next(slow(3))
    with pytest.raises(UnsureError, match="time_out"):
        send(twilio, seconds=0.5)


@pytest.mark.parametrize("host", ["http://127.0.0.1:{port}", "http://nowhere.invalid:{port}"])
def test_an_answer_that_never_left_is_tried_again(twilio: FakeTwilio, host: str) -> None:
    """Where nothing listens, or no name is known, nothing can have been taken."""
    url = host.format(port=free_port())
    with pytest.raises(TryAgainError, match="connection"):
        send(twilio, HEMATOMA_GUIDE_TWILIO_API_URL=url)


def test_wrong_credentials_halt(twilio: FakeTwilio) -> None:
    """A wrong token is not tried again and again."""
    with pytest.raises(HaltError, match="20003"):
        send(twilio, HEMATOMA_GUIDE_TWILIO_AUTH_TOKEN=AUTH_TOKEN[::-1])
    with pytest.raises(HaltError, match="63007"):
        send(twilio, HEMATOMA_GUIDE_TWILIO_NUMBER="whatsapp:+15559999999")
    assert twilio.refused == [20003, 63007]


@pytest.mark.parametrize(
    ("text", "number"), [("x" * 1601, 21617), ("🦴" * 801, 21617), (" ", 21602)]
)
def test_the_fake_enforces_the_limits(twilio: FakeTwilio, text: str, number: int) -> None:
    """Our stand-in turns down what Twilio turns down."""
    with pytest.raises(UndeliverableError, match=str(number)):
        send(twilio, text)
    send(twilio, "x" * 1600)


@pytest.mark.parametrize(
    "fault", [code(63016), code(20429, 429), code(20003, 401), RESET_BEFORE, GARBLED, http(400)]
)
def test_no_error_tells_words_numbers_or_secrets(twilio: FakeTwilio, fault: Fault) -> None:
    """What is raised, with all it was raised from, names codes alone."""
    twilio.fail_next(fault)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        send(twilio)
    told: Any = caught.value
    said = repr(told) + str(vars(told)) + repr(told.__cause__)
    for secret in ("canary", "650555", "auth-token", TOKEN, "127.0.0.1"):
        assert secret not in said
    assert told.__suppress_context__ or told.__context__ is None


def test_it_closes_what_it_opened(twilio: FakeTwilio) -> None:
    """Closing works before anything was sent, after it, and twice."""
    transport = TwilioTransport(load_settings(twilio.settings()), STATUS_PATH)

    async def run() -> None:
        await transport.close()
        await transport.send({"to": Phone().address}, {"text": "hello"}, TOKEN)
        await transport.close()
        await transport.close()

    asyncio.run(run())
    assert len(twilio.sent) == 1
