"""Answers in WhatsApp's form: within Meta's limits, whole, and with all that must not be lost."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging.fitting import CannotFitError, Words
from bot.channels.messaging.message import Outgoing, Wire
from bot.channels.whatsapp.wire import compose
from tests.bot.channels.whatsapp.graph_limits import problem_with

WORDS = Words("Reply MORE to read the rest.", "The rest:", "Reply with a number:", "What next?")
SOURCE = "Source: Spinal hematoma (J. Doe, 2020)."
DISCLAIMER = "This is not medical advice. Ask your doctor."
ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234"}


def answer(*passages: str, buttons: Sequence[tuple[str, str]] = ()) -> Outgoing:
    """An answer with source and disclaimer."""
    return Outgoing(
        "\n".join([*passages, SOURCE, DISCLAIMER]),
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
    wire, rest = compose(answer("**Bold** words."), WORDS)
    body = f"*Bold* words.\n{SOURCE}\n{DISCLAIMER}"
    assert wire == {"message": {"type": "text", "text": {"preview_url": False, "body": body}}}
    assert rest is None


@pytest.mark.parametrize(
    ("buttons", "length", "kind"),
    [
        (named(1), 10, "button"),
        (named(3), 10, "button"),
        (named(3, 20), 900, "button"),
        (named(3, 21), 10, "list"),
        (named(3), 1100, "list"),
        (named(4), 10, "list"),
        (named(10, 24), 10, "list"),
        ([("same", "/a"), ("same", "/b")], 10, "list"),
        ([("a", "/" + "x" * 250)], 10, "button"),
        ([("How do doctors find out what it is?", "/a")], 10, "list"),
        ([("word " * 19 + "end", "/a")], 10, "text"),
        ([("x" * 25, "/a")], 10, "text"),
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


def test_numbers_stand_below_the_disclaimer() -> None:
    """Where no buttons can be shown, the person can still choose."""
    wire, _ = compose(answer("x", buttons=named(11)), WORDS)
    lines = body_of(wire["message"]).split("\n")
    assert lines[:4] == ["x", SOURCE, DISCLAIMER, "Reply with a number:"]
    assert lines[4].startswith("1 0 ")
    assert len(lines) == 15


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


def test_the_rest_of_a_long_answer_comes_out_like_the_first_part() -> None:
    """What follows on MORE has its marks, its choices, its source and its disclaimer too."""
    passages = [f"- **Passage {n}** says *this*. " + "And more. " * 60 for n in range(12)]
    first, rest = compose(answer(*passages, buttons=named(3)), WORDS)
    assert rest is not None
    second, last = compose(rest, WORDS)
    assert last is None
    check(first)
    check(second)
    said = body_of(first["message"]) + body_of(second["message"])
    assert [f"*Passage {n}* says _this_." in said for n in range(12)] == [True] * 12
    assert "Reply MORE" in body_of(first["message"])


def test_an_answer_that_cannot_be_shortened_is_not_cut() -> None:
    """A sentence longer than all of Meta's room is never torn apart."""
    with pytest.raises(CannotFitError):
        compose(answer("x" * 5000), WORDS)


SENTENCE = st.lists(
    st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=".!?"), min_size=1)
    | st.sampled_from(["**bold**", "*it*", "__b__", "# x", "[a](https://b.example)", "\U0001fa78"]),
    min_size=1,
    max_size=30,
).map(lambda words: " ".join(words)[:300] + ".")


def written(sentences: list[str], lengths: list[int]) -> list[str]:
    """Make one passage of each length out of a few sentences."""
    said = itertools.cycle(sentences)
    passages = [" ".join(itertools.islice(said, length)) for length in lengths]
    return [passages[0], *(f"- {passage}" for passage in passages[1:])]


PASSAGES = st.builds(
    written,
    st.lists(SENTENCE, min_size=1, max_size=5),
    st.lists(st.integers(1, 12), min_size=1, max_size=12),
)
TITLE = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=110).filter(
    str.strip
)
BUTTON = st.tuples(
    st.sampled_from(["Spine", "Hip", "Which tests can show it?"]) | TITLE,
    st.sampled_from(["/a", "/b", "/c", "/d "]) | st.text("/abc{}", min_size=1, max_size=300),
)


@settings(max_examples=300, deadline=None)
@given(PASSAGES, st.lists(BUTTON, max_size=14))
def test_whatever_the_answer_every_part_is_one_that_meta_takes(
    passages: list[str], buttons: list[tuple[str, str]]
) -> None:
    """All limits hold, no sentence is cut, and no part lacks its source and disclaimer."""
    left: Outgoing | None = answer(*passages, buttons=buttons)
    parts = 0
    said = ""
    while left is not None:
        wire, left = compose(left, WORDS)
        check(wire)
        said += body_of(wire["message"]) + "\n"
        parts += 1
        assert parts < 30
    # Each sentence ends in a full stop, and holds no other: none may be missing or torn.
    plain = [re.sub(r"[^\w.]|_", "", text) for text in ("\n".join(passages), said)]
    wanted, got = ([s for s in text.split(".") if s] for text in plain)
    assert all(any(sentence in other for other in got) for sentence in wanted)
