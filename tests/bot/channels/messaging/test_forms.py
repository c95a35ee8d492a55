"""Answers in the form of each platform: within its limits, whole, and with what must be in them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.reply import Reply, Role, lines_of
from bot.channels.messaging.fitting import CannotFitError, Words, fitted
from bot.channels.messaging.message import Wire
from bot.channels.twilio_whatsapp.transport import TwilioTransport
from bot.channels.whatsapp import wire as meta
from knowledge_base.outcome import Outcome
from tests.bot.channels.whatsapp.fake_graph import problem_with

WORDS = Words("Reply MORE.", "Here is the rest.", "Reply with a number:", "What next?")
LAST = ("A note.", "Source: a title.", "Not advice.")
ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234"}
Titles = list[tuple[str, str]]  # with the payload of each


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
TWILIO = Way(TwilioTransport.compose, lambda wire: str(wire["text"]), 1600)
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


def answer(lines: list[str], buttons: Titles | None = None) -> Reply:
    """An answer with note, source and disclaimer."""
    offered = tuple({"title": title, "payload": payload} for title, payload in buttons or ())
    ending = zip(LAST, (Role.NOTE, Role.SOURCE, Role.DISCLAIMER), strict=True)
    last = [line for text, role in ending for line in lines_of(role, text)]
    return Reply(Outcome.ANSWER, (*lines_of(Role.PASSAGE, *lines), *last), offered)


def titled(count: int, length: int = 12) -> Titles:
    return [(f"{n} ".ljust(length, "x"), f"/ask_{n}") for n in range(count)]


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
    message = answer(["Lead. Two.", "- One. " + "x" * 40, "- Two. " + "y" * 40], titled(1))
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
    wire, _ = way.compose(
        answer(["It is rare. " * 20], [(title, title) for title in titles]), WORDS
    )
    said, _, choices = way.text(wire).partition(f"\n{WORDS.choose}\n")
    assert said.startswith("It is rare. It is rare.")
    shown = choices.split("\n")
    assert shown == [f"{n} {title}" for n, title in enumerate(titles[: len(shown)], 1)]
    assert len(shown) < len(titles)


def check(wire: Wire) -> None:
    """Let the fake Meta look at every form of it."""
    for message in wire.values():
        assert problem_with({**ENVELOPE, **message}) is None
        # No link in an answer is fetched by anybody for a picture.
        assert not message.get("text", {}).get("preview_url")
        body = message.get("text") or message["interactive"]["body"]
        assert "\n".join(LAST) in body.get("body", body.get("text"))
    assert ("plain" in wire) == (wire["message"]["type"] == "interactive")


@pytest.mark.parametrize(
    ("buttons", "length", "kind"),
    [
        (titled(3, 20), 900, "button"),
        (titled(3, 21), 10, "list"),
        (titled(3), 1100, "list"),
        (titled(10, 24), 10, "list"),
        ([("word " * 19 + "end", "/a")], 10, "text"),
        ([("a", "/" + "x" * 256)], 10, "text"),
        ([("a", "/same"), ("b", "/same")], 10, "text"),
        (titled(11), 10, "text"),
    ],
)
def test_buttons_take_the_best_form_that_meta_takes(
    buttons: Titles, length: int, kind: str
) -> None:
    """Buttons where Meta takes them, else a list, else numbers."""
    wire, rest = meta.compose(answer(["x" * length + "."], buttons), WORDS)
    message = wire["message"]
    assert message.get("interactive", message)["type"] == kind
    assert rest is None
    check(wire)


def test_a_long_title_goes_on_below_it() -> None:
    """No word of a choice is lost when its title is too long."""
    title = "How do doctors find out what it is?"
    wire, _ = meta.compose(answer(["x"], [(title, "/a")]), WORDS)
    (section,) = wire["message"]["interactive"]["action"]["sections"]
    assert section["rows"] == [
        {"id": "/a", "title": "How do doctors find out", "description": "what it is?"}
    ]


TITLE = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=110).filter(
    str.strip
)
BUTTON = st.tuples(
    st.sampled_from(["Spine", "Hip", "Which tests can show it?"]) | TITLE,
    st.sampled_from(["/a", "/b", "/c", "/d "]) | st.text("/abc{}", min_size=1, max_size=300),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(BUTTON, max_size=14), st.sampled_from(["What next?", "What do you want to know?"]))
def test_whatever_the_choices_meta_takes_the_message(buttons: Titles, menu: str) -> None:
    """All limits hold, a menu's title included, and the message has source and disclaimer."""
    check(meta.compose(answer(["x"], buttons), replace(WORDS, menu=menu))[0])
