"""What the tests of conversations share: a patient, and the platforms' side."""

from collections.abc import Iterator

import pytest

from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.whatsapp import fake_graph
from tests.conversations.patient import Patient


@pytest.fixture
def patient(bot_url: str) -> Patient:
    return Patient(bot_url)


@pytest.fixture
def meta() -> Iterator[fake_graph.FakeGraph]:
    with fake_graph.FakeGraph() as fake:
        yield fake


@pytest.fixture
def twilio() -> Iterator[fake_twilio.FakeTwilio]:
    with fake_twilio.FakeTwilio() as fake:
        yield fake
