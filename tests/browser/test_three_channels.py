"""The same conversation on the widget, on WhatsApp by Meta, and on WhatsApp by Twilio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from knowledge_base.articles import load_articles
from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.whatsapp import fake_graph
from tests.browser.visitor import Visitor
from tests.conversations.channel_visitors import (
    Heard,
    OnMeta,
    OnTwilio,
    OnWidget,
    Patient,
    outcomes,
)
from tests.conversations.own_bot import OwnBot

SOURCES = {article.source.id: article.source for article in load_articles()}

# What the patient does, how the turn ends, and whose source and disclaimer come with it.
SCRIPT: list[tuple[str, str, str, str | None]] = [
    ("say", "Hello", "smalltalk", None),
    ("say", "What are the symptoms of a spinal hematoma?", "answer", "spinal"),
    ("say", "What can cause an iliopsoas hematoma?", "answer", "iliopsoas"),
    ("say", "How is it treated?", "answer", "iliopsoas"),
    ("say", "What is an ossified intramuscular hematoma?", "answer", "ossified"),
    ("say", "How is a hematoma treated?", "clarify", "spinal"),
    ("press", "Bleed near the spine", "answer", "spinal"),
    ("say", "Tell me more", "answer", "spinal"),
    ("photo", "", "smalltalk", None),
    ("say", "What helps against migraine?", "not_found", None),
    ("say", "Should I stop my warfarin?", "personal_advice", None),
    ("say", "How is a spinal hematoma found?", "answer", "spinal"),
    ("press", "Symptoms", "answer", "spinal"),
    ("say", "/ask_treatment", "any", None),
    ("say", "😀", "any", None),
    ("say", "Thank you", "smalltalk", None),
    ("say", "Since my epidural I cannot feel my legs", "urgent", None),
    ("say", "How is a spinal hematoma treated?", "answer", "spinal"),
    ("say", "I do not want to live any more", "crisis", None),
    ("say", "Are you a real person?", "smalltalk", None),
    ("say", "Delete my data", "smalltalk", None),
    ("say", "and the treatment?", "any", None),
]


@pytest.fixture(scope="module")
def graph() -> Iterator[fake_graph.FakeGraph]:
    """Meta's API, ours."""
    with fake_graph.FakeGraph() as fake:
        yield fake


@pytest.fixture(scope="module")
def twilio() -> Iterator[fake_twilio.FakeTwilio]:
    """Twilio's API, ours."""
    with fake_twilio.FakeTwilio() as fake:
        yield fake


@pytest.fixture(scope="module")
def own_bot(
    tmp_path_factory: pytest.TempPathFactory,
    graph: fake_graph.FakeGraph,
    twilio: fake_twilio.FakeTwilio,
) -> Iterator[OwnBot]:
    """The running bot, connected to all three channels."""
    bot = OwnBot(
        tmp_path_factory.mktemp("bot"),
        {**graph.settings(), **twilio.settings(), "HEMATOMA_GUIDE_SESSION_RATE": "1000/minute"},
    )
    with bot.running() as url:
        graph.report_to = twilio.report_to = url
        yield bot


@pytest.fixture(params=["widget", "meta", "twilio"])
def patient(
    request: pytest.FixtureRequest,
    own_bot: OwnBot,
    graph: fake_graph.FakeGraph,
    twilio: fake_twilio.FakeTwilio,
) -> Patient:
    """The same person on each channel."""
    if request.param == "meta":
        return OnMeta(own_bot.url, graph, fake_graph.Phone("US.1300", "15550001300"))
    if request.param == "twilio":
        return OnTwilio(own_bot.url, twilio, fake_twilio.Phone("+15550001300"))
    visit: Callable[..., Visitor] = request.getfixturevalue("visit")
    return OnWidget(visit(own_bot.url))


def plain(text: str) -> str:
    """The text as it reads, however a channel breaks its lines."""
    return re.sub(r"\s+", "", text)


def do(patient: Patient, verb: str, text: str) -> Heard | None:
    """Let the patient do one step."""
    if verb == "photo":
        return patient.send_photo()
    return patient.press(text) if verb == "press" else patient.say(text)


def test_a_conversation_of_20_turns_goes_the_same_way_on_every_channel(
    patient: Patient, own_bot: OwnBot
) -> None:
    """Greeting, answers, a choice, not found, advice, emergency, photo, deletion: all alike."""
    went: list[str] = []
    for verb, text, expected, article in SCRIPT:
        before = outcomes(own_bot.url, patient.channel)
        heard = do(patient, verb, text)
        if heard is None:
            continue
        after = outcomes(own_bot.url, patient.channel)
        ended = [name for name, count in after.items() if count - before.get(name, 0)]
        went.append(text)
        assert expected in (*ended, "any"), (text, ended, heard.text)
        assert len(ended) == 1, (text, ended)
        if article:
            assert plain(SOURCES[article].title) in plain(heard.text), (text, heard.text)
            assert plain(SOURCES[article].disclaimer) in plain(heard.text), (text, heard.text)
    assert len(went) >= 20
