"""The widget on the demo page of the really running bot."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]
pytestmark = pytest.mark.browser


def test_a_patient_reads_a_true_cited_answer(visit: Visit, bot_url: str) -> None:
    """Open, ask, read: plain words, the source on a click, the disclaimer apart, nothing twice."""
    patient = visit(bot_url)
    patient.open()
    patient.ask("What are the symptoms of a spinal hematoma?")
    bubble = patient.last.locator(".bubble")
    expect(bubble).to_contain_text("bladder")
    expect(bubble).not_to_contain_text("Source:")
    note = patient.last.locator(".note")
    expect(note).to_contain_text("Seek quick medical attention")
    expect(bubble).not_to_contain_text("Seek quick medical attention")
    patient.last.locator("summary").click()
    expect(patient.last.locator("details")).to_contain_text("October 17, 2023")
    patient.shoot("real-answer")
    origins = {urlsplit(url).netloc for url in patient.requests}
    assert origins == {urlsplit(bot_url).netloc}


def test_a_patient_in_danger_sees_the_alarm(visit: Visit, bot_url: str) -> None:
    """A message with danger signs brings the emergency reply, as an alert."""
    patient = visit(bot_url)
    patient.open()
    patient.ask("My legs went numb after my epidural and I can't pee")
    expect(patient.page.get_by_role("alert")).to_contain_text("emergency number")
    patient.shoot("real-emergency")


def test_the_buttons_of_a_real_answer_work(visit: Visit, bot_url: str) -> None:
    """Pressing a follow-up brings another answer, not a puzzled one."""
    patient = visit(bot_url)
    patient.open()
    patient.ask("What are the symptoms of a spinal hematoma?")
    there = patient.messages.count()
    patient.last.locator(".chip").last.click()
    patient.messages.nth(there + 1).wait_for()
    expect(patient.last.locator(".note")).to_be_visible()


def test_off_topic_questions_and_odd_input_are_met_kindly(visit: Visit, bot_url: str) -> None:
    """The flu, an emoji, a typed command: each gets a reply in words."""
    patient = visit(bot_url)
    patient.open()
    for typed in ("What are the symptoms of the flu?", "😀", '/ask_symptoms{"site": "spinal"}'):
        patient.ask(typed)
        expect(patient.last.locator(".bubble p").first).not_to_be_empty()
    assert "Traceback" not in patient.page.content()
