"""A long answer is shortened between sentences, and keeps what must be in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.reply import Reply, Role, lines_of
from bot.channels.messaging.fitting import CannotFitError, Words, fitted
from bot.channels.messaging.message import Wire
from bot.channels.twilio_whatsapp.transport import TwilioTransport
from bot.channels.whatsapp import wire as meta
from bot.settings import load_settings
from knowledge_base.outcome import Outcome
from tests.bot.channels.twilio_whatsapp.fake_twilio import FakeTwilio

WORDS = Words("Reply MORE.", "Here is the rest.", "Reply with a number:", "What next?")
LAST = ("A note.", "Source: a title.", "Not advice.")


@dataclass(frozen=True)
class Way:
    """How a platform, or a plain limit, shortens answers."""

    compose: Callable[[Reply, Words], tuple[Wire, Reply | None]]
    text: Callable[[Wire], str]  # as the person reads it, with the choices as numbers
    limit: int  # of the text, in units of two bytes


def shortened(message: Reply, words: Words) -> tuple[Wire, Reply | None]:
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


def answer(lines: list[str], *titles: str) -> Reply:
    buttons = tuple({"title": title, "payload": f"/p{n}"} for n, title in enumerate(titles))
    ending = zip(LAST, (Role.NOTE, Role.SOURCE, Role.DISCLAIMER), strict=True)
    last = [line for text, role in ending for line in lines_of(role, text)]
    return Reply(Outcome.ANSWER, (*lines_of(Role.PASSAGE, *lines), *last), buttons)


def parts_of(way: Way, message: Reply) -> list[str]:
    """All messages that a person who always replies MORE gets."""
    parts: list[str] = []
    rest: Reply | None = message
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
    # Who replies MORE to the end has read each sentence once and in its order.
    assert sentences_in("\n".join(parts)) == sentences_in("\n".join(lines))


@pytest.mark.parametrize("text", ["x" * 5000, f"Short. {'x' * 5000}"], ids=["first", "second"])
@ON_EACH
def test_an_answer_that_cannot_be_shortened_is_not_cut(way: Way, text: str) -> None:
    """Rather no answer than half a sentence: the courier says kind words instead."""
    with pytest.raises(CannotFitError):
        parts_of(way, answer([text]))


def test_it_is_shortened_between_passages_first() -> None:
    """The lead is kept whole, and the passages that fit; the choices stay with both parts.

    What fits is left alone, up to the last character.
    """
    message = answer(["Lead. Two.", "- One. " + "x" * 40, "- Two. " + "y" * 40], "Causes")
    assert fitted(message, len(message.text), WORDS) == (message, None)
    now, rest = fitted(message, 130, WORDS)
    assert now.text.split("\n")[:2] == ["Lead. Two.", "- One. " + "x" * 40]
    assert rest is not None
    assert rest.text.split("\n")[:2] == [WORDS.rest, "- Two. " + "y" * 40]
    assert now.buttons == rest.buttons == message.buttons


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
