"""What a patient can do with the chat as a whole: start over, delete, copy, print."""

import re

import pytest
from playwright.sync_api import expect

from tests.bot.channels.serving import Served
from tests.browser.scripted_bot import DISCLAIMER, SOURCE
from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("option", "yes", "said"),
    [
        ("Start over", "Yes, start over", "You have a new chat."),
        ("Delete my chat", "Yes, delete it", "Your chat has been deleted."),
    ],
)
def test_starting_over_and_deleting_ask_first_and_erase(
    patient: Visitor, option: str, yes: str, said: str
) -> None:
    """A slip of the finger costs nothing; a yes erases on the server and in the browser."""
    patient.ask("What are the signs?")
    patient.option(option)
    patient.button("No, keep it").click()
    expect(patient.messages).to_have_count(3)
    patient.option(option)
    with patient.page.expect_response("**/session") as response:
        patient.button(yes).click()
    assert (response.value.request.method, response.value.status) == ("DELETE", 204)
    expect(patient.messages).to_have_count(1)
    expect(patient.page.get_by_text(said).first).to_be_visible()
    assert "signs" not in patient.page.evaluate("JSON.stringify(sessionStorage)")
    patient.ask("What are the signs?")
    expect(patient.messages).to_have_count(3)


def test_a_chat_left_while_offline_is_erased_later(patient: Visitor) -> None:
    """Starting over works without a line; the server forgets as soon as there is one."""
    patient.ask("What are the signs?")
    patient.context.set_offline(True)
    patient.option("Start over")
    patient.button("Yes, start over").click()
    expect(patient.messages).to_have_count(1)
    with patient.page.expect_response("**/session") as response:
        patient.context.set_offline(False)
    assert (response.value.request.method, response.value.status) == ("DELETE", 204)
    patient.page.wait_for_function(
        "JSON.parse(Object.values(sessionStorage)[0]).erase.length === 0"
    )
    patient.complaints.clear()  # the browser notes the dead line


def test_a_failed_deletion_is_admitted(patient: Visitor) -> None:
    """A patient is never told that the chat is gone when it is not."""
    patient.ask("What are the signs?")
    patient.page.route("**/webhooks/web/session", lambda route: route.fulfill(status=503))
    patient.option("Delete my chat")
    patient.button("Yes, delete it").click()
    expect(patient.alarm).to_contain_text("could not be deleted")
    expect(patient.messages).to_have_count(3)
    patient.complaints.clear()


def test_the_chat_can_be_copied(visit: Visit, shared: Served) -> None:
    """A patient can take the conversation along, sources and disclaimers included."""
    patient = visit(permissions=["clipboard-read", "clipboard-write"]).open()
    patient.ask("What are the signs?")
    patient.option("Copy chat")
    expect(patient.page.get_by_text("The chat has been copied.").first).to_be_visible()
    copied = patient.page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"You said: \(.+\)\nWhat are the signs\?", copied)
    assert "Source: Spinal Epidural Hematoma" in copied
    assert DISCLAIMER in copied


def test_the_chat_can_be_downloaded(patient: Visitor) -> None:
    """The file has date, address and sources, and each alarm right behind its question.

    Without a line the download is not there, and the patient hears so.
    """
    patient.ask("What are the signs?")
    patient.ask("My legs are numb")
    patient.page.route("**/widget/transcript.js", lambda route: route.abort())
    patient.option("Download chat")
    expect(patient.alarm).to_contain_text("did not load")
    patient.complaints.clear()
    patient.page.unroute("**/widget/transcript.js")
    patient.button("Chat options").click()
    with patient.page.expect_download() as saved:
        patient.button("Download chat").click()
    assert re.fullmatch(r"hematoma-guide-\d{4}-\d\d-\d\d\.txt", saved.value.suggested_filename)
    text = saved.value.path().read_text(encoding="utf-8")
    assert re.search(rf"Chat of .+ 20\d\d, .+, on {patient.url}/\n", text)
    assert SOURCE["url"] in text
    assert re.search(r"My legs are numb\n\nHematoma Guide said: \(.+\)\nGET HELP NOW\n", text)


def test_a_person_can_be_called(visit: Visit) -> None:
    """The clinic's own number stands in the options, and where the bot has no answer."""
    patient = visit()
    patient.show(phone="+1 555 0100", open="")
    patient.ask("symptoms of flu")
    patient.button("Chat options").click()
    links = patient.page.get_by_role("link", name="Talk to a person: call +1 555 0100")
    expect(links).to_have_count(2)
    expect(links.first).to_have_attribute("href", "tel:+15550100")


def test_it_opens_unasked_once_and_never_on_a_small_screen(visit: Visit) -> None:
    """A clinic may have it open after some seconds; who closed it is not asked again."""
    patient = visit()
    patient.show(open_after="0.2")
    expect(patient.dialog).to_be_visible()
    assert patient.page.evaluate("document.activeElement.tagName") == "BODY"
    patient.button("Close chat").click()
    patient.page.reload()
    patient.show(open_after="0.2")
    patient.page.wait_for_timeout(500)
    expect(patient.dialog).to_be_hidden()
    small = visit(viewport={"width": 390, "height": 700})
    small.show(open_after="0.2")
    small.page.wait_for_timeout(500)
    expect(small.dialog).to_be_hidden()


def test_the_chat_prints_whole_and_alone(patient: Visitor) -> None:
    """On paper: the whole conversation, no buttons, nothing of the page around it."""
    patient.ask("What are the signs?")
    patient.ask("My legs are numb")
    patient.page.evaluate("window.print = () => {}")
    patient.option("Print chat")
    patient.page.emulate_media(media="print")
    expect(patient.page.locator(".printed")).to_contain_text(f"on {patient.url}/")
    assert (
        patient.page.locator(".alarm").evaluate("e => getComputedStyle(e).breakBefore") == "avoid"
    )
    for hidden in ("form", ".launch", ".chips", ".vote", "header button"):
        assert not patient.page.locator(f"hematoma-guide {hidden}").first.is_visible()
    box = patient.page.locator("hematoma-guide .log").bounding_box()
    assert box["height"] > 700  # not cut to the window of the panel
    assert (
        patient.page.evaluate("getComputedStyle(document.querySelector('h1')).visibility")
        == "hidden"
    )
    patient.page.evaluate("dispatchEvent(new Event('afterprint'))")
    patient.page.emulate_media(media="screen")
    assert patient.page.evaluate("document.adoptedStyleSheets.length") == 0
