"""How an answer is given to either platform, and what is made of the platform's word on it."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from actions.reply import Reply, Role, lines_of
from bot.channels.messaging.errors import HaltError, TryAgainError, UndeliverableError, UnsureError
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.transport import Transport
from bot.channels.twilio_whatsapp.transport import TwilioTransport
from bot.channels.whatsapp.transport import GraphTransport
from bot.settings import load_settings
from knowledge_base.outcome import Outcome
from tests.bot.channels.messaging.fake_platform import (
    GARBLED,
    RESET_AFTER,
    RESET_BEFORE,
    FakePlatform,
    Fault,
    code,
    http,
)
from tests.bot.channels.twilio_whatsapp.fake_twilio import STATUS_PATH, FakeTwilio
from tests.bot.channels.whatsapp.fake_graph import FakeGraph

WORDS = Words("Reply MORE.", "The rest.", "Reply with a number:", "What next?")
TOKEN = "0f" * 16
PLAIN = Reply(Outcome.SMALLTALK, lines_of(Role.PLAIN, "Canary words."))
OFFERING = replace(
    PLAIN, buttons=({"title": "Spine", "payload": "/a"}, {"title": "Hip", "payload": "/b"})
)
Kinds = dict[type[Exception], list[Fault]]


@dataclass(frozen=True)
class Way:
    """One platform, as far as sending goes."""

    fake: Callable[[], FakePlatform]
    make: Callable[[Any, float], Transport]  # from settings and the seconds it may take
    address: dict[str, str]  # of the person
    prefix: str  # of its settings
    kinds: Kinds  # its refusals, by what they mean


FORM = [code(n) for n in (100, 131008, 131009, 131051, 135000)]
META = Way(
    FakeGraph,
    GraphTransport,
    {"to": "16505551234"},
    "WHATSAPP_",
    {
        TryAgainError: [code(4), code(130429, 429), code(131056), code(99999, 500)],
        HaltError: [*map(code, (0, 200, 299, 368, 131042)), code(190, 401), code(100, subcode=33)],
        # A plain text has no plainer form.
        UndeliverableError: [*map(code, (131026, 131047, 99999)), *FORM],
    },
)
TWILIO = Way(
    FakeTwilio,
    lambda settings, seconds: TwilioTransport(settings, STATUS_PATH, seconds),
    {"to": "whatsapp:+16505551234"},
    "TWILIO_",
    {
        TryAgainError: [code(14107), code(20429, 429), code(63018), code(99999, 500)],
        HaltError: [*map(code, (63001, 63007)), code(20003, 401), code(63038, 429)],
        UndeliverableError: [*map(code, (63016, 21211, 99999))],
    },
)
WAYS = pytest.mark.parametrize("way", [META, TWILIO], ids=["meta", "twilio"])
# What a bare HTTP status, or a broken connection, means on any platform.
ANYWHERE: Kinds = {
    TryAgainError: [http(429), http(500), http(503)],
    HaltError: [http(401), http(302)],
    UndeliverableError: [http(400), http(404)],
    UnsureError: [RESET_BEFORE, RESET_AFTER, GARBLED, http(502), http(504), http(200)],
}


def send(
    way: Way, fake: FakePlatform, message: Reply = PLAIN, seconds: float = 5.0, **settings: str
) -> None:
    named = {f"HEMATOMA_GUIDE_{way.prefix}{name}": value for name, value in settings.items()}

    async def run() -> None:
        transport = way.make(load_settings(fake.settings() | named), seconds)
        try:
            wire, _ = transport.compose(message, WORDS)
            await transport.send(way.address, wire, TOKEN)
        finally:
            await transport.close()

    asyncio.run(run())


@pytest.mark.parametrize("kind", [TryAgainError, HaltError, UndeliverableError, UnsureError])
@WAYS
def test_each_refusal_means_what_the_platform_says(way: Way, kind: type[Exception]) -> None:
    """What can be repeated is told from what cannot, from what is unknown, and from an alarm."""
    with way.fake() as fake:
        for number, fault in enumerate([*way.kinds.get(kind, []), *ANYWHERE[kind]], 1):
            fake.fail_next(fault)
            with pytest.raises(kind) as raised:
                send(way, fake)
            assert fake.tries == number, fault
            if fault.status is not None:
                said = (str(fault.code), f"http_{fault.status}", "unreadable")
                assert str(raised.value) in said


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("17", 17.0), ("999999", 900.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0), ("-1", 0.0)],
)
@WAYS
def test_it_waits_as_long_as_the_platform_asks(way: Way, asked: str, wait: float) -> None:
    """Nobody is tried again sooner than allowed (Meta: one message in six seconds), or never."""
    for fault, least in ((http(503, retry_after=asked), 0.0), (code(131056, retry_after=asked), 6)):
        with way.fake() as fake:
            fake.fail_next(fault)
            if way is META or not least:
                with pytest.raises(TryAgainError) as raised:
                    send(way, fake)
                assert raised.value.wait == max(wait, least)


@WAYS
def test_what_never_reached_the_platform_is_known(way: Way) -> None:
    """A closed port, an unknown host and one that never answers do; a late answer leaves doubt."""
    with way.fake() as fake, socket.socket() as closed, socket.socket() as silent:
        fake.fail_next(Fault(seconds=1.0))
        with pytest.raises(UnsureError, match="time_out"):
            send(way, fake, seconds=0.3)
        for listening in (closed, silent):
            listening.bind(("127.0.0.1", 0))
        silent.listen()
        for url, reason in (
            (f"http://127.0.0.1:{closed.getsockname()[1]}", "connection_before"),
            ("http://no-such-host.invalid", "before"),
            (f"https://127.0.0.1:{silent.getsockname()[1]}", "time_out_before"),
        ):
            with pytest.raises(TryAgainError, match=reason):
                send(way, fake, seconds=0.5, API_URL=url)


def test_meta_takes_buttons_and_else_words() -> None:
    """Where Meta does not take the buttons, a patient gets answer and choices as words, at once."""
    with FakeGraph() as graph:
        send(META, graph, OFFERING)
        graph.fail_next(FORM[0])
        send(META, graph, OFFERING)
        graph.fail_next(*FORM[:2])
        with pytest.raises(UndeliverableError, match="131008"):  # tried once, not for ever
            send(META, graph, OFFERING)
        graph.fail_next(code(131047))
        with pytest.raises(UndeliverableError, match="131047"):  # the form was not wrong
            send(META, graph, OFFERING)
    buttons, words = graph.sent
    assert buttons.buttons == [("Spine", "/a"), ("Hip", "/b")]
    assert words.text == "Canary words.\nReply with a number:\n1 Spine\n2 Hip"
    assert graph.tries == 6
