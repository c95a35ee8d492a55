"""The chat in the browsers that are not Chromium: Firefox, and WebKit as Safari has it."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.bot.channels.messaging.fake_platform import until
from tests.bot.channels.serving import StandInAgent, serve
from tests.browser.conftest import needed
from tests.browser.engines import Engine, firefox, webkit
from tests.browser.scripted_bot import ScriptedBot

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("program", "package", "engine"),
    [("firefox-esr", "firefox-esr", firefox), ("WebKitWebDriver", "webkit2gtk-driver", webkit)],
    ids=["firefox", "webkit"],
)
def test_answer_emergency_and_dead_line_are_there(
    tmp_path: Path,
    program: str,
    package: str,
    engine: Callable[[dict[str, str]], AbstractContextManager[Engine]],
) -> None:
    """A source and a disclaimer under the answer, and a call link where it is needed."""
    needed(package, program)
    needed("xvfb", "Xvfb")
    with engine({"PATH": os.environ["PATH"], "HOME": str(tmp_path)}) as browser:
        with serve(StandInAgent(ScriptedBot()), emergency_number="112") as served:
            browser.go(served.url)
            browser.open()
            browser.type("What are the signs?")
            answer = until(lambda: browser.property(".msg:nth-child(3)", "innerText"))
            for part in ("Weak or numb legs", "Source: Spinal Epidural", "not medical advice"):
                assert part in answer
            browser.type("My legs are numb")
            assert until(lambda: browser.property(".alarm a.call", "href")) == "tel:112"
            until(
                lambda: "Get help now" in browser.property("[aria-live=assertive]", "textContent")
            )
        browser.type("The server is gone")
        notice = until(lambda: browser.property(".notice", "innerText"))
        assert "In an emergency, call 112 now." in notice
        assert browser.property(".notice a.call", "href") == "tel:112"
