"""The chat on the pages of others: led by them, and unharmed by those made without it in mind."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.visitor import Visit

pytestmark = pytest.mark.browser

STYLES = """
  * {font-size: 10px; color: red; line-height: 1; opacity: .9; text-transform: uppercase;
     font-style: italic; visibility: hidden; user-select: none}
  html {font-size: 62.5%}
  body {transform: translate(300px, 900px) scale(.5); pointer-events: none}
  :root {--bg: red; --ink: red; --accent: red}
"""


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
    expect(patient.dialog).to_be_visible()
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
    box = patient.dialog.bounding_box()
    assert (box["x"] + box["width"], box["width"]) == (1150, 400)
    header = patient.page.locator("hematoma-guide header")
    assert header.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(18, 52, 86)"


def test_the_styles_of_the_page_do_no_harm(visit: Visit) -> None:
    """Tiny red letters, a moved body, hidden everything: the chat looks and works as ever."""
    patient = visit()
    patient.style(STYLES)
    patient.open()
    patient.ask("What are the signs?")
    looks = patient.last.locator("p").first.evaluate(
        """e => {
          const s = getComputedStyle(e);
          return [s.fontSize, s.color, s.textTransform, s.fontStyle, s.visibility, s.userSelect];
        }"""
    )
    assert looks == ["16px", "rgb(27, 42, 48)", "none", "normal", "visible", "auto"]
    box = patient.dialog.bounding_box()
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (1180, 780)
    patient.page.keyboard.press("Escape")
    box = patient.button("Questions about").bounding_box()
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (1180, 780)


def test_the_keys_typed_here_are_not_the_pages_shortcuts(visit: Visit) -> None:
    """A page that searches on "s" and closes on Escape hears neither from the chat."""
    patient = visit()
    patient.page.evaluate(
        """() => {
          window.heard = [];
          for (const type of ['keydown', 'keypress', 'keyup'])
            document.addEventListener(type, e => { heard.push(e.key); e.preventDefault(); });
        }"""
    )
    patient.open()
    patient.input.press_sequentially("signs?")
    expect(patient.input).to_have_value("signs?")
    patient.page.keyboard.press("Enter")
    expect(patient.last).to_contain_text("Signs of")
    assert patient.page.evaluate("heard") == []


@pytest.mark.parametrize("path", ["/hematoma/", "/hematoma/frame"])
def test_it_works_under_a_path(visit: Visit, path: str) -> None:
    """A clinic may put the bot below its own address: everything goes to that path."""

    def pass_on(route: Route) -> None:
        """Show the bot under /hematoma/ of a clinic's site, and nothing elsewhere."""
        if "/hematoma/" in route.request.url:
            route.continue_(url=route.request.url.replace("/hematoma/", "/"))
        else:
            route.fulfill(status=404)

    patient = visit(path="/health")
    patient.requests.clear()
    patient.page.route("**/*", pass_on)
    patient.page.goto(patient.url + path)
    if path == "/hematoma/":
        patient.open()
    patient.ask("What are the signs?")
    expect(patient.last).to_contain_text("Signs of")
    assert all("/hematoma/" in url for url in patient.requests if "favicon" not in url)
    patient.complaints = [line for line in patient.complaints if "404" not in line]


@pytest.mark.parametrize("server", ["https://", "/nowhere/"])
def test_a_wrong_address_is_named_in_the_console(visit: Visit, server: str) -> None:
    """Whoever embeds the chat reads at once what is wrong with the address."""
    patient = visit()
    patient.show(server=server)
    patient.open()
    patient.type("What are the signs?")
    patient.page.wait_for_timeout(500)
    ours = [line for line in patient.complaints if line.startswith("<hematoma-guide>")]
    assert len(ours) == 1
    assert server in ours[0] or "nowhere" in ours[0]
    patient.complaints.clear()
