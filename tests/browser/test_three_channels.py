"""The same conversation on the widget, on WhatsApp by Meta, and on WhatsApp by Twilio."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from tests.bot.channels.messaging.clinic import META, TWILIO, Platform
from tests.browser.visitor import Visitor
from tests.conversations.own_bot import OwnBot
from tests.conversations.patient import SOURCES

STORY = "It all began last spring when we moved house and I felt fine. " * 40
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
    ("say", f"{STORY}Since my epidural I cannot feel my legs", "urgent", None),
    ("say", "How is a spinal hematoma treated?", "answer", "spinal"),
    ("say", "I do not want to live any more", "crisis", None),
    ("say", "Are you a real person?", "smalltalk", None),
    ("say", "Delete my data", "smalltalk", None),
    ("say", "and the treatment?", "any", None),
]


@dataclass
class OnWidget:
    """A patient on the clinic's website, who cannot send photos."""

    visitor: Visitor
    channel = "web"

    def do(self, verb: str, text: str) -> str:
        if verb == "say":
            self.visitor.ask(text)
        else:
            there = self.visitor.messages.count()
            self.visitor.last.locator(".chip", has_text=text).click()
            self.visitor.messages.nth(there + 1).wait_for()
        return str(self.visitor.last.evaluate("element => element.textContent"))


@dataclass
class OnWhatsApp:
    """A patient on WhatsApp, who taps buttons, or replies with a number where there are none."""

    url: str
    platform: Platform
    fake: Any
    phone: Any
    choices: dict[str, str] = field(default_factory=dict)  # what to send for a title

    @property
    def channel(self) -> str:
        return self.platform.name

    def do(self, verb: str, text: str) -> str:
        if verb == "photo":
            webhook = self.phone.image()
        elif verb == "press" and self.platform is META:
            webhook = self.phone.tap(self.choices[text], text)
        else:
            webhook = self.phone.text(self.choices[text] if verb == "press" else text)
        there = len(self.fake.sent)
        assert self.platform.side.post(self.url, webhook) == self.platform.taken
        sent = self.fake.wait_for(there + 1)[there]
        numbered = re.findall(r"^(\d) (.+)$", sent.text, re.MULTILINE)
        assert [int(number) for number, _ in numbered] == list(range(1, len(numbered) + 1))
        offered = sent.buttons if self.platform is META else [pair[::-1] for pair in numbered]
        self.choices = dict(offered)
        return str(sent.text)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The running bot's address, and both platforms that it is connected to."""
    with META.fake() as meta, TWILIO.fake() as twilio:
        settings = {"HEMATOMA_GUIDE_SESSION_RATE": "1000/minute"}
        settings |= {**meta.settings(), **twilio.settings()}
        with OwnBot(tmp_path_factory.mktemp("bot"), settings).running() as url:
            meta.report_to = twilio.report_to = url
            yield url, {META.name: meta, TWILIO.name: twilio}


@pytest.fixture(params=[None, META, TWILIO], ids=["widget", "meta", "twilio"])
def patient(
    request: pytest.FixtureRequest, served: tuple[str, dict[str, Any]]
) -> OnWidget | OnWhatsApp:
    url, fakes = served
    platform: Platform | None = request.param
    if platform:
        return OnWhatsApp(url, platform, fakes[platform.name], platform.phone(1300))
    visitor = request.getfixturevalue("visit")(url)
    visitor.open()
    return OnWidget(visitor)


def outcomes(url: str, channel: str) -> dict[str, int]:
    metrics = requests.get(f"{url}/metrics", timeout=10).text
    counted = re.findall(rf'turns_total{{channel="{channel}",outcome="(\w+)"}} (\d+)', metrics)
    return {outcome: int(count) for outcome, count in counted}


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_conversation_of_20_turns_goes_the_same_way_on_every_channel(
    patient: OnWidget | OnWhatsApp, served: tuple[str, dict[str, Any]]
) -> None:
    """Greeting, answers, a choice, not found, advice, emergency, photo, deletion: all alike."""
    for verb, text, expected, article in SCRIPT:
        if verb == "photo" and isinstance(patient, OnWidget):
            continue
        before = outcomes(served[0], patient.channel)
        heard = patient.do(verb, text)
        after = outcomes(served[0], patient.channel)
        ended = [name for name, count in after.items() if count - before.get(name, 0)]
        assert expected in (*ended, "any"), (text, ended, heard)
        assert len(ended) == 1, (text, ended)
        if article:
            assert plain(SOURCES[article].title) in plain(heard), (text, heard)
            assert plain(SOURCES[article].disclaimer) in plain(heard), (text, heard)
