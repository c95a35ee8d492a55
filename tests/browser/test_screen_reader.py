"""What a blind patient hears: the words that Orca would speak, each answer once and in order."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.bot.channels.web.serving import Served
from tests.browser import orca
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.scripted_bot import DISCLAIMER
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hears(tmp_path_factory: pytest.TempPathFactory) -> Iterator[orca.Listener]:
    """Orca, listening."""
    missing = orca.missing()
    if missing:
        reason = f"Orca's words cannot be read: {', '.join(missing)} not installed."
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with orca.listener(tmp_path_factory.mktemp("orca")) as listener:
        yield listener


@pytest.fixture
def patient(hears: orca.Listener, shared: Served) -> Iterator[Visitor]:
    """A patient in a browser that Orca reads, with the chat open."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            headless=False,
            env=hears.env,
            args=[*CHROMIUM_FLAGS, "--force-renderer-accessibility"],
        )
        visitor = Visitor(browser, shared.url)
        hears.wait_for("Riverside")
        visitor.open()
        hears.heard()
        hears.listen()
        yield visitor
        browser.close()


def spoken(hears: orca.Listener, *marks: str) -> list[str]:
    """What was said about the chat's answers: utterances that hold one of the marks."""
    return [said for said in hears.heard() if any(mark in said for mark in marks)]


def test_an_answer_is_heard_once_and_whole(patient: Visitor, hears: orca.Listener) -> None:
    """Answer, choices, source and disclaimer are one utterance, in the order shown."""
    patient.type("What are the signs?")
    hears.wait_for("Signs of a spinal hematoma")
    said = spoken(hears, "Signs of", "numb legs", "Spinal Epidural", "general information")
    assert said == [
        "Hematoma Guide said: Signs of a spinal hematoma often start fast. "
        "Sudden, sharp back or neck pain. Weak or numb legs. Trouble passing urine or stool. "
        "If this is happening to you now, call your local emergency number. "
        "You can choose: What causes it?, How is it treated? "
        f"Source: Spinal Epidural Hematoma. Please note: {DISCLAIMER}"
    ]


def test_an_emergency_is_heard_with_the_chat_closed(patient: Visitor, hears: orca.Listener) -> None:
    """Whoever closed the chat before the emergency reply came hears it, what to do first, once."""
    patient.type("My legs are numb, later")
    patient.page.keyboard.press("Escape")
    hears.wait_for("Get help now")
    said = spoken(hears, "Get help", "emergency", "computer program")
    assert len(said) == 1
    assert said[0].startswith("Get help now. What you wrote can be a sign of an emergency.")
    assert said[0].endswith("I can't examine you.")


def test_a_failure_is_heard_once_with_the_number(patient: Visitor, hears: orca.Listener) -> None:
    """A dead line is said once, the emergency number first, however often it is tried again."""
    patient.context.set_offline(True)
    patient.type("What are the signs?")
    hears.wait_for("You are offline")
    patient.page.wait_for_timeout(4000)
    assert spoken(hears, "offline", "112") == [
        "In an emergency, call 112 now. You are offline. "
        "Your message is kept and will be sent when you are back."
    ]
