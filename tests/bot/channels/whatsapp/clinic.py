"""A clinic on WhatsApp: a real server with our channel in it, and a fake Graph API behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bot.channels.messaging.transport import Patience
from bot.channels.metrics import Metrics
from bot.channels.whatsapp import WhatsAppInput
from bot.settings import load_settings
from tests.bot.channels.messaging.serving import StandIn, serving
from tests.bot.channels.whatsapp.fake_graph import FakeGraph
from tests.bot.channels.whatsapp.phone import Webhook, deliver

QUICK = Patience(settle=0.05, receipt=0.6, first_retry=0.05, longest_retry=0.2, halt=0.6)


@dataclass
class Clinic:
    """What a test can look at."""

    url: str
    graph: FakeGraph
    agent: StandIn
    channel: WhatsAppInput

    def deliver(self, *webhooks: Webhook, times: int = 1) -> int:
        """Bring webhooks to the bot; return the last status."""
        for webhook in webhooks:
            status = deliver(self.url, webhook, times=times)
        return status

    def counted(self, line: str) -> bool:
        """Whether a line of the metrics says so."""
        return f"hematoma_guide_{line}.0" in self.channel.metrics.render().splitlines()

    def rest(self) -> None:
        """Wait until nothing is left to do."""
        until(lambda: not self.channel.courier._workers)


@contextmanager
def open_clinic(
    graph: FakeGraph, agent: StandIn | None = None, **patience: float
) -> Iterator[Clinic]:
    """Serve the channel over the inbox in the working folder."""
    channel = WhatsAppInput(load_settings(graph.settings()), Metrics())
    channel.patience = replace(QUICK, **patience)
    agent = agent or StandIn()
    with serving(channel, agent) as url:
        yield Clinic(url, graph, agent, channel)


def until(check: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
