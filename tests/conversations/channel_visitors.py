"""One patient on three channels: the widget in a browser, WhatsApp by Meta, WhatsApp by Twilio."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.twilio_whatsapp.phone import PUBLIC_URL
from tests.bot.channels.whatsapp import fake_graph
from tests.browser.visitor import Visitor

PATIENCE = 30.0  # seconds for one answer on a busy machine
_TURN = re.compile(r'turns_total\{channel="(\w+)",outcome="(\w+)"\} (\d+)')


@dataclass(frozen=True)
class Heard:
    """What came back: the whole text, and the titles of what can be asked next."""

    text: str
    options: tuple[str, ...]


class Patient(Protocol):
    """Somebody who writes, presses and sends photos."""

    channel: str

    def say(self, text: str) -> Heard:
        """Write a message."""

    def press(self, title: str) -> Heard:
        """Choose one of the options of the last message."""

    def send_photo(self) -> Heard | None:
        """Send a photo without words; None where that cannot be done."""


def waited_for(check: Callable[[], Any], seconds: float = PATIENCE, pause: float = 0.02) -> Any:
    """What the check gives, once it gives something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := check():
            return found
        time.sleep(pause)
    raise AssertionError("no answer came")


def outcomes(url: str, channel: str) -> dict[str, int]:
    """How many turns of a channel ended how, as the bot counts them."""
    counted = _TURN.findall(requests.get(f"{url}/metrics", timeout=10).text)
    return {outcome: int(count) for name, outcome, count in counted if name == channel}


class OnWidget:
    """A patient on the clinic's website."""

    channel = "web"

    def __init__(self, visitor: Visitor) -> None:
        """Open the chat."""
        self.visitor = visitor
        visitor.open()

    def say(self, text: str) -> Heard:
        """Type it and read what comes."""
        self.visitor.ask(text)
        return self._heard()

    def press(self, title: str) -> Heard:
        """Press a chip under the last message."""
        there = self.visitor.messages.count()
        self.visitor.last.locator(".chip", has_text=title).click()
        self.visitor.messages.nth(there + 1).wait_for()
        return self._heard()

    def send_photo(self) -> Heard | None:
        """The widget takes words only."""
        return None

    def _heard(self) -> Heard:
        last = self.visitor.last
        chips = last.locator(".chip").all_inner_texts()
        return Heard(str(last.evaluate("element => element.textContent")), tuple(chips))


class OnMeta:
    """A patient on WhatsApp, by way of Meta."""

    channel = "whatsapp"

    def __init__(self, url: str, fake: fake_graph.FakeGraph, phone: fake_graph.Phone) -> None:
        """Take the phone."""
        self.url, self.fake, self.phone = url, fake, phone

    def say(self, text: str) -> Heard:
        """Write it and read what comes."""
        return self._deliver(self.phone.text(text))

    def press(self, title: str) -> Heard:
        """Tap a button or a row of the last message."""
        options = dict(self._mine()[-1].buttons)
        return self._deliver(self.phone.tap(options[title], title))

    def send_photo(self) -> Heard | None:
        """Send a photo."""
        return self._deliver(self.phone.image())

    def _deliver(self, webhook: dict[str, Any]) -> Heard:
        there = len(self._mine())
        assert fake_graph.deliver(self.url, webhook) == 200
        sent = waited_for(lambda: self._mine()[there:])[0]
        return Heard(sent.text, tuple(title for title, _ in sent.buttons))

    def _mine(self) -> list[fake_graph.Sent]:
        return [sent for sent in self.fake.sent if sent.to == self.phone.wa_id]


class OnTwilio:
    """A patient on WhatsApp, by way of Twilio."""

    channel = "twilio_whatsapp"

    def __init__(self, url: str, fake: fake_twilio.FakeTwilio, phone: fake_twilio.Phone) -> None:
        """Take the phone."""
        self.url, self.fake, self.phone = url, fake, phone

    def say(self, text: str) -> Heard:
        """Write it and read what comes."""
        return self._deliver(self.phone.text(text))

    def press(self, title: str) -> Heard:
        """Reply with the number of an option of the last message."""
        number = _options(self._mine()[-1].text).index(title) + 1
        return self.say(str(number))

    def send_photo(self) -> Heard | None:
        """Send a photo."""
        return self._deliver(self.phone.image())

    def _deliver(self, fields: dict[str, str]) -> Heard:
        there = len(self._mine())
        assert fake_twilio.deliver(self.url, PUBLIC_URL, fields) == 204
        sent = waited_for(lambda: self._mine()[there:])[0]
        return Heard(sent.text, _options(sent.text))

    def _mine(self) -> list[fake_twilio.Sent]:
        return [sent for sent in self.fake.sent if sent.to == self.phone.address]


def _options(text: str) -> tuple[str, ...]:
    """The numbered options that end a message."""
    found = re.findall(r"^(\d) (.+)$", text, re.MULTILINE)
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return tuple(title for _, title in found)
