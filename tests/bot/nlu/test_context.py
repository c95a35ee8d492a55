"""What a message is read after."""

from __future__ import annotations

from rasa.shared.core.events import Event, UserUttered

from bot.nlu.context import earlier_in
from knowledge_base.encoder import CONTEXT_LETTERS, in_context


def said(*texts: str, intent: str = "ask_causes") -> list[Event]:
    return [UserUttered(text, {"name": intent, "confidence": 1.0}) for text in texts]


def test_what_people_tell_of_themselves_is_kept_longer() -> None:
    """A blood thinner named ten messages ago is still known, and else what was said last.

    What a button sent is not read, nor what has alarmed: that is recalled (`emergency.py`).
    """
    events = [*said("I take warfarin", intent="tell"), *said(*map(str, range(10)))]
    events += [*said('/ask_symptoms{"site": "spinal"}'), *said("I am numb", intent="urgent")]
    assert earlier_in(events) == ["I take warfarin", "8", "9"]
    assert len(in_context(["word " * 200] * 5)) == CONTEXT_LETTERS
