"""The chat is safe on a clinic's page: no foreign request, no script made from words."""

import hashlib
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bot.channels.web.script import FOLDER, widget_files
from tests.bot.channels.serving import Served, StandInAgent, serve
from tests.browser.scripted_bot import ScriptedBot
from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser
SIZE_BUDGET = 14_000  # bytes, gzipped


def test_the_script_is_small() -> None:
    """The whole widget costs a patient at most 14 kB."""
    core = widget_files("112")["/widget.js"].encoded
    assert len(core["br"]) < len(core["gzip"]) <= SIZE_BUDGET


def test_the_built_files_are_those_of_the_source() -> None:
    """A module that somebody changes is not forgotten: `make widget` builds the files anew."""
    lines = (FOLDER / "dist/SHA256SUMS").read_text().splitlines()
    sums = dict(line.split()[::-1] for line in lines)
    for name, noted in sums.items():
        now = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
        assert now == noted, f"{name} was changed: run `make widget`"
    found = {f"src/{path.name}" for path in (FOLDER / "src").iterdir()}
    assert found == {name for name in sums if name.startswith("src/")}


def test_no_request_leaves_for_another_origin(patient: Visitor, shared: Served) -> None:
    """Nobody else learns that a patient was here: every request goes to the bot's own server."""
    patient.ask("What are the signs?")
    patient.ask("My legs are numb")
    patient.option("Start over")
    origins = {urlsplit(url)._replace(path="", query="").geturl() for url in patient.requests}
    assert origins == {shared.url}


def test_words_never_become_code(patient: Visitor) -> None:
    """Markup in a question, an answer, a source, a disclaimer or a button stays words."""
    patient.ask("hostile <img src=x onerror=alert(1)><script>alert(1)</script>")
    expect(patient.messages.nth(1)).to_contain_text("<script>alert(1)</script>")
    expect(patient.last).to_contain_text('<svg onload="alert(1)">')
    patient.last.locator("summary").click()
    assert patient.page.locator("hematoma-guide img, hematoma-guide script").count() == 0
    links = patient.last.locator("a").evaluate_all("all => all.map(a => a.href)")
    assert links == ["https://example.org/", "tel:112"]
    patient.page.reload()
    expect(patient.messages).to_have_count(3)
    assert patient.page.locator("hematoma-guide img, hematoma-guide script").count() == 0


def test_the_browser_reports_no_breach_of_the_strictest_policy(visit: Visit) -> None:
    """Content-Security-Policy and Trusted Types are on, and nothing in the chat breaks them."""
    noting = """
      window.breaches = [];
      addEventListener('securitypolicyviolation', e => window.breaches.push(e.violatedDirective));
    """
    patient = visit(script=noting).open()
    patient.ask("hostile")
    patient.ask("What are the signs?")
    patient.button("Yes, helpful").last.click()
    patient.input.fill("a\nb\nc\nd")
    assert patient.page.evaluate("window.breaches") == []
    refused = patient.page.evaluate(
        """() => {
          try { document.body.innerHTML = '<b>x</b>'; } catch (error) { return error.name; }
        }"""
    )
    assert refused == "TypeError"
    patient.complaints.clear()


SITE = "http://localhost:8080"
CLINIC_POLICY = (
    "default-src 'none'; script-src {bot}; connect-src {bot}; frame-src {bot}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def on_clinics_site(visit: Visit, bot: str, body: str) -> Visitor:
    """A patient on a site of another host, with the strictest policy that allows the bot."""
    patient = visit(bot, path="/health")
    page = f"<!doctype html><html lang=en><title>Clinic</title><main><h1>Clinic</h1>{body}"
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": CLINIC_POLICY.format(bot=bot),
    }
    patient.page.route(SITE, lambda route: route.fulfill(body=page, headers=headers))
    patient.page.goto(SITE)
    return patient


def tag(bot: str) -> str:
    return (
        f'<script type="module" src="{bot}/widget.js" data-heading="Ask us" data-color="#ffcc00"'
        """ data-position="left" data-strings='{"launch": "Fragen?", "input": "Ihre Frage"}'>"""
        "</script>"
    )


def test_one_script_tag_embeds_it_in_another_website(visit: Visit) -> None:
    """A listed clinic adds one line; the chat works there, in its colours, position and words."""
    with serve(StandInAgent(ScriptedBot()), allowed_origins=SITE) as served:
        patient = on_clinics_site(visit, served.url, tag(served.url))
        patient.button("Fragen?").click()
        expect(patient.page.get_by_role("heading", name="Ask us")).to_be_visible()
        patient.page.get_by_label("Ihre Frage").fill("What are the signs?")
        patient.page.keyboard.press("Enter")
        expect(patient.last).to_contain_text("Signs of a spinal hematoma")
        patient.button("Yes, helpful").click()
        box = patient.dialog.bounding_box()
        assert box["x"] == 20
        header = patient.page.locator("hematoma-guide header")
        assert header.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
        patient.complaints = [c for c in patient.complaints if "favicon" not in c]


@pytest.mark.parametrize("listed", [True, False])
def test_the_iframe_shows_only_where_it_is_allowed(visit: Visit, listed: bool) -> None:
    """A listed site may frame the chat, and it works there; another site gets an empty frame."""
    framing = SITE if listed else "https://other.example"
    with serve(StandInAgent(ScriptedBot()), frame_origins=framing) as served:
        frame = f'<iframe src="{served.url}/frame" title="Chat" width=400 height=600></iframe>'
        patient = on_clinics_site(visit, served.url, frame)
        inside = patient.page.frame_locator("iframe")
        if listed:
            inside.get_by_label("Your question").fill("What are the signs?")
            inside.get_by_label("Your question").press("Enter")
            expect(inside.locator(".msg").last).to_contain_text("Signs of")
            patient.complaints = [c for c in patient.complaints if "404" not in c]
        else:
            patient.page.wait_for_timeout(300)
            assert inside.locator("hematoma-guide").count() == 0
            patient.complaints.clear()
