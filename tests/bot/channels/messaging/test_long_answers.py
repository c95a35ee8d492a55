"""A long answer is shortened between sentences, and keeps what must be in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging.fitting import CannotFitError, Words, fitted
from bot.channels.messaging.message import Outgoing, Wire
from bot.channels.twilio_whatsapp.transport import TwilioTransport
from bot.channels.whatsapp import wire as meta
from bot.settings import load_settings
from tests.bot.channels.twilio_whatsapp.fake_twilio import FakeTwilio

WORDS = Words("Reply MORE.", "Here is the rest.", "Reply with a number:", "What next?")
LAST = ("A note.", "Source: a title.", "Not advice.")


@dataclass(frozen=True)
class Way:
    """How a platform, or a plain limit, shortens answers.

    Attributes:
        compose: shortens.
        text: what the person reads, with the choices as numbers.
        limit: of the text, in units of two bytes.
    """

    compose: Callable[[Outgoing, Words], tuple[Wire, Outgoing | None]]
    text: Callable[[Wire], str]
    limit: int


def shortened(message: Outgoing, words: Words) -> tuple[Wire, Outgoing | None]:
    """Shorten to a limit at which little is left besides what must stay in."""
    now, rest = fitted(message, 300, words)
    return {"text": now.text}, rest


META = Way(meta.compose, lambda wire: wire.get("plain", wire["message"])["text"]["body"], 4096)
TWILIO = Way(
    TwilioTransport(load_settings(FakeTwilio().settings()), "/status").compose,
    lambda wire: str(wire["text"]),
    1600,
)
SMALL = Way(shortened, lambda wire: str(wire["text"]), 600)
ON_EACH = pytest.mark.parametrize("way", [META, TWILIO, SMALL], ids=["meta", "twilio", "small"])
ON_PLATFORMS = pytest.mark.parametrize("way", [META, TWILIO], ids=["meta", "twilio"])

sentences = st.lists(
    st.integers(1, 150).map(lambda length: "x" * length)
    | st.text("abc é好\U0001f9b4", min_size=1, max_size=60).map(str.strip).filter(bool),
    min_size=1,
    max_size=8,
).map(lambda said: " ".join(f"S{words}." for words in said))
passages = st.lists(sentences, min_size=1, max_size=10).map(
    lambda lines: [lines[0], *(f"- {line}" for line in lines[1:])]
)


def answer(lines: list[str], *titles: str) -> Outgoing:
    """An answer with note, source and disclaimer."""
    buttons = tuple({"title": title, "payload": f"/p{n}"} for n, title in enumerate(titles))
    return Outgoing("\n".join([*lines, *LAST]), buttons, last_lines=len(LAST))


def parts_of(way: Way, message: Outgoing) -> list[str]:
    """All messages that a person who always replies MORE gets."""
    parts: list[str] = []
    rest: Outgoing | None = message
    while rest is not None:
        wire, rest = way.compose(rest, WORDS)
        parts.append(way.text(wire))
        assert len(parts) < 1000, "MORE never ends"
    return parts


def sentences_in(text: str) -> list[str]:
    """The sentences of a text, without what stands around them."""
    lines = [line for line in text.split("\n") if line not in (*LAST, WORDS.more, WORDS.rest)]
    return [s for line in lines for s in re.split(r"(?<=\.)\s+", line.removeprefix("- "))]


@ON_EACH
@settings(deadline=None, max_examples=40)
@given(lines=passages)
def test_every_part_ends_in_note_source_and_disclaimer(way: Way, lines: list[str]) -> None:
    """No part of an answer travels without them, and each but the last tells how to go on."""
    parts = parts_of(way, answer(lines))
    for part in parts:
        assert len(part.encode("utf-16-le")) <= 2 * way.limit
        assert tuple(part.split("\n")[-len(LAST) :]) == LAST
    assert [WORDS.more in part for part in parts] == [True] * (len(parts) - 1) + [False]


@ON_EACH
@settings(deadline=None, max_examples=40)
@given(lines=passages)
def test_no_sentence_is_cut_and_none_is_lost(way: Way, lines: list[str]) -> None:
    """Who replies MORE to the end has read all of the answer, once and in its order."""
    parts = parts_of(way, answer(lines))
    assert sentences_in("\n".join(parts)) == sentences_in("\n".join(lines))


@pytest.mark.parametrize("text", ["x" * 5000, f"Short. {'x' * 5000}"], ids=["first", "second"])
@ON_EACH
def test_an_answer_that_cannot_be_shortened_is_not_cut(way: Way, text: str) -> None:
    """Rather no answer than half a sentence: the courier says kind words instead."""
    with pytest.raises(CannotFitError):
        parts_of(way, answer([text]))


@pytest.mark.parametrize("limit", [10, 0, -5])
def test_what_must_stay_in_is_never_dropped_to_fit(limit: int) -> None:
    """Rather no answer than one without its disclaimer."""
    for lines in (["Short."], []):
        with pytest.raises(CannotFitError):
            fitted(answer(lines), limit, WORDS)


def test_an_answer_that_fits_is_left_alone() -> None:
    """Most answers are sent as they are, up to the last character."""
    message = answer(["It is rare."], "Causes")
    assert fitted(message, len(message.text), WORDS) == (message, None)


def test_it_is_shortened_between_passages_first() -> None:
    """The lead is kept whole, and the passages that fit; the choices stay with both parts."""
    message = answer(["Lead. Two.", "- One. " + "x" * 40, "- Two. " + "y" * 40], "Causes")
    now, rest = fitted(message, 130, WORDS)
    assert now.text.split("\n")[:2] == ["Lead. Two.", "- One. " + "x" * 40]
    assert rest is not None
    assert rest.text.split("\n")[:2] == [WORDS.rest, "- Two. " + "y" * 40]
    assert now.buttons == rest.buttons == message.buttons


def test_a_lone_passage_is_shortened_between_sentences() -> None:
    """A paragraph too long by itself ends after a sentence, and goes on with the next."""
    now, rest = fitted(answer(["First one! Second one? Third one. " + "x" * 60]), 100, WORDS)
    assert now.text.split("\n")[0] == "First one! Second one? Third one."
    assert rest is not None
    assert rest.text.split("\n")[1] == "x" * 60


@ON_PLATFORMS
def test_choices_are_numbered_from_one(way: Way) -> None:
    """The number a person sends is the one they see."""
    wire, rest = way.compose(answer(["It is rare."], "Causes", "Tests\nand more"), WORDS)
    lines = ["It is rare.", *LAST, WORDS.choose, "1 Causes", "2 Tests and more"]
    assert way.text(wire).split("\n") == lines
    assert rest is None


@ON_PLATFORMS
def test_many_long_choices_do_not_push_out_the_answer(way: Way) -> None:
    """The last choices are left out, so that each number still stands for the same choice."""
    titles = [f"{'🦴' * 50} {n}" for n in range(40)]
    wire, _ = way.compose(answer(["It is rare. " * 20], *titles), WORDS)
    said, _, choices = way.text(wire).partition(f"\n{WORDS.choose}\n")
    assert said.startswith("It is rare. It is rare.")
    shown = choices.split("\n")
    assert shown == [f"{n} {title}" for n, title in enumerate(titles[: len(shown)], 1)]
    assert len(shown) < len(titles)
