"""The chat fits every screen and every text size: what matters is seen first."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import STATES, Visit, Visitor

pytestmark = pytest.mark.browser

# Width, height, and size of the text in percent.
SCREENS = [
    (180, 370, 100),  # a watch, or a phone at 200 %
    (320, 256, 100),  # 1280 x 1024 at 400 %
    (390, 740, 200),
    (740, 360, 200),  # a phone held sideways
]


def on(visit: Visit, width: int, height: int, percent: int) -> Visitor:
    patient = visit(viewport={"width": width, "height": height})
    patient.page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
    return patient


def sideways(patient: Visitor) -> list[str]:
    """What reaches over the edge of the screen or needs sideways scrolling."""
    found: list[str] = patient.guide.evaluate(
        """({shadowRoot: root}) => {
          const out = [...root.querySelectorAll('*')].filter(e => {
            const {left, right, width} = e.getBoundingClientRect();
            return !e.closest('.sr, svg, .fold, details:not([open])')
              && width && (right > innerWidth + .5 || left < -.5);
          }).map(e => e.tagName + '.' + e.className);
          const scrolls = [...root.querySelectorAll('.panel, .log, .notice, .menu')]
            .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className);
          return [...out, ...scrolls];
        }"""
    )
    return found


def seen(patient: Visitor, selector: str) -> bool:
    """Whether the whole of it is on the screen, over everything else."""
    return bool(
        patient.page.locator(f"hematoma-guide {selector}").last.evaluate(
            """e => {
              const box = e.getBoundingClientRect();
              const at = y => e.getRootNode().elementFromPoint(box.x + box.width / 2, y);
              return box.width > 0 && box.top >= -.5 && box.bottom <= innerHeight + .5
                && [box.top + 2, box.bottom - 2].every(y => e.contains(at(y)));
            }"""
        )
    )


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: "x".join(map(str, screen)))
@pytest.mark.parametrize("state", ["answer", "clarify", "emergency", "error"])
def test_header_and_input_stay_in_sight(
    visit: Visit, state: str, screen: tuple[int, int, int]
) -> None:
    """After an answer, a question, an emergency, a failure: close and type without scrolling."""
    patient = on(visit, *screen)
    STATES[state](patient)
    assert sideways(patient) == []
    for selector in ("header button:last-child", "textarea", ".send"):
        assert seen(patient, selector), selector
    if state in ("emergency", "error"):
        assert seen(patient, "a.call")


@pytest.mark.parametrize("state", STATES)
def test_it_fits_a_narrow_window(visit: Visit, state: str) -> None:
    """At 320 pixels, or 400 % zoom, nothing needs sideways scrolling and nothing is cut off."""
    patient = on(visit, 320, 568, 100)
    STATES[state](patient)
    assert sideways(patient) == []


def test_the_disclaimer_shows_its_first_line_and_opens(patient: Visitor) -> None:
    """Folded to look at, whole for a screen reader, one tap away for everybody."""
    patient.ask("What are the signs?")
    note = patient.last.locator(".note div")
    folded = note.bounding_box()["height"]
    expect(note).to_contain_text("Do not delay or disregard professional advice.")
    patient.last.get_by_role("button", name="Show all").click()
    assert note.bounding_box()["height"] > 2 * folded
    patient.last.get_by_role("button", name="Show less").click()
    assert note.bounding_box()["height"] == folded


def test_a_reader_is_not_torn_away(visit: Visit) -> None:
    """Somebody who has scrolled up keeps the place; a cue leads to the new answer."""
    patient = visit(viewport={"width": 390, "height": 500}).open()
    patient.ask("What are the signs?")
    patient.type("a later question")
    log = patient.page.get_by_role("log")
    log.evaluate("e => e.scrollTop = 0")
    cue = patient.button("New answer")
    expect(cue).to_be_visible(timeout=9000)
    assert log.evaluate("e => e.scrollTop") == 0
    cue.click()
    expect(cue).to_be_hidden()
    assert log.evaluate("e => e.scrollTop") > 200


def test_a_phone_shows_the_chat_on_the_whole_screen(visit: Visit) -> None:
    """It covers the page, keeps the focus inside, and stays above the keyboard."""
    patient = visit(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True).open()
    box = patient.dialog.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 780)
    assert patient.focused() == "title"
    for _ in range(12):
        patient.page.keyboard.press("Tab")
        assert patient.focused() != "Questions about hematomas?"
    patient.page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, 'height', {value: 420, configurable: true});
          visualViewport.dispatchEvent(new Event('resize'));
        }"""
    )
    box = patient.input.bounding_box()
    assert box["y"] + box["height"] <= 420
    patient.page.keyboard.press("Escape")
    expect(patient.dialog).to_be_hidden()
