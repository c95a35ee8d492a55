"""How an answer is given to Meta, and what is made of Meta's word on it."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import pytest

from bot.channels.messaging.errors import HaltError, TryAgainError, UndeliverableError, UnsureError
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Outgoing
from bot.channels.whatsapp.transport import GraphTransport
from bot.settings import load_settings
from tests.bot.channels.messaging.fake_platform import (
    GARBLED,
    RESET_AFTER,
    RESET_BEFORE,
    Fault,
    code,
    http,
    slow,
)
from tests.bot.channels.whatsapp.fake_graph import FakeGraph

WORDS = Words("Reply MORE.", "The rest.", "Reply with a number:", "What next?")
TOKEN = "0f" * 16
TO = {"to": "16505551234"}
BUTTONS = ({"title": "Spine", "payload": "/a"}, {"title": "Hip", "payload": "/b"})
PLAIN = Outgoing("Canary words.")
OFFERING = Outgoing("Canary words.", BUTTONS)


def send(
    graph: FakeGraph,
    message: Outgoing = PLAIN,
    address: dict[str, str] = TO,
    seconds: float = 5.0,
    **settings: str,
) -> None:
    """Send one message, as the courier does."""

    async def run() -> None:
        named = {f"HEMATOMA_GUIDE_WHATSAPP_{k.upper()}": v for k, v in settings.items()}
        transport = GraphTransport(load_settings(graph.settings() | named), seconds)
        try:
            wire, _ = transport.compose(message, WORDS)
            await transport.send(address, wire, TOKEN)
        finally:
            await transport.close()

    asyncio.run(run())


def test_it_gives_meta_the_message_with_its_token(graph: FakeGraph) -> None:
    """The request is the one that Meta's reference describes."""
    send(graph)
    (sent,) = graph.sent
    assert sent.raw == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "16505551234",
        "biz_opaque_callback_data": TOKEN,
        "type": "text",
        "text": {"preview_url": False, "body": "Canary words."},
    }


def test_it_reaches_people_without_a_phone_number(graph: FakeGraph) -> None:
    """A business-scoped id stands where Meta wants it."""
    send(graph, address={"recipient": "US.123"})
    (sent,) = graph.sent
    assert sent.to == sent.raw["recipient"] == "US.123"
    assert "to" not in sent.raw


def test_it_sends_buttons(graph: FakeGraph) -> None:
    """Meta takes the buttons as we write them."""
    send(graph, OFFERING)
    assert graph.sent[0].buttons == [("Spine", "/a"), ("Hip", "/b")]


AGAIN = [
    *(code(n, 400) for n in (1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004)),
    code(131000, 500),
    code(99999, 500),
    code(99999, 429),
    http(429),
    http(500),
    http(503),
]
HALT = [
    *(code(n) for n in (0, 3, 10, 33, 200, 294, 299, 368)),
    *(code(n) for n in (131005, 131031, 131037, 131042, 131045, 131048, 131064, 133010)),
    code(190, 401),
    code(100, subcode=33),
    code(131048, 429),
    http(401),
    http(302),
]
NEVER = [
    *(code(n) for n in (131021, 131026, 131030, 131047, 131049, 131050, 131062, 130472, 130497)),
    code(99999),
    http(400),
    http(404),
    http(413),
]
FORM = [code(n) for n in (100, 131008, 131009, 131051, 135000)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        *((fault, TryAgainError) for fault in AGAIN),
        *((fault, HaltError) for fault in HALT),
        *((fault, UndeliverableError) for fault in NEVER),
        *((fault, UndeliverableError) for fault in FORM),  # a plain text has no plainer form
        *((fault, UnsureError) for fault in (RESET_BEFORE, RESET_AFTER, GARBLED)),
        *((fault, UnsureError) for fault in (http(502), http(504), http(200))),
    ],
    ids=str,
)
def test_each_refusal_means_what_meta_says(
    graph: FakeGraph, fault: Fault, error: type[Exception]
) -> None:
    """What can be repeated is told from what cannot, from what is unknown, and from an alarm."""
    graph.fail_next(fault)
    with pytest.raises(error) as raised:
        send(graph)
    assert graph.tries == 1
    if fault.status is not None:
        assert str(raised.value) in (str(fault.code), f"http_{fault.status}", "unreadable")


@pytest.mark.parametrize("fault", FORM, ids=str)
def test_words_get_through_when_buttons_do_not(graph: FakeGraph, fault: Fault) -> None:
    """A patient gets the answer and the choices as plain words, at once."""
    graph.fail_next(fault)
    send(graph, OFFERING)
    (sent,) = graph.sent
    assert sent.text == "Canary words.\nReply with a number:\n1 Spine\n2 Hip"
    assert graph.tries == 2


