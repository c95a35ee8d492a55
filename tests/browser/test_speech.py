"""Speaking and listening happen on the patient's device, or not at all.

The browser here has neither voices nor an ear of its own, so both stand in; that the chat takes
only those of the device is what is tested.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser

VOICES = """
  window.said = [];
  const voice = (lang, localService) => ({ lang, localService, name: lang });
  speechSynthesis.getVoices = () => [voice('en-GB', false), ...(%s)];
  speechSynthesis.speak = (utterance) => said.push(utterance.text);
  SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
EAR = """
  window.SpeechRecognition = class {
    static async available({ processLocally }) { return processLocally ? '%s' : 'available'; }
    start() { this.onstart(); this.onresult({ results: [[{ transcript: 'what is it' }]] }); }
    stop() { this.onend(); }
  };
"""


def with_speech(visit: Visit, script: str) -> Visitor:
    patient = visit(script=script)
    with patient.page.expect_response("**/widget/speech.js"):
        patient.show(speech="", open="")
    return patient


def test_answers_are_read_aloud_only_by_a_voice_of_the_device(visit: Visit) -> None:
    """Off until it is asked for, and not offered where the words would go to a voice elsewhere."""
    for own in ("[]", "[voice('en-US', true)]"):
        patient = with_speech(visit, VOICES % own)
        patient.ask("What are the signs?")
        patient.button("Chat options").click()
        button = patient.button("Read answers aloud")
        expect(button).to_have_count(int(own != "[]"))
        assert patient.page.evaluate("said") == []
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    patient.ask("My legs are numb")
    assert "Get help now" in patient.page.evaluate("said").pop()


def test_dictation_is_offered_only_where_it_stays_on_the_device(visit: Visit) -> None:
    """What is heard is put into the field to be read over; where it would leave, there is none."""
    for state in ("downloadable", "available"):
        patient = with_speech(visit, EAR % state)
        button = patient.button("Speak instead of typing")
        expect(button).to_have_count(int(state == "available"))
    button.click()
    expect(patient.input).to_have_attribute("placeholder", re.compile("I am listening"))
    expect(patient.input).to_have_value("what is it")
    button.click()
    expect(patient.input).to_have_attribute("placeholder", "Type your question")
