"""Answers in WhatsApp's form: within Meta's limits, whole, and with all that must not be lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Outgoing, Wire
from bot.channels.whatsapp.wire import compose
from tests.bot.channels.whatsapp.graph_limits import problem_with

WORDS = Words("Reply MORE to read the rest.", "The rest:", "Reply with a number:", "What next?")
SOURCE = "Source: Spinal hematoma (J. Doe, 2020)."
DISCLAIMER = "This is not medical advice. Ask your doctor."
ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234"}


def answer(text: str, buttons: Sequence[tuple[str, str]] = ()) -> Outgoing:
    """An answer with source and disclaimer."""
    return Outgoing(
        f"{text}\n{SOURCE}\n{DISCLAIMER}",
        tuple({"title": title, "payload": payload} for title, payload in buttons),
        last_lines=2,
    )


def body_of(message: dict[str, Any]) -> str:
    """Return what the person reads."""
    kind = message["type"]
    text: str = (
        message["interactive"]["body"]["text"] if kind != "text" else message["text"]["body"]
    )
    return text


def check(wire: Wire) -> None:
    """Let the fake Meta look at every form of it."""
    for message in wire.values():
        assert problem_with({**ENVELOPE, **message}) is None
        assert SOURCE in body_of(message)
        assert DISCLAIMER in body_of(message)
    assert ("plain" in wire) == (wire["message"]["type"] == "interactive")


def named(count: int, length: int = 12) -> list[tuple[str, str]]:
    """Return so many buttons with titles of such a length."""
    return [(f"{n} ".ljust(length, "x"), f"/ask_{n}") for n in range(count)]


def test_words_alone_are_a_text_without_a_preview() -> None:
    """A link in an answer is not fetched by anybody for a picture."""
    wire, rest = compose(answer("Bold words."), WORDS)
    body = f"Bold words.\n{SOURCE}\n{DISCLAIMER}"
    assert wire == {"message": {"type": "text", "text": {"preview_url": False, "body": body}}}
    assert rest is None


@pytest.mark.parametrize(
    ("buttons", "length", "kind"),
    [
        (named(1), 10, "button"),
        (named(3, 20), 900, "button"),
        (named(3, 21), 10, "list"),
        (named(3), 1100, "list"),
        (named(10, 24), 10, "list"),
        ([("same", "/a"), ("same", "/b")], 10, "list"),
        ([("a", "/" + "x" * 250)], 10, "button"),
        ([("word " * 19 + "end", "/a")], 10, "text"),
        ([("a", "/" + "x" * 256)], 10, "text"),
        ([("a", "/same"), ("b", "/same")], 10, "text"),
        ([("a", "/ends with a space ")], 10, "text"),
        (named(11), 10, "text"),
    ],
)
def test_buttons_take_the_best_form_that_fits(
    buttons: list[tuple[str, str]], length: int, kind: str
) -> None:
    """Buttons where Meta takes them, else a list, else numbers."""
    wire, rest = compose(answer("x" * length + ".", buttons=buttons), WORDS)
    message = wire["message"]
    assert message.get("interactive", message)["type"] == kind
    assert rest is None
    check(wire)


def test_a_long_title_goes_on_below_it() -> None:
    """No word of a choice is lost when its title is too long."""
    wire, _ = compose(answer("x", buttons=[("How do doctors find out what it is?", "/a")]), WORDS)
    (section,) = wire["message"]["interactive"]["action"]["sections"]
    assert section["rows"] == [
        {"id": "/a", "title": "How do doctors find out", "description": "what it is?"}
    ]


def test_the_plain_form_says_the_same() -> None:
    """Should Meta not take the buttons, the person gets the same words and the same choices."""
    wire, _ = compose(answer("Hello.", buttons=[("Spine", "/a"), ("Hip", "/b")]), WORDS)
    assert wire["plain"]["text"]["body"] == (
        body_of(wire["message"]) + "\nReply with a number:\n1 Spine\n2 Hip"
    )


def test_a_menu_too_long_to_show_becomes_numbers() -> None:
    """A translated menu title cannot make Meta turn the answer down."""
    words = Words("Reply MORE.", "The rest:", "Reply with a number:", "What do you want to know?")
    wire, _ = compose(answer("x", buttons=named(4)), words)
    assert wire["message"]["type"] == "text"


TITLE = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=110).filter(
    str.strip
)
BUTTON = st.tuples(
    st.sampled_from(["Spine", "Hip", "Which tests can show it?"]) | TITLE,
    st.sampled_from(["/a", "/b", "/c", "/d "]) | st.text("/abc{}", min_size=1, max_size=300),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(BUTTON, max_size=14))
def test_whatever_the_choices_meta_takes_the_message(buttons: list[tuple[str, str]]) -> None:
    """All limits hold, and the message has its source and disclaimer."""
    check(compose(answer("x", buttons=buttons), WORDS)[0])
