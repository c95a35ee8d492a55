"""The chat can be used by everybody: keyboard, screen reader, zoom, dark, right to left."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import STATES, Visit, Visitor

pytestmark = pytest.mark.browser


def violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_targets_are_large(visit: Visit, state: str) -> None:
    """No known accessibility fault in any state, light or dark, and nothing small to press."""
    patient = visit()
    STATES[state](patient)
    for scheme in ("light", "dark"):
        patient.page.emulate_media(color_scheme=scheme)
        assert violations(patient.page) == [], scheme
    # Links inside a sentence aside.
    small = patient.guide.evaluate(
        """e => [...e.shadowRoot.querySelectorAll('button, summary, textarea, a.call')]
          .map(e => [e.textContent || e.className, e.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_a_keyboard_is_enough(visit: Visit) -> None:
    """Open, ask, open the source, close: all without a mouse, and Esc goes back step by step."""
    patient = visit()
    keys = patient.page.keyboard
    keys.press("Tab")
    assert patient.focused() == "112"  # the page's own link
    keys.press("Tab")
    assert patient.focused() == "Questions about hematomas?"
    keys.press("Enter")
    assert patient.focused() == "input"
    keys.type("What are the signs?")
    keys.press("Enter")
    expect(patient.last).to_contain_text("Signs of")
    assert patient.focused() == "input"
    seen = []
    for _ in range(12):
        keys.press("Shift+Tab")
        seen.append(patient.focused())
        if "Source" in seen[-1]:
            break
    assert seen == ["No, not helpful", "Yes, helpful", "Show all",
                    "Source: Spinal Epidural Hematoma"]  # fmt: skip
    keys.press("Enter")
    expect(patient.page.get_by_role("link", name="Read the source")).to_be_visible()
    patient.button("Chat options").focus()
    keys.press("Enter")
    keys.press("Escape")
    expect(patient.dialog).to_be_visible()
    assert patient.focused() == "Chat options"
    keys.press("Escape")
    expect(patient.dialog).to_be_hidden()
    assert patient.focused() == "Questions about hematomas?"


def test_the_focus_is_never_stolen(patient: Visitor) -> None:
    """A reply, an alert or a reload leaves the focus where the patient put it."""
    patient.type("My legs are numb")
    patient.button("Close chat").focus()
    expect(patient.alarm).to_contain_text("Get help now")
    assert patient.focused() == "Close chat"
    patient.page.reload()
    expect(patient.dialog).to_be_visible()
    assert patient.page.evaluate("document.activeElement === document.body")


def test_what_was_said_is_not_said_again(patient: Visitor) -> None:
    """The log itself is silent; after a reload both voices keep quiet about what is shown."""
    patient.ask("My legs are numb")
    expect(patient.alarm).to_contain_text("Get help now")
    expect(patient.messages.nth(1)).to_contain_text("You said:")
    expect(patient.last).to_contain_text("Hematoma Guide said:")
    patient.page.reload()
    expect(patient.messages).to_have_count(3)
    patient.page.wait_for_timeout(300)
    for voice in (patient.alarm, patient.page.get_by_role("status")):
        expect(voice).to_be_empty()
    log = patient.page.get_by_role("log", name="Chat messages")
    expect(log).to_have_attribute("aria-live", "off")


def test_reduced_motion_is_respected(visit: Visit) -> None:
    """Nothing moves for people who asked their system for stillness."""
    patient = visit(reduced_motion="reduce")
    STATES["waiting"](patient)
    assert patient.guide.evaluate("e => e.shadowRoot.getAnimations().length") == 0


def test_high_contrast_keeps_every_border(visit: Visit) -> None:
    """In forced colours bubbles and buttons still have an edge, the alarm a thick one."""
    patient = visit(forced_colors="active").open()
    patient.ask("What are the signs?")
    patient.ask("My legs are numb")
    widths = patient.guide.evaluate(
        """e => ['.me .bubble', '.chip', '.send', '.note', '.alarm .bubble'].map(
          s => parseFloat(getComputedStyle(e.shadowRoot.querySelector(s)).borderTopWidth))"""
    )
    assert min(widths) >= 1
    assert widths[-1] == 4


def test_right_to_left_text_reads_right_to_left(patient: Visitor) -> None:
    """Arabic words run right to left, in a page of either direction, and axe has no complaint."""
    patient.ask("ما هو الورم الدموي؟")
    direction = "e => getComputedStyle(e).direction"
    assert patient.messages.nth(1).locator(".bubble").evaluate(direction) == "rtl"
    assert patient.last.locator(".bubble p").first.evaluate(direction) == "rtl"
    assert patient.last.locator(".note div").evaluate(direction) == "ltr"
    patient.page.evaluate("document.documentElement.dir = 'rtl'")
    box = patient.dialog.bounding_box()
    assert box["x"] < 100
    assert violations(patient.page) == []


def test_wide_text_spacing_cuts_nothing_off(visit: Visit) -> None:
    """People who widen letters, words and lines (WCAG 1.4.12) still read everything."""
    patient = visit()
    patient.style(
        "* {letter-spacing: .12em !important; word-spacing: .16em !important;"
        "line-height: 1.5 !important}"
    )
    STATES["answer"](patient)
    cut = patient.guide.evaluate(
        """e => [...e.shadowRoot.querySelectorAll('button, .bubble, .note, header')]
          .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.textContent)"""
    )
    assert cut == []
