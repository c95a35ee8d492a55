"""Two hundred webhooks, a platform that fails, a server that dies: each message answered once.

It also looks at everything the bot kept and printed: no word, no number, no name of a patient.
"""

import random
import secrets
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import yaml

from tests.bot.channels.messaging.clinic import META, TWILIO, Platform, until
from tests.conversations.own_bot import OwnBot
from tests.conversations.patient import SOURCES

PEOPLE = 20
EACH = 10
FAULTS = 0.15  # share of the platform's answers that go wrong

ASKED: dict[str, list[list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "questions.yml").read_text(encoding="utf-8")
)
QUESTIONS = [(question, article) for article, asked in ASKED.items() for question, _ in asked]

Delivery = Callable[[str], int]  # to the bot's address; gives the status it answers with


@dataclass(frozen=True)
class Person:
    """Somebody with ten things to say, whose number and canaries must turn up nowhere."""

    phone: Any
    number: str
    asks: list[tuple[str, str | None]]  # and which article answers, if one needs to
    canaries: tuple[str, ...]


def people(platform: Platform, chance: random.Random) -> list[Person]:
    found = []
    for index in range(PEOPLE):
        name, place = f"Quincy{secrets.token_hex(6)}", f"zq{secrets.token_hex(6)}"
        asks: list[tuple[str, str | None]] = [*chance.sample(QUESTIONS, EACH)]
        asks[EACH // 2] = (f"My name is {name} and I live at {place}.", None)
        number = f"{chance.randrange(10**4):04d}{index:02d}"
        phone = replace(platform.phone(int(number)), name=name)
        found.append(Person(phone, f"6505{number}", asks, (name, place)))
    return found


def deliveries(platform: Platform, person: Person, chance: random.Random) -> list[Delivery]:
    """A person's webhooks, some of them two times in a row; Meta's are in disorder.

    Meta also brings one from days ago; Twilio tells no time, so what comes first was sent first.
    """
    texts = [text for text, _ in person.asks]
    if platform is META:
        start = int(time.time()) - 600
        order = [person.phone.text(text, at=start + n) for n, text in enumerate(texts)]
        order.append(person.phone.text("What is a hematoma?", at=start - 6 * 86_400))
        for place in range(0, len(order) - 1, 3):
            order[place], order[place + 1] = order[place + 1], order[place]
    else:
        order = [person.phone.text(text) for text in texts]
    doubled = [again for one in order for again in [one] * chance.choice([1, 1, 2])]
    return [lambda url, one=one: platform.side.post(url, one) for one in doubled]  # type: ignore[misc]


def bring(brought: list[Delivery], url: str) -> None:
    """Bring webhooks one after the other, each until the bot says that it has it."""
    for delivery in brought:
        until(partial(_is_taken, delivery, url), seconds=120, pause=0.5)


def _is_taken(delivery: Delivery, url: str) -> bool:
    try:
        return delivery(url) in (200, 204)
    except httpx.HTTPError:
        return False  # the bot is down just now


@pytest.mark.parametrize("platform", [META, TWILIO], ids=lambda platform: platform.name)
def test_200_webhooks_are_each_answered_once_and_in_order(
    platform: Platform, tmp_path: Path
) -> None:
    """Duplicates, disorder, replays, a failing platform and a killed server change nothing.

    Nothing of anybody is kept or logged.
    """
    chance = random.Random(7)  # noqa: S311
    who = people(platform, chance)
    with platform.fake() as fake, ThreadPoolExecutor(PEOPLE) as pool:
        bot = OwnBot(tmp_path, fake.settings())
        fake.report_to = bot.url
        fake.fail_at_random(FAULTS, seed=7)
        with bot.running(stop=signal.SIGKILL) as url:
            work = [(deliveries(platform, person, chance), url) for person in who]
            under_way = [pool.submit(bring, *one) for one in work]
            time.sleep(1.5)
        with bot.running() as url:
            for done in under_way:
                done.result()
            until(lambda: len(fake.sent) >= PEOPLE * EACH, seconds=400)
            time.sleep(1.0)  # an answer too many would come now
            metrics = requests.get(f"{url}/metrics", timeout=10).text
    for person in who:
        texts = fake.to(person.phone)
        assert len(texts) == EACH, (len(texts), [text[:60] for text in texts])
        for (question, article), text in zip(person.asks, texts, strict=True):
            assert article is None or SOURCES[article].title in text, (question, text)
    assert len(fake.sent) == PEOPLE * EACH
    assert fake.refused == []
    kept = bot.kept() + metrics.encode()
    assert b"SQLite format 3" in kept
    for person in who:
        for trace in (person.number, *person.canaries):
            assert trace.encode() not in kept
    assert not [question for question, _ in QUESTIONS if question.encode() in kept]
