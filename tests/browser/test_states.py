"""Every state a patient can meet in the chat."""

import re

import pytest
from playwright.sync_api import expect

from tests.bot.channels.serving import Served
from tests.browser.scripted_bot import DISCLAIMER
from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser


def test_first_contact_says_what_this_is(patient: Visitor) -> None:
    """Before anything else: a computer program, what it knows, what to do in an emergency."""
    for words in ("I am a computer program, not a doctor", "ossified hematomas", "call 112 now"):
        expect(patient.messages.first).to_contain_text(words)
    patient.button("What is a spinal hematoma?").click()
    expect(patient.messages.nth(1)).to_contain_text("What is a spinal hematoma?")
    expect(patient.last).to_contain_text("Signs of a spinal hematoma")


def test_an_answer_shows_its_source_and_sets_the_disclaimer_apart(patient: Visitor) -> None:
    """The source opens on a click, the disclaimer stands alone, and neither is said twice."""
    patient.ask("What are the signs of a spinal hematoma?")
    answer = patient.last
    expect(answer.locator("li")).to_have_count(3)
    expect(answer.locator(".bubble")).not_to_contain_text("Source:")
    expect(answer.locator(".bubble")).not_to_contain_text("general information")
    expect(answer.locator(".note")).to_contain_text(DISCLAIMER)
    link = answer.get_by_role("link", name="Read the source")
    expect(link).to_be_hidden()
    answer.get_by_text("Source: Spinal Epidural Hematoma").click()
    expect(link).to_have_attribute("href", re.compile("^https://"))
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(answer).to_contain_text("Published: July 4, 2023")


def test_a_button_shows_its_title_and_sends_its_payload(patient: Visitor, shared: Served) -> None:
    """A patient sees words, the bot gets the choice; a reload keeps chat and session."""
    patient.ask("How is it treated?")
    patient.page.reload()
    expect(patient.messages).to_have_count(3)
    expect(patient.dialog).to_be_visible()
    patient.button("Near the spine").click()
    expect(patient.page.get_by_text('You chose /choose_site{"site": "spinal"}')).to_be_visible()
    expect(patient.page.locator(".me").last).to_contain_text("Near the spine")
    assert shared.agent.received[-1].text == '/choose_site{"site": "spinal"}'


def test_an_emergency_looks_and_sounds_different(patient: Visitor) -> None:
    """An emergency reply is an alert with its own heading and a button that calls for help."""
    patient.ask("My legs are numb")
    expect(patient.alarm).to_contain_text("Get help now")
    expect(patient.last).to_contain_text("Get help now")
    call = patient.last.get_by_role("link", name="Call 112")
    expect(call).to_have_attribute("href", "tel:112")
    assert call.bounding_box()["y"] < patient.last.locator("p").first.bounding_box()["y"]
    assert (
        patient.last.locator(".bubble").evaluate("e => getComputedStyle(e).borderTopWidth") == "2px"
    )
    patient.ask("I want to hurt myself")
    expect(patient.last).to_contain_text("You are not alone")


def test_the_chat_is_kept_in_this_tab_alone(patient: Visitor) -> None:
    """What is typed in one tab does not show in another, nor stay as a cookie or a copy."""
    patient.ask("What are the signs?")
    other = patient.new_page()
    other.get_by_role("button", name="Questions about hematomas?").click()
    expect(other.locator("hematoma-guide .msg")).to_have_count(1)
    token = "JSON.parse(Object.values(sessionStorage)[0]).token"
    assert patient.page.evaluate(token)
    assert not other.evaluate(token)
    assert patient.page.evaluate("localStorage.length") == 0
    assert patient.context.cookies() == []


def test_an_emergency_opens_a_closed_chat(patient: Visitor) -> None:
    """A patient who closed the chat before the emergency reply came still sees it."""
    patient.type("My legs are numb, later")
    patient.page.keyboard.press("Escape")
    expect(patient.dialog).to_be_visible(timeout=9000)
    expect(patient.last).to_contain_text("Get help now")


def test_a_slow_answer_to_a_closed_chat_is_counted_on_its_button(patient: Visitor) -> None:
    """A patient sees that the bot works, hears when it takes longer, and that the answer came."""
    patient.type("a slow question")
    expect(patient.page.locator(".typing")).to_contain_text("Looking for an answer")
    expect(patient.page.locator(".typing")).to_contain_text("Still looking", timeout=6000)
    expect(patient.page.get_by_role("status")).to_contain_text("Still looking")
    patient.page.keyboard.press("Escape")
    launcher = patient.button("Questions about hematomas? 1 new")
    expect(launcher).to_be_visible(timeout=9000)
    expect(patient.page.get_by_role("status")).to_contain_text("new answer in the chat")
    launcher.click()
    expect(patient.last).to_contain_text("Signs of")
    expect(patient.page.locator(".typing")).to_be_hidden()
    patient.page.keyboard.press("Escape")
    expect(patient.button("1 new")).to_be_hidden()


def test_a_long_message_is_named_and_still_sent(patient: Visitor, shared: Served) -> None:
    """Over the limit a line says so, and the message can still be sent."""
    counter = patient.page.locator("#count")
    patient.input.fill("a" * 1990)
    expect(counter).to_be_hidden()
    expect(patient.input).to_have_accessible_description("")
    patient.input.fill("help me " * 300)
    expect(counter).to_contain_text("You can send it")
    patient.input.press("Enter")
    expect(patient.last).to_contain_text("Signs of")
    assert shared.agent.received[-1].metadata == {"too_long": True}
    patient.input.fill("ü" * 30_000)  # 60 kB
    patient.input.press("Enter")
    expect(patient.messages).to_have_count(5)
    expect(patient.last).to_contain_text("Signs of")


def test_a_thumb_is_counted(patient: Visitor, shared: Served) -> None:
    """A patient can say whether an answer helped, and sees that it was taken."""
    patient.ask("What are the signs?")
    up = patient.button("Yes, helpful")
    with patient.page.expect_response("**/feedback") as response:
        up.click()
    assert response.value.status == 204
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(patient.page.get_by_role("status")).to_contain_text("Thank you")
    patient.page.reload()
    expect(up).to_have_attribute("aria-pressed", "true")


def test_it_works_without_storage(visit: Visit) -> None:
    """Where a browser forbids storage (some iframes), the chat works, only not over a reload."""
    patient = visit(
        script="Object.defineProperty(window, 'sessionStorage', {get() { throw Error('no'); }})"
    ).open()
    patient.ask("What are the signs?")
    expect(patient.last).to_contain_text("Signs of a spinal hematoma")
