"""Readings of how a question is worded."""

from collections.abc import Callable

import pytest

from knowledge_base.follow_ups import asks_for_only_a_part, asks_if_sure, goes_on_asking
from knowledge_base.normalize import without_courtesy
from knowledge_base.wording import (
    asked_for,
    asks_for_the_story,
    asks_what_to_do,
    asks_yes_or_no,
    parts_of,
    speaks_of_someone,
    tells_a_result,
)

READINGS: dict[Callable[[str], object], dict[str, object]] = {
    # Only a question that asks for yes or no may be answered with it.
    asks_yes_or_no: {
        "tell me, does it hurt": True,
        "the woman, did she have an operation": True,
        "so it's rare then?": True,
        "is it this or that": False,
        "is there a test and how is it done": False,
        "": False,
    },
    # An honest no can say what the sources lack.
    asked_for: {
        "how long does it take to heal": "how_long",
        "what size is dangerous": "how_many",
        "which of the two is worse": "compare",
        "does a pill make your hearing worse": "whether",
        "where does it sit": "where",
        "when can she walk": "when",
    },
    # A request for oneself or a relative is told from a question about nobody.
    speaks_of_someone: {
        "should my mum stop the tablets": True,
        "is she allowed to drive": True,
        "is flying allowed with a spinal hematoma": False,
    },
    # What one should do is asked of a doctor.
    asks_what_to_do: {
        "I fear small spaces, should I ask for a CT instead": True,
        "how often she should go for the scan": True,
        "I should like to know what it is": False,
    },
    tells_a_result: {"INR come back 3.8. That alright": True, "what is the INR for": False},
    asks_for_only_a_part: {
        "Blimey. Just the medicines, please.": True,
        "is it only the thinners that do it?": False,
        "just the short version": False,
    },
    # A patient's story is told to whom it is asked, not to whom it only mentions.
    asks_for_the_story: {
        "tell me the story of the woman with the hip bleed": True,
        "what happened to the lady in the end": True,
        "the old lady in your article, what happen to her": True,
        "what happened to her leg": False,
        "we read the story of the lady, and then how old was she": False,
    },
    # What a message of few words asks next.
    goes_on_asking: {"and without no fall": True, "awake?": True, "and bye": False},
    # A doubt may come with a remark, not with another question.
    asks_if_sure: {
        "Are you sure? My neighbor says otherwise.": True,
        "are you quite certain": True,
        "no, really?": True,
        "are you sure? nothing at all?": True,
        "are you sure? what did the study say": False,
    },
    # Pet names and thanks around a question say nothing of what it asks.
    without_courtesy: {
        "what brings it on love": "what brings it on",
        "ok mate, and the bone one pls mate": "and the bone one",
        "what is it, pet, and where": "what is it, and where",
        "who is the doc": "who is the doc",
        "thanks love": "thanks",
    },
}


@pytest.mark.parametrize("read", READINGS)
def test_a_message_is_read_for_how_it_is_worded(read: Callable[[str], object]) -> None:
    """What is asked, of whom and for how much shows in the words around the subject."""
    assert {text: read(text) for text in READINGS[read]} == READINGS[read]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "i have a psoas bleed. what causes it, how is it found and how long does it last?",
            ["i have a psoas bleed. what causes it", "how is it found", "how long does it last"],
        ),
        ("What is it? What causes it?", ["What is it", "What causes it"]),
        ("is it serious or can it wait", []),
        ("where there is no MRI, what do they do?", []),
        (
            "how is it treated, and also whether it comes back",
            ["how is it treated", "also whether it comes back"],
        ),
        ("I don't know what it is. What are the signs?", []),
        (
            "My aunt had it years ago and nobody in the family can say what it was, although we "
            "all asked her back then. What causes such a bleed, and how is it treated?",
            ["What causes such a bleed", "how is it treated"],
        ),
    ],
)
def test_the_questions_of_a_message_are_told_apart(text: str, parts: list[str]) -> None:
    """A message with two or three questions is cut into them; any other stays whole."""
    found = [text[start:end].strip(" ,.?").removeprefix("and ") for start, end in parts_of(text)]
    assert found == parts
