"""A long answer is shortened between sentences, and keeps what must be in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging.fitting import CannotFitError, Words, fitted, numbers
from bot.channels.messaging.message import Outgoing

WORDS = Words("Reply MORE.", "Here is the rest.", "Reply with a number:", "What next?")
LAST = ("A note.", "Source: a title.", "Not advice.")

sentences = st.lists(
    st.integers(1, 60).map(lambda length: "x" * length)
    | st.text("abc é好", min_size=1, max_size=60).map(str.strip).filter(bool),
    min_size=1,
    max_size=8,
).map(lambda said: " ".join(f"S{words}." for words in said))
passages = st.lists(sentences, min_size=1, max_size=8).map(
    lambda lines: [lines[0], *(f"- {line}" for line in lines[1:])]
)


def answer(lines: list[str], buttons: int = 0) -> Outgoing:
    """An answer with source and disclaimer."""
    offered = tuple({"title": f"T{n}", "payload": f"/p{n}"} for n in range(buttons))
    return Outgoing("\n".join([*lines, *LAST]), offered, last_lines=len(LAST))


def parts_of(message: Outgoing, limit: int) -> list[Outgoing]:
    """All messages that a person who always replies MORE gets."""
    parts: list[Outgoing] = []
    rest: Outgoing | None = message
    while rest is not None:
        now, rest = fitted(rest, limit, WORDS)
        parts.append(now)
        assert len(parts) < 1000, "MORE never ends"
    return parts


def said_in(part: Outgoing) -> list[str]:
    """The sentences of a part, without what stands around them."""
    around = (*LAST, WORDS.more, WORDS.rest)
    lines = [line for line in part.text.split("\n") if line not in around]
    return [s for line in lines for s in re.split(r"(?<=\.)\s+", line.removeprefix("- "))]


@settings(deadline=None)
@given(passages, st.integers(160, 600))
def test_all_parts_fit_and_hold_every_sentence_once(lines: list[str], limit: int) -> None:
    """Who replies MORE to the end has read all of the answer, once and in its order."""
    parts = parts_of(answer(lines), limit)
    assert all(len(part.text) <= limit for part in parts)
    assert [s for part in parts for s in said_in(part)] == [
        s for line in lines for s in re.split(r"(?<=\.)\s+", line.removeprefix("- "))
    ]


@settings(deadline=None)
@given(passages, st.integers(160, 600))
def test_every_part_ends_in_note_source_and_disclaimer(lines: list[str], limit: int) -> None:
    """No part of an answer travels without them, and each but the last tells how to go on."""
    parts = parts_of(answer(lines), limit)
    for part in parts:
        assert tuple(part.text.split("\n")[-len(LAST) :]) == LAST
        assert part.last_lines == len(LAST)
    assert [WORDS.more in part.text for part in parts] == [True] * (len(parts) - 1) + [False]


def test_an_answer_that_fits_is_left_alone() -> None:
    """Most answers are sent as they are, up to the last character."""
    message = answer(["It is rare."], buttons=2)
    assert fitted(message, len(message.text), WORDS) == (message, None)


def test_it_is_shortened_between_passages_first() -> None:
    """The lead is kept whole, and the passages that fit."""
    message = answer(["Lead. Two.", "- One. " + "x" * 40, "- Two. " + "y" * 40])
    now, rest = fitted(message, 130, WORDS)
    assert now.text.split("\n")[:2] == ["Lead. Two.", "- One. " + "x" * 40]
    assert rest is not None
    assert rest.text.split("\n")[:2] == [WORDS.rest, "- Two. " + "y" * 40]


def test_a_lone_passage_is_shortened_between_sentences() -> None:
    """A paragraph too long by itself ends after a sentence, and goes on with the next."""
    message = answer(["First one! Second one? Third one. " + "x" * 60])
    now, rest = fitted(message, 100, WORDS)
    assert now.text.split("\n")[0] == "First one! Second one? Third one."
    assert rest is not None
    assert rest.text.split("\n")[1] == "x" * 60


def test_the_choices_stay_with_both_parts() -> None:
    """What can be asked next can be asked after either part."""
    message = answer(["One. " + "x" * 90 + ".", "- " + "y" * 90 + "."], buttons=2)
    now, rest = fitted(message, 170, WORDS)
    assert rest is not None
    assert now.buttons == rest.buttons == message.buttons


def test_a_long_passage_of_a_rest_goes_on_and_on() -> None:
    """MORE always brings something new, and comes to an end."""
    message = answer(["Lead.", "- " + " ".join(f"Sentence {n} of many." for n in range(20))])
    parts = parts_of(message, 120)
    assert len({part.text for part in parts}) == len(parts)
    assert WORDS.more not in parts[-1].text


@pytest.mark.parametrize("text", ["x" * 200, f"Short. {'x' * 200}"], ids=["first", "second"])
def test_one_endless_sentence_does_not_fit(text: str) -> None:
    """A sentence is never cut: if the first one does not fit, the caller must know."""
    with pytest.raises(CannotFitError):
        parts_of(answer([text]), 100)


@pytest.mark.parametrize("limit", [10, 0, -5])
def test_what_must_stay_in_is_never_dropped_to_fit(limit: int) -> None:
    """Rather no answer than one without its disclaimer."""
    with pytest.raises(CannotFitError):
        fitted(answer(["Short."]), limit, WORDS)
    with pytest.raises(CannotFitError):
        fitted(Outgoing("\n".join(LAST), last_lines=len(LAST)), limit, WORDS)


def test_choices_are_numbered_from_one() -> None:
    """The number a person sends is the one they see."""
    assert numbers(answer(["a"], buttons=2), WORDS.choose) == "\nReply with a number:\n1 T0\n2 T1"
    assert numbers(answer(["a"]), WORDS.choose) == ""
