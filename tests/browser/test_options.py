"""What a patient can do with the chat as a whole: start over, delete, copy, print."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.bot.channels.web.serving import Served
from tests.browser.scripted_bot import DISCLAIMER
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]
pytestmark = pytest.mark.browser


def test_start_over_asks_first_and_erases(visit: Visit) -> None:
    """A slip of the finger costs nothing; a yes begins anew and erases the old chat."""
    patient = visit()
    patient.open()
    patient.ask("What are the signs?")
    patient.option("Start over")
    patient.page.get_by_role("button", name="No, keep it").click()
    expect(patient.messages).to_have_count(3)
    patient.option("Start over")
    with patient.page.expect_response("**/session") as response:
        patient.page.get_by_role("button", name="Yes, start over").click()
    assert (response.value.request.method, response.value.status) == ("DELETE", 204)
    expect(patient.messages).to_have_count(1)
    expect(patient.page.get_by_text("You have a new chat.").first).to_be_visible()
    patient.ask("What are the signs?")
    expect(patient.messages).to_have_count(3)


def test_a_chat_left_while_offline_is_erased_later(visit: Visit) -> None:
    """Starting over works without a line; the server forgets as soon as there is one."""
    patient = visit()
    patient.open()
    patient.ask("What are the signs?")
    patient.context.set_offline(True)
    patient.option("Start over")
    patient.page.get_by_role("button", name="Yes, start over").click()
    expect(patient.messages).to_have_count(1)
    with patient.page.expect_response("**/session") as response:
        patient.context.set_offline(False)
    assert (response.value.request.method, response.value.status) == ("DELETE", 204)
    patient.page.wait_for_function(
        "JSON.parse(Object.values(sessionStorage)[0]).erase.length === 0"
    )
    patient.complaints.clear()  # the browser notes the dead line


def test_delete_my_chat_asks_first_and_erases(visit: Visit) -> None:
    """Deleting asks once, erases on the server and in the browser, and says so."""
    patient = visit()
    patient.open()
    patient.ask("What are the signs?")
    patient.option("Delete my chat")
    patient.shoot("delete")
    patient.page.get_by_role("button", name="No, keep it").click()
    expect(patient.messages).to_have_count(3)
    patient.option("Delete my chat")
    with patient.page.expect_response("**/session") as response:
        patient.page.get_by_role("button", name="Yes, delete it").click()
    assert (response.value.request.method, response.value.status) == ("DELETE", 204)
    expect(patient.messages).to_have_count(1)
    expect(patient.page.get_by_text("Your chat has been deleted.").first).to_be_visible()
    assert "signs" not in patient.page.evaluate("JSON.stringify(sessionStorage)")


def test_a_failed_deletion_is_admitted(visit: Visit) -> None:
    """A patient is never told that the chat is gone when it is not."""
    patient = visit()
    patient.open()
    patient.ask("What are the signs?")
    patient.page.route("**/webhooks/web/session", lambda route: route.fulfill(status=503))
    patient.option("Delete my chat")
    patient.page.get_by_role("button", name="Yes, delete it").click()
    expect(patient.page.get_by_role("alert")).to_contain_text("could not be deleted")
    expect(patient.messages).to_have_count(3)
    patient.complaints.clear()


def test_the_chat_can_be_copied(visit: Visit, shared: Served) -> None:
    """A patient can take the conversation along, sources and disclaimers included."""
    patient = visit(permissions=["clipboard-read", "clipboard-write"])
    patient.open()
    patient.ask("What are the signs?")
    patient.option("Copy chat")
    expect(patient.page.get_by_text("The chat has been copied.").first).to_be_visible()
    copied = patient.page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"You said: \(.+\)\nWhat are the signs\?", copied)
    assert "Source: Spinal Epidural Hematoma" in copied
    assert DISCLAIMER in copied


def test_the_chat_prints_whole_and_alone(visit: Visit) -> None:
    """On paper: the whole conversation, no buttons, nothing of the page around it."""
    patient = visit()
    patient.open()
    patient.ask("What are the signs?")
    patient.ask("My legs are numb")
    patient.page.evaluate("window.print = () => {}")
    patient.option("Print chat")
    patient.page.emulate_media(media="print")
    for hidden in ("form", ".launch", ".chips", ".vote", "header button"):
        assert not patient.page.locator(f"hematoma-guide {hidden}").first.is_visible()
    box = patient.page.locator("hematoma-guide .log").bounding_box()
    assert box["height"] > 700  # not cut to the window of the panel
    assert (
        patient.page.evaluate("getComputedStyle(document.querySelector('h1')).visibility")
        == "hidden"
    )
    patient.shoot("print")
    patient.page.evaluate("dispatchEvent(new Event('afterprint'))")
    patient.page.emulate_media(media="screen")
    assert patient.page.evaluate("document.adoptedStyleSheets.length") == 0
