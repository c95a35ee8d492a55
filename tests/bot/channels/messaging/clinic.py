"""A clinic on WhatsApp, by way of Meta or of Twilio: a real server with the channel in it."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from bot.channels.messaging.connector import Connector
from bot.channels.messaging.transport import Patience
from bot.channels.metrics import Metrics
from bot.channels.twilio_whatsapp import TwilioWhatsAppInput
from bot.channels.whatsapp import WhatsAppInput
from bot.conversation_store import ConversationStore
from bot.settings import load_settings
from tests.bot.channels.messaging.fake_platform import FakePlatform, Fault, code, until
from tests.bot.channels.serving import StandInAgent, app_with, real_domain, running, value
from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.whatsapp import fake_graph

QUICK = Patience(order=0.05, receipt=0.6, retry=0.2, halt=0.6)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Platform:
    """One platform, and what differs on it."""

    name: str
    side: Any  # the module with phones, signatures and the path of the webhook
    fake: Callable[[], Any]
    channel: Callable[..., Connector]
    phone: Callable[[int], Any]
    header: str  # holds the signature
    most_bytes: int
    taken: int  # the status of a webhook that the bot has taken
    busy: Fault  # the message may be taken later
    halting: Fault  # no more messages are wanted
    never: int  # the code of a message that is never taken

    @property
    def path(self) -> str:
        return str(self.side.WEBHOOK_PATH)


META = Platform(
    "whatsapp",
    fake_graph,
    fake_graph.FakeGraph,
    WhatsAppInput,
    lambda number: fake_graph.Phone(f"US.9{number:05}", f"16505{number:06}"),
    "X-Hub-Signature-256",
    3_200_000,
    200,
    code(130429, 429),
    code(190, 401),
    131047,
)
TWILIO = Platform(
    "twilio_whatsapp",
    fake_twilio,
    fake_twilio.FakeTwilio,
    TwilioWhatsAppInput,
    lambda number: fake_twilio.Phone(f"+16505{number:06}"),
    "X-Twilio-Signature",
    65_536,
    204,
    code(20429, 429),
    code(20003, 401),
    63016,
)


def only(platform: Platform) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "platform", [platform], indirect=True, ids=[platform.name], scope="module"
    )


def stored_agent() -> StandInAgent:
    domain = real_domain()
    return StandInAgent(tracker_store=ConversationStore(domain, file=":memory:"), domain=domain)


@dataclass
class Clinic:
    """A bot, and the platform it talks to."""

    platform: Platform
    fake: FakePlatform
    agent: StandInAgent = field(default_factory=stored_agent)
    metrics: Metrics = field(default_factory=Metrics)
    url: str = ""

    @contextmanager
    def open(self, **patience: float) -> Iterator[Any]:
        channel = self.platform.channel(load_settings(self.fake.settings()), self.metrics)
        channel.patience = replace(QUICK, **patience)
        with running(app_with(channel, self.agent)) as self.url:
            self.fake.report_to = self.url
            yield self

    def person(self) -> Any:
        return self.platform.phone(next(_numbers))

    def bring(self, *webhooks: Any, times: int = 1) -> None:
        for webhook in webhooks * times:
            assert self.platform.side.post(self.url, webhook) == self.platform.taken

    def knock(self, body: bytes, headers: dict[str, str], path: str = "") -> int:
        url = self.url + (path or self.platform.path)
        sent = {name: value.encode() for name, value in headers.items()}
        return httpx.post(url, content=body, headers=sent, timeout=30, trust_env=False).status_code

    def answer(self, who: Any, webhook: Any) -> str:
        there = len(self.fake.to(who))
        self.bring(webhook)
        until(lambda: len(self.fake.to(who)) > there)
        return str(self.fake.to(who)[there])

    def ask(self, who: Any, text: str) -> str:
        return self.answer(who, who.text(text))

    def count(self, sample: str, **labels: str) -> float:
        labels["channel"] = self.platform.name
        told = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
        return value(self.metrics, f"{sample}{{{told}}}") or 0.0

    @contextmanager
    def refusing(self, reason: str) -> Iterator[None]:
        before, heard = self.count("refusals_total", reason=reason), len(self.agent.received)
        yield
        assert self.count("refusals_total", reason=reason) == before + 1
        self.rest()
        assert len(self.agent.received) == heard

    def rest(self) -> None:
        until(lambda: self.count("inbox_messages") == 0)
