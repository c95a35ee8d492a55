"""What a blind patient hears: the words that Orca would speak, each answer once and in order."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.channels.serving import Served
from tests.browser import orca
from tests.browser.conftest import CHROMIUM_FLAGS, needed
from tests.browser.engines import Engine, firefox
from tests.browser.scripted_bot import CLARIFY, DISCLAIMER, LONG
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def hears(tmp_path: Path) -> Iterator[orca.Listener]:
    for program, package in orca.NEEDED.items():
        needed(package, program)
    with orca.listener(tmp_path) as listener:
        yield listener


@pytest.fixture
def patient(hears: orca.Listener, shared: Served) -> Iterator[Visitor]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=needed("chromium", "chromium", "chromium-browser"),
            headless=False,
            env=hears.env,
            args=[*CHROMIUM_FLAGS, "--force-renderer-accessibility"],
        )
        visitor = Visitor(browser, shared.url)
        hears.wait_for("Riverside")
        yield visitor
        browser.close()


def lose_the_line(patient: Visitor) -> None:
    patient.context.set_offline(True)
    patient.type("What are the signs?")
    patient.page.wait_for_timeout(4000)


def ask_and_close(patient: Visitor) -> None:
    patient.type("My legs are numb, later")
    patient.page.keyboard.press("Escape")


def asks(text: str) -> Callable[[Visitor | Engine], None]:
    return lambda patient: patient.type(text)


def aloud(lines: list[str]) -> str:
    """Lines of the bot as they are spoken: without the marks of a list."""
    return " ".join(line.removeprefix("- ") for line in lines)


GREETING = (
    "Hematoma Guide said: Hello. I am a computer program, not a doctor or a nurse. "
    "I can tell you about spinal hematomas, iliopsoas hematomas (deep in the hip) and ossified "
    "hematomas (turned to bone). What I say comes from published articles. "
    "Please do not type your name or other private details. In an emergency, call 112 now. "
    "You can choose: What is a spinal hematoma?, What are the signs of an iliopsoas hematoma?, "
    "How is an ossified hematoma treated?"
)
CITATION = f"Source: Spinal Epidural Hematoma. Please note: {DISCLAIMER}"
EMERGENCY = (
    "Get help now. What you wrote can be a sign of an emergency. Call your local emergency number "
    "now, or go to the nearest emergency room. Do not drive yourself. Take a list of your "
    "medicines with you. I am a computer program. I can't examine you."
)
HEARD: list[tuple[Callable[[Any], None], str]] = [
    (lambda patient: patient.open(), GREETING),
    (
        asks("What are the signs?"),
        "Hematoma Guide said: Signs of a spinal hematoma often start fast. "
        "Sudden, sharp back or neck pain. Weak or numb legs. Trouble passing urine or stool. "
        "If this is happening to you now, call your local emergency number. "
        f"You can choose: What causes it?, How is it treated? {CITATION}",
    ),
    (
        asks("Tell me everything"),
        f"Hematoma Guide said: {aloud(LONG)} You can choose: What causes it? {CITATION}",
    ),
    (
        asks("How is it treated?"),
        f"Hematoma Guide said: {CLARIFY[0]} You can choose: Near the spine, In the hip muscle, "
        f"Turned to bone. {aloud(CLARIFY[1:])} {CITATION}",
    ),
    (asks("My legs are numb"), EMERGENCY),
    (ask_and_close, EMERGENCY),
    (
        lose_the_line,
        "In an emergency, call 112 now. You are offline. "
        "Your message is kept and will be sent when you are back.",
    ),
]


def about(words: str, hears: orca.Listener) -> list[str]:
    """What was said that holds any sentence of these words."""
    sentences = re.split(r"(?<=[.?!:]) ", words)
    hears.wait_for(sentences[-1])
    return [said for said in hears.heard() if any(sentence in said for sentence in sentences)]


def test_each_is_heard_once_and_whole(patient: Visitor, hears: orca.Listener) -> None:
    """Greeting, answers, question back, emergency and dead line: an utterance each, in order."""
    for act, words in HEARD:
        hears.listen()
        act(patient)
        assert about(words, hears) == [words]


def test_firefox_is_heard_as_well(hears: orca.Listener, shared: Served) -> None:
    """Firefox tells screen readers of changes in a way of its own."""
    needed("firefox-esr", "firefox-esr")
    with firefox(hears.env) as browser:
        browser.go(shared.url)
        hears.wait_for("Riverside")
        for act, words in HEARD[:5]:  # the chat open, and a line
            hears.listen()
            act(browser)
            assert about(words, hears) == [words]
