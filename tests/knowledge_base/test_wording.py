"""Readings of how a question is worded."""

from __future__ import annotations

import pytest

from knowledge_base.wording import (
    asked_for,
    asks_for_a_list,
    asks_yes_or_no,
    aspect,
    defined_words,
    is_broad,
    parts_of,
    same_polarity,
    speaks_of_someone,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "what is a spinal hematoma and how is it treated",
            ["what is a spinal hematoma", "how is it treated"],
        ),
        ("What is it? What causes it?", ["What is it", "What causes it"]),
        (
            "i have a psoas bleed. what causes it, how is it found and how long does it last?",
            ["i have a psoas bleed. what causes it", "how is it found", "how long does it last"],
        ),
        ("is it rare and dangerous", []),
        ("does aspirin or warfarin cause it", []),
        ("is it serious or can it wait", []),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which tests are done", True),
        ("name the scans", True),
        ("what injuries can cause it", True),
        ("what causes it", False),
        ("what is it", False),
        ("which is worse", False),
    ],
)
def test_a_question_for_a_list_is_noticed(text: str, expected: bool) -> None:
    """Several things are told only to those who ask for several."""
    assert asks_for_a_list(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is it rare", True),
        ("So, can a fall cause it?", True),
        ("tell me, does it hurt", True),
        ("hello, are they dangerous?", True),
        ("what is it", False),
        ("how is it treated", False),
        ("my nan fell. can it cause one?", True),
        ("the woman, did she have an operation", True),
        ("so it's rare then?", True),
        ("is it this or that", False),
        ("is there a test and how is it done", False),
        ("island life", False),
        ("I know it is rare", False),
        ("", False),
    ],
)
def test_it_knows_a_yes_or_no_question(text: str, expected: bool) -> None:
    """Only a question that asks for yes or no may be answered with it."""
    assert asks_yes_or_no(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how long does it take to heal", "how_long"),
        ("how common is it in men", "how_often"),
        ("what size is dangerous", "how_many"),
        ("and why is that", "why"),
        ("which of the two is worse", "compare"),
        ("does a pill make your hearing worse", "whether"),
        ("where does it sit", "where"),
        ("tell me where it comes from", ""),
        ("when can she walk", "when"),
        ("who does the scan", "who"),
        ("can a cough set it off", "whether"),
        ("list the tests", ""),
    ],
)
def test_it_knows_what_a_question_asks_for(text: str, expected: str) -> None:
    """An honest no can say what the sources lack."""
    assert asked_for(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("can warfarin cause it", "can a blood thinner cause it", True),
        ("can warfarin cause it", "can warfarin not cause it", False),
        ("is it always serious", "is it serious", False),
        ("isn't it rare", "is it rare", False),
        ("cant it be cured", "can it be cured", False),
        ("is it never found", "is it not found", True),
        ("do you notice it", "does it show", True),
    ],
)
def test_it_notices_a_negation_on_one_side_only(one: str, other: str, expected: bool) -> None:
    """A "not" in the question never turns the bot's yes into its opposite."""
    assert same_polarity(one, other) is same_polarity(other, one) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what does laminectomy mean?", "laminectomy"),
        ("what is a laminectomy", "laminectomy"),
        ("define incontinence", "incontinence"),
        ("meaning of the word benign", "benign"),
        ("ok so what's an mri", "mri"),
        ("how is it treated", ""),
        ("what did the mri show in the case report", ""),
        ("laminectomy", ""),
    ],
)
def test_it_knows_which_word_is_to_be_explained(text: str, expected: str) -> None:
    """Asking what a word means gets that word explained."""
    assert defined_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what are the symptoms of a spinal hematoma", True),
        ("how is it treated", True),
        ("tell me about causes", True),
        ("signs of psoas bleed", True),
        ("how common is a spinal hematoma", False),
        ("can warfarin cause a spinal hematoma", False),
        ("why is ultrasound done first", False),
    ],
)
def test_it_tells_a_whole_topic_from_one_fact(text: str, expected: bool) -> None:
    """A broad question gets the list, a narrow one the sentence that answers it."""
    assert is_broad(text) is expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("can warfarin cause a spinal hematoma", "can warfarin cause"),
        ("does an iliopsoas hematoma hurt", "does hurt"),
        ("spinal hematoma", ""),
        ("how tall is the tower", "how tall is the tower"),
    ],
)
def test_the_aspect_is_what_is_left_without_the_condition(text: str, kept: str) -> None:
    """Two questions on one condition are told apart by what they ask of it."""
    assert aspect(text) == kept


@pytest.mark.parametrize(
    ("text", "someone"),
    [
        ("can I fly with it", True),
        ("should my mum stop the tablets", True),
        ("is she allowed to drive", True),
        ("is flying allowed with a spinal hematoma", False),
        ("normal platelet count", False),
    ],
)
def test_it_tells_whether_somebody_is_spoken_of(text: str, someone: bool) -> None:
    """A request for oneself or a relative is told from a question about nobody."""
    assert speaks_of_someone(text) is someone
