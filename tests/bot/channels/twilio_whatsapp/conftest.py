"""A bot with the Twilio channel, a fake Twilio, and a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.channels.messaging.transport import Patience
from bot.channels.metrics import Metrics
from bot.channels.twilio_whatsapp import TwilioWhatsAppInput
from bot.settings import load_settings
from tests.bot.channels.messaging.serving import StandIn, serving
from tests.bot.channels.twilio_whatsapp.fake_twilio import FakeTwilio
from tests.bot.channels.twilio_whatsapp.phone import PUBLIC_URL, Fields, deliver

QUICK = Patience(receipt=1.0, first_retry=0.05, longest_retry=0.2, halt=0.5)


@dataclass
class Clinic:
    """A bot, and the Twilio it talks to."""

    twilio: FakeTwilio
    agent: StandIn
    metrics: Metrics
    url: str = ""
    public_url: str = PUBLIC_URL

    @contextmanager
    def open(self, patience: Patience = QUICK) -> Iterator[Clinic]:
        """Run the bot until the block ends; again for a restart."""
        settings = load_settings(self.twilio.settings(self.public_url))
        channel = TwilioWhatsAppInput(settings, self.metrics)
        channel.patience = patience
        with serving(channel, self.agent) as self.url:
            self.twilio.report_to = self.url
            yield self

    def bring(self, fields: Fields, times: int = 1) -> int:
        """Deliver a message."""
        return deliver(self.url, self.public_url, fields, times=times)

    def counts(self, line: str) -> bool:
        """Whether the metrics hold a line, named without its prefix."""
        return f"hematoma_guide_{line}.0" in self.metrics.render().splitlines()


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """A clinic whose bot is not running yet; its inbox lies in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with FakeTwilio() as twilio:
        yield Clinic(twilio, StandIn(), Metrics())


@pytest.fixture
def open_clinic(clinic: Clinic) -> Iterator[Clinic]:
    """A clinic whose bot is running."""
    with clinic.open():
        yield clinic
