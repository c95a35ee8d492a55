"""The element as pages use it: its methods, events and CSS properties."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visit

pytestmark = pytest.mark.browser


def test_a_page_can_lead_and_follow_the_chat(visit: Visit) -> None:
    """It opens, asks and closes it, and hears when something happens, but never what was said."""
    patient = visit()
    patient.page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ['ready', 'open', 'answer', 'close'])
            addEventListener(`guide-${name}`, event => heard.push([name, event.detail ?? null]));
        }"""
    )
    patient.show(lang="de")
    guide = patient.page.locator("hematoma-guide")
    guide.evaluate("e => e.open()")  # also before its words have come
    expect(patient.page.get_by_role("dialog")).to_be_visible()
    guide.evaluate("e => e.send('What are the signs?')")
    expect(patient.last).to_contain_text("Signs of a spinal hematoma")
    guide.evaluate("e => e.close()")
    assert guide.evaluate("e => e.isOpen") is False
    heard = patient.page.evaluate("heard")
    assert sorted(heard) == [[name, None] for name in ("answer", "close", "open", "ready")]


def test_a_page_sets_colours_and_sizes_by_css(visit: Visit) -> None:
    """The documented properties reach the chat through its wall."""
    patient = visit()
    patient.page.evaluate(
        """() => {
          const { style } = document.querySelector('hematoma-guide');
          style.setProperty('--guide-accent', '#123456');
          style.setProperty('--guide-width', '400px');
          style.setProperty('--guide-margin', '50px');
        }"""
    )
    patient.open()
    box = patient.page.get_by_role("dialog").bounding_box()
    assert (box["x"] + box["width"], box["width"]) == (1150, 400)
    header = patient.page.locator("hematoma-guide header")
    assert header.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(18, 52, 86)"
