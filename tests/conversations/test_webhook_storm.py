"""Two hundred webhooks, a platform that fails, a server that dies: each message answered once.

It also looks at everything the bot kept and printed: no word, no number, no name of a patient.
"""

from __future__ import annotations

import random
import secrets
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import requests
import yaml

from tests.bot.channels.messaging.clinic import until
from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.twilio_whatsapp.phone import PUBLIC_URL
from tests.bot.channels.whatsapp import fake_graph
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
    """Somebody with ten things to say, whose name, number and canary must turn up nowhere."""

    name: str
    number: str
    asks: list[tuple[str, str | None]]  # and which article answers, if one needs to
    canary: str


def people(chance: random.Random) -> list[Person]:
    """Twenty people with different questions."""
    found = []
    for index in range(PEOPLE):
        name, canary = f"Quincy{secrets.token_hex(6)}", f"zq{secrets.token_hex(6)}"
        asks: list[tuple[str, str | None]] = [*chance.sample(QUESTIONS, EACH)]
        asks[EACH // 2] = (f"My name is {name} and I live at {canary}.", None)
        number = f"1555{chance.randrange(10**7):07d}{index:02d}"
        found.append(Person(name, number, asks, canary))
    return found


def twice(deliveries: list[Delivery], chance: random.Random) -> list[Delivery]:
    """Some of them two times in a row."""
    return [again for one in deliveries for again in [one] * chance.choice([1, 1, 2])]


def bring(deliveries: list[Delivery], url: str) -> None:
    """Bring webhooks one after the other, each until the bot says that it has it."""
    for delivery in deliveries:
        until(partial(_is_taken, delivery, url), seconds=120, pause=0.5)


def _is_taken(delivery: Delivery, url: str) -> bool:
    try:
        return delivery(url) in (200, 204)
    except httpx.HTTPError:
        return False  # the bot is down just now


def storm(bot: OwnBot, by_person: list[list[Delivery]], answered: Callable[[], bool]) -> str:
    """Bring everything at once, let the server die in the middle; return the bot's metrics."""
    with ThreadPoolExecutor(len(by_person)) as pool:
        with bot.running(stop=signal.SIGKILL) as url:
            under_way = [pool.submit(bring, deliveries, url) for deliveries in by_person]
            time.sleep(1.5)
        with bot.running() as url:
            for done in under_way:
                done.result()
            until(answered, seconds=120)
            time.sleep(1.0)  # an answer too many would come now
            return requests.get(f"{url}/metrics", timeout=10).text


def weather(
    folder: Path,
    platform: fake_graph.FakeGraph | fake_twilio.FakeTwilio,
    deliveries: Callable[[Person, random.Random], list[Delivery]],
    got: Callable[[Person], list[str]],
) -> None:
    """Let everybody write; each is answered in order, and nothing of them is kept or logged."""
    chance = random.Random(7)  # noqa: S311
    bot = OwnBot(folder, platform.settings())
    platform.report_to = bot.url
    platform.fail_at_random(FAULTS, seed=7)
    who = people(chance)
    by_person = [deliveries(person, chance) for person in who]
    metrics = storm(bot, by_person, lambda: len(platform.sent) >= PEOPLE * EACH)
    for person in who:
        texts = got(person)
        assert len(texts) == EACH, (len(texts), [text[:60] for text in texts])
        for (question, article), text in zip(person.asks, texts, strict=True):
            assert article is None or SOURCES[article].title in text, (question, text)
    assert len(platform.sent) == PEOPLE * EACH
    assert platform.refused == []
    kept = bot.kept() + metrics.encode()
    assert b"SQLite format 3" in kept
    for person in who:
        for trace in (person.name, person.number, person.canary):
            assert trace.encode() not in kept
    assert not [question for question, _ in QUESTIONS if question.encode() in kept]


def test_200_webhooks_of_meta_are_each_answered_once_and_in_order(
    tmp_path: Path, meta: fake_graph.FakeGraph
) -> None:
    """Duplicates, disorder, old replays, a failing platform and a killed server change nothing."""
    start = int(time.time()) - 600

    def deliveries(person: Person, chance: random.Random) -> list[Delivery]:
        phone = fake_graph.Phone(f"US.{person.number}9", person.number, person.name)
        at = {text: start + second for second, (text, _) in enumerate(person.asks)}
        at["What is a hematoma?"] = start - 6 * 86_400
        order = [phone.text(text, at=sent) for text, sent in at.items()]
        for place in range(0, len(order) - 1, 3):
            order[place], order[place + 1] = order[place + 1], order[place]
        return twice([partial(fake_graph.deliver, webhook=one) for one in order], chance)

    weather(tmp_path, meta, deliveries, lambda person: meta.to(person.number))


def test_200_webhooks_of_twilio_are_each_answered_once_and_in_order(
    tmp_path: Path, twilio: fake_twilio.FakeTwilio
) -> None:
    """As with Meta; Twilio tells no time, so what comes first counts as sent first."""

    def deliveries(person: Person, chance: random.Random) -> list[Delivery]:
        phone = fake_twilio.Phone(f"+{person.number}", person.name)
        texts = [phone.text(text) for text, _ in person.asks]
        return twice(
            [partial(fake_twilio.deliver, public_url=PUBLIC_URL, fields=t) for t in texts], chance
        )

    weather(tmp_path, twilio, deliveries, lambda person: twilio.to(f"whatsapp:+{person.number}"))
