"""Answers in WhatsApp's form: within Meta's limits, whole, and with all that must not be lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.reply import Reply, Role, lines_of
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Wire
from bot.channels.whatsapp.wire import compose
from knowledge_base.outcome import Outcome
from tests.bot.channels.whatsapp.graph_limits import problem_with

WORDS = Words("Reply MORE to read the rest.", "The rest:", "Reply with a number:", "What next?")
SOURCE = "Source: Spinal hematoma (J. Doe, 2020)."
DISCLAIMER = "This is not medical advice. Ask your doctor."
ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234"}


def answer(text: str, buttons: Sequence[tuple[str, str]]) -> Reply:
    lines = (
        *lines_of(Role.PASSAGE, text),
        *lines_of(Role.SOURCE, SOURCE),
        *lines_of(Role.DISCLAIMER, DISCLAIMER),
    )
    offered = tuple({"title": title, "payload": payload} for title, payload in buttons)
    return Reply(Outcome.ANSWER, lines, offered)


def check(wire: Wire) -> None:
    """Let the fake Meta look at every form of it."""
    for message in wire.values():
        assert problem_with({**ENVELOPE, **message}) is None
        # No link in an answer is fetched by anybody for a picture.
        assert not message.get("text", {}).get("preview_url")
        body = message["text"] if "text" in message else message["interactive"]["body"]["text"]
        assert f"{SOURCE}\n{DISCLAIMER}" in (body if isinstance(body, str) else body["body"])
    assert ("plain" in wire) == (wire["message"]["type"] == "interactive")


def named(count: int, length: int = 12) -> list[tuple[str, str]]:
    return [(f"{n} ".ljust(length, "x"), f"/ask_{n}") for n in range(count)]


@pytest.mark.parametrize(
    ("buttons", "length", "kind"),
    [
        (named(3, 20), 900, "button"),
        (named(3, 21), 10, "list"),
        (named(3), 1100, "list"),
        (named(10, 24), 10, "list"),
        ([("word " * 19 + "end", "/a")], 10, "text"),
        ([("a", "/" + "x" * 256)], 10, "text"),
        ([("a", "/same"), ("b", "/same")], 10, "text"),
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


TITLE = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=110).filter(
    str.strip
)
BUTTON = st.tuples(
    st.sampled_from(["Spine", "Hip", "Which tests can show it?"]) | TITLE,
    st.sampled_from(["/a", "/b", "/c", "/d "]) | st.text("/abc{}", min_size=1, max_size=300),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(BUTTON, max_size=14), st.sampled_from(["What next?", "What do you want to know?"]))
def test_whatever_the_choices_meta_takes_the_message(
    buttons: list[tuple[str, str]], menu: str
) -> None:
    """All limits hold, a menu's title included, and the message has source and disclaimer."""
    check(compose(answer("x", buttons=buttons), replace(WORDS, menu=menu))[0])