def test_words_that_meta_does_not_take_either_are_given_up(graph: FakeGraph) -> None:
    """The plain form is tried once, not for ever."""
    graph.fail_next(*FORM[:2])
    with pytest.raises(UndeliverableError, match="131008"):
        send(graph, OFFERING)
    assert graph.tries == 2


def test_other_refusals_of_buttons_are_not_answered_with_words(graph: FakeGraph) -> None:
    """Only the form is changed where only the form was wrong."""
    graph.fail_next(code(131047))
    with pytest.raises(UndeliverableError):
        send(graph, OFFERING)
    assert graph.tries == 1


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (code(131056), 6.0),
        (code(131056, retry_after="2"), 6.0),
        (code(131056, retry_after="30"), 30.0),
        (code(130429, 429, retry_after="17"), 17.0),
        (http(503, retry_after="5"), 5.0),
        (http(503, retry_after="999999"), 900.0),
        (http(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), 0.0),
        (http(503, retry_after="-1"), 0.0),
        (http(503), 0.0),
    ],
    ids=str,
)
def test_it_waits_as_long_as_meta_asks(graph: FakeGraph, fault: Fault, wait: float) -> None:
    """Nobody is tried again sooner than Meta allows."""
    graph.fail_next(fault)
    with pytest.raises(TryAgainError) as raised:
        send(graph)
    assert raised.value.wait == wait


def test_a_message_that_meta_is_slow_to_confirm_is_of_unknown_fate(graph: FakeGraph) -> None:
    """A time-out does not mean that the message was not taken."""
    graph.fail_next(slow(1.0))
    with pytest.raises(UnsureError, match="time_out"):
        send(graph, seconds=0.4)


def test_nothing_was_sent_when_there_was_no_connection(graph: FakeGraph) -> None:
    """A refused connection or an unknown host leaves no doubt."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(TryAgainError, match="connection_before"):
            send(graph, api_url=f"http://127.0.0.1:{port}")
    with pytest.raises(TryAgainError):
        send(graph, api_url="http://no-such-host.invalid")


def test_a_connection_that_never_stands_leaves_no_doubt_either(graph: FakeGraph) -> None:
    """A time-out before anything was sent is no reason to wait for a receipt."""

    async def run() -> None:
        silent = await asyncio.start_server(lambda r, w: asyncio.sleep(60), "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        named = {"HEMATOMA_GUIDE_WHATSAPP_API_URL": f"https://127.0.0.1:{port}"}
        transport = GraphTransport(load_settings(graph.settings() | named), 0.5)
        wire, _ = transport.compose(PLAIN, WORDS)
        with pytest.raises(TryAgainError, match="time_out_before"):
            await transport.send(TO, wire, TOKEN)
        await transport.close()
        silent.close()

    asyncio.run(run())


def test_a_wrong_token_or_number_halts(graph: FakeGraph) -> None:
    """A wrong setting stops the sending, and the clinic is told its code."""
    with pytest.raises(HaltError, match="190"):
        send(graph, access_token=graph.access_token[::-1])
    with pytest.raises(HaltError, match="100"):
        send(graph, phone_number_id="99999999999")
    assert graph.sent == []


@pytest.mark.parametrize(
    "fields", [{}, {"error": "x"}, {"error": {"code": "x"}}, {"error": None}, {"messages": []}]
)
def test_an_odd_answer_of_meta_breaks_nothing(fields: dict[str, Any]) -> None:
    """Whatever stands in an answer, it ends in one of the known errors."""
    from bot.channels.messaging.platform_session import PlatformAnswer
    from bot.channels.whatsapp.transport import _judge

    for status in (200, 400, 500, 502):
        with pytest.raises((TryAgainError, UndeliverableError, UnsureError, HaltError)):
            _judge(PlatformAnswer(status, fields, 0.0))


def test_no_error_and_no_log_tells_of_a_patient(
    graph: FakeGraph, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors hold codes: no words, no number, no token, no address."""
    caplog.set_level(logging.DEBUG)
    faults: list[Any] = [RESET_AFTER, GARBLED, code(131047), code(190, 401), http(503), slow(1.0)]
    said = []
    for fault in faults:
        graph.fail_next(fault)
        with pytest.raises(Exception) as raised:  # noqa: PT011
            send(graph, seconds=0.5)
        said.append(repr(raised.value))
    for secret in ("Canary", TO["to"], graph.access_token, TOKEN, graph.url):
        assert secret not in caplog.text + "".join(said)
