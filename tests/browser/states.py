"""Ways to bring the chat into each of its states."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitor import Visitor


def go_to_closed(patient: Visitor) -> None:
    """Leave the chat closed."""


def go_to_open(patient: Visitor) -> None:
    patient.open()


def go_to_answer(patient: Visitor) -> None:
    patient.open()
    patient.ask("What are the signs?")
    patient.last.get_by_text("Source: Spinal").click()
    patient.page.get_by_role("button", name="Yes, helpful").click()


def go_to_clarify(patient: Visitor) -> None:
    patient.open()
    patient.ask("How is it treated?")


def go_to_emergency(patient: Visitor) -> None:
    patient.open()
    patient.ask("My legs are numb")


def go_to_waiting(patient: Visitor) -> None:
    patient.open()
    patient.type("a slow question")
    expect(patient.page.locator(".typing")).to_be_visible()


def go_to_error(patient: Visitor) -> None:
    patient.open()
    patient.page.route("**/webhooks/web/message", lambda route: route.fulfill(status=403))
    patient.type("What are the signs?")
    expect(patient.page.locator(".notice")).to_be_visible()
    patient.complaints.clear()


def go_to_options(patient: Visitor) -> None:
    patient.open()
    patient.input.fill("a" * 2100)
    patient.option("Delete my chat")


STATES = [
    go_to_closed,
    go_to_open,
    go_to_answer,
    go_to_clarify,
    go_to_emergency,
    go_to_waiting,
    go_to_error,
    go_to_options,
]
