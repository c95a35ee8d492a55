"""No trouble loses a word, and none hides the way to help."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.bot.channels.serving import StandInAgent, serve
from tests.browser.scripted_bot import ScriptedBot
from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser
MESSAGE = "**/webhooks/web/message"
SESSION = "**/webhooks/web/session"


def refuse(path: str, status: int, code: str = "x", **more: int) -> Callable[[Visitor], None]:
    error = {"error": {"code": code, "message": "No.", **more}}
    return lambda patient: patient.page.route(
        path, lambda route: route.fulfill(status=status, json=error)
    )


TROUBLES: dict[str, Callable[[Visitor], None]] = {
    "offline": lambda patient: patient.context.set_offline(True),
    "server gone": lambda patient: patient.page.route(MESSAGE, lambda route: route.abort()),
    "server broken": refuse(MESSAGE, 500),
    "proxy without a server": lambda patient: patient.page.route(
        MESSAGE, lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>")
    ),
    "token refused": refuse(MESSAGE, 401, "session_expired"),
    "page refused": refuse(SESSION, 403, "wrong_origin"),
    "nothing there": refuse(SESSION, 404, "not_found"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_trouble_names_the_emergency_number(patient: Visitor, trouble: str) -> None:
    """Whatever fails, the number is written, spoken, and one tap away; the words are kept."""
    TROUBLES[trouble](patient)
    patient.type("What are the signs?")
    notice = patient.page.locator("hematoma-guide .notice")
    expect(notice).to_contain_text("In an emergency, call 112 now.")
    expect(notice.get_by_role("link", name="Call 112")).to_have_attribute("href", "tel:112")
    expect(patient.alarm).to_contain_text("call 112 now")
    expect(patient.page.locator("hematoma-guide .me")).to_contain_text("Not sent yet")
    patient.complaints.clear()


def test_an_answer_that_is_none_names_the_number_too(patient: Visitor) -> None:
    """When the bot itself cannot answer, its words come with the number and the link."""
    patient.ask("nothing")
    expect(patient.last).to_contain_text("In an emergency, call 112 now.")
    expect(patient.last.get_by_role("link", name="Call 112")).to_be_visible()


def test_danger_words_without_a_line_are_met_at_once(patient: Visitor) -> None:
    """ "My legs are numb", typed offline, is answered with what to do, not with "it is kept"."""
    patient.context.set_offline(True)
    patient.type("What are the signs?")
    notice = patient.page.locator("hematoma-guide .notice")
    expect(notice).not_to_contain_text("may be an emergency")
    patient.type("My legs are numb")
    expect(notice).to_contain_text("it may be an emergency. Do not wait for me. In an emergency")
    expect(patient.alarm).to_contain_text("it may be an emergency")
    patient.complaints.clear()


def test_danger_is_answered_first_when_the_line_is_back(visit: Visit) -> None:
    """An emergency goes out before what was asked earlier; answers stand beside their questions."""
    with serve(StandInAgent(ScriptedBot()), emergency_number="112") as served:
        patient = visit(served.url).open()
        patient.context.set_offline(True)
        for text in ("How is it treated?", "symptoms of flu", "My legs are numb"):
            patient.type(text)
            expect(patient.last).to_contain_text("Not sent yet")
        patient.context.set_offline(False)
        expect(patient.messages).to_have_count(7, timeout=9000)
        heard = [message.text for message in served.agent.received]
        assert heard == ["My legs are numb", "How is it treated?", "symptoms of flu"]
        for place, words in enumerate(
            ("How is", "Which one", "flu", "can't find", "numb", "Get help now"), start=1
        ):
            expect(patient.messages.nth(place)).to_contain_text(words)
    patient.complaints.clear()


@pytest.mark.parametrize(("status", "said"), [(503, "I will try again"), (500, "not answered")])
def test_it_tries_again_by_itself(patient: Visitor, status: int, said: str) -> None:
    """The message goes out when the server is back, at a click or by itself, and once."""
    patient.page.route(MESSAGE, lambda route: route.fulfill(status=status))
    patient.type("What are the signs?")
    expect(patient.page.locator(".notice")).to_contain_text(said)
    patient.page.unroute(MESSAGE)
    if status == 500:
        patient.button("Try again").click()
    expect(patient.last).to_contain_text("Signs of a spinal hematoma", timeout=9000)
    expect(patient.messages).to_have_count(3)
    expect(patient.page.locator(".notice")).to_be_hidden()
    patient.complaints.clear()


def test_enter_that_picks_a_word_sends_nothing(patient: Visitor) -> None:
    """Japanese, Chinese and Korean are typed with Enter; shaking hands ask one question."""
    patient.input.fill("にほん")
    for init in ("{key: 'Enter', keyCode: 229}", "{key: 'Enter', isComposing: true}"):
        patient.input.evaluate(
            f"e => e.dispatchEvent(new KeyboardEvent('keydown', {{...{init}, bubbles: true}}))"
        )
    expect(patient.messages).to_have_count(1)
    expect(patient.input).to_have_value("にほん")
    patient.button("What is a spinal hematoma?").dblclick()
    patient.page.wait_for_timeout(500)
    expect(patient.messages).to_have_count(3)


def test_older_browsers_send_and_fit(visit: Visit) -> None:
    """What Safari 15.4, Chrome 100 and Firefox 100 lack is not needed."""
    lacks = """
      delete AbortSignal.timeout;
      delete AbortSignal.any;
      delete HTMLElement.prototype.popover;
      delete HTMLElement.prototype.showPopover;
      delete window.visualViewport;
      window.CSSStyleSheet = undefined;
    """
    patient = visit(script=lacks, viewport={"width": 390, "height": 700}, bypass_csp=True).open()
    patient.ask("What are the signs?")
    expect(patient.last).to_contain_text("Signs of a spinal hematoma")
    box = patient.input.bounding_box()
    assert box["y"] + box["height"] <= 700
    assert "dvh" not in patient.page.evaluate("fetch('widget.js').then(r => r.text())")


@pytest.mark.parametrize("path", ["/", "/frame"])
def test_without_our_script_the_page_still_names_the_number(visit: Visit, path: str) -> None:
    """A blocked script or a very old browser leaves words and a number, not a hole."""
    patient = visit(path=path)
    patient.page.route("**/widget.js", lambda route: route.abort())
    patient.page.reload()
    expect(patient.page.get_by_text("The chat could not be loaded")).to_be_visible()
    call = patient.page.locator("hematoma-guide").get_by_role("link", name="112")
    expect(call).to_have_attribute("href", "tel:112")
    patient.complaints.clear()


def test_an_error_survives_a_reload(patient: Visitor) -> None:
    """Neither an unsent message nor a half-typed one is lost when the page is loaded again."""
    patient.page.route("**/webhooks/web/message", lambda route: route.abort())
    patient.type("What are the signs?")
    expect(patient.alarm).to_be_visible(timeout=9000)
    patient.input.fill("and also")
    patient.page.unroute("**/webhooks/web/message")
    patient.page.reload()
    expect(patient.last).to_contain_text("Signs of a spinal hematoma")
    expect(patient.input).to_have_value("and also")
    patient.complaints.clear()


def test_too_many_messages_wait_and_go_out_by_themselves(visit: Visit) -> None:
    """A patient who sends too much sees the wait; the message goes out when it is over."""
    with serve(StandInAgent(ScriptedBot()), session_rate="1/2 second") as served:
        patient = visit(served.url).open()
        patient.ask("What are the signs?")
        patient.type("symptoms of flu")
        notice = patient.page.locator(".notice")
        expect(notice).to_contain_text("will be sent in")
        expect(notice).to_contain_text("In an emergency")
        expect(patient.last).to_contain_text("can't find that", timeout=8000)
        expect(notice).to_be_hidden()
    patient.complaints.clear()


def test_a_restarted_server_costs_no_word(visit: Visit) -> None:
    """When the server has forgotten the session, a new one answers what was just typed."""
    with serve(StandInAgent(ScriptedBot())) as served:
        port = int(served.url.rsplit(":", 1)[1])
        patient = visit(served.url).open()
        patient.ask("How is it treated?")
    with serve(StandInAgent(ScriptedBot()), port=port) as served:
        patient.button("Near the spine").click()
        expect(patient.messages.nth(4)).to_contain_text("this is a new one")
        expect(patient.messages.nth(5)).to_contain_text("Signs of a spinal hematoma")
        assert served.agent.received[-1].text == "Near the spine"
    patient.complaints.clear()
