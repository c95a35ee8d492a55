"""An answer becomes one text that Twilio takes, with nothing lost that must not be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging.fitting import CannotFitError, Words
from bot.channels.messaging.message import Outgoing
from bot.channels.messaging.whatsapp_text import whatsapp_text
from bot.channels.twilio_whatsapp.transport import BODY, TwilioTransport
from bot.settings import load_settings
from tests.bot.channels.twilio_whatsapp.fake_twilio import FakeTwilio

WORDS = Words("Reply MORE to read the rest.", "Here is the rest.", "Reply with a number:", "Next?")
LAST = ("Source: A title, a journal, 2020.", "This is for information. It is no medical advice.")

sentences = st.lists(
    st.text(alphabet="abcdé 好\U0001f9b4", min_size=1, max_size=200)
    .map(str.strip)
    .filter(bool)
    .map(lambda said: f"S{said}."),
    min_size=1,
    max_size=6,
).map(" ".join)
passages = st.lists(sentences, min_size=1, max_size=10).map(
    lambda lines: [lines[0], *(f"- {line}" for line in lines[1:])]
)
titles = st.lists(
    st.text(alphabet="abc好\U0001f9b4\n ", min_size=1, max_size=60).filter(str.strip), max_size=10
)


@pytest.fixture(scope="module")
def transport() -> TwilioTransport:
    """A transport; composing needs no connection."""
    return TwilioTransport(load_settings(FakeTwilio().settings()), "/status")


def units(text: str) -> int:
    """Characters as UTF-16 counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def answer(lines: list[str], titles: list[str]) -> Outgoing:
    """An answer of passages, with source and disclaimer."""
    buttons = tuple({"title": t, "payload": f"/p{n}"} for n, t in enumerate(titles))
    return Outgoing("\n".join([*lines, *LAST]), buttons, last_lines=len(LAST))


@settings(deadline=None)
@given(passages, titles)
def test_every_answer_fits_with_source_disclaimer_and_choices(
    transport: TwilioTransport, lines: list[str], titles: list[str]
) -> None:
    """Whatever is said, Twilio takes it, and nothing that must be in it is missing."""
    wire, rest = transport.compose(answer(lines, titles), WORDS)
    body = wire["text"]
    assert units(body) <= BODY
    said, _, choices = body.partition(f"\n{WORDS.choose}\n")
    assert said.split("\n")[-2:] == list(LAST)
    shown = choices.split("\n") if choices else []
    expected = [f"{n} {' '.join(title.split())}" for n, title in enumerate(titles, 1)]
    assert shown == expected[: len(shown)]
    # A few short choices are all shown; the numbers never push out the answer.
    if sum(units(line) + 1 for line in expected) < 400:
        assert shown == expected
    assert (WORDS.more in said) == (rest is not None)


@settings(deadline=None)
@given(passages)
def test_no_sentence_is_cut_and_none_is_lost(transport: TwilioTransport, lines: list[str]) -> None:
    """Answer and rest together hold every sentence once, in its order, and none in halves."""
    rest: Outgoing | None = answer(lines, [])
    said: list[str] = []
    while rest is not None:
        wire, rest = transport.compose(rest, WORDS)
        kept = [line for line in wire["text"].split("\n") if line not in (*LAST, *_around())]
        said += [part for line in kept for part in _sentences(line)]
    assert said == [part for line in lines for part in _sentences(line)]


def _around() -> tuple[str, str]:
    return WORDS.more, WORDS.rest


def _sentences(line: str) -> list[str]:
    return re.split(r"(?<=\.)\s+", line.removeprefix("- "))


def test_a_short_answer_stays_as_it_is(transport: TwilioTransport) -> None:
    """Most answers are sent as they are, with their choices as numbers."""
    wire, rest = transport.compose(answer(["It is **rare**."], ["Causes", "Tests"]), WORDS)
    lines = ["It is *rare*.", *LAST, WORDS.choose, "1 Causes", "2 Tests"]
    assert wire == {"text": "\n".join(lines)}
    assert rest is None


def test_the_rest_keeps_its_marks(transport: TwilioTransport) -> None:
    """What was bold is bold in the rest too: marks are turned into WhatsApp's only once."""
    lines = ["A. " * 300, *(f"- **Bold** {'word ' * 60}." for _ in range(5))]
    _, rest = transport.compose(answer(lines, []), WORDS)
    assert rest is not None
    wire, _ = transport.compose(rest, WORDS)
    assert "*Bold*" in wire["text"]
    assert "_Bold_" not in wire["text"]


@settings(deadline=None)
@given(st.text("a \\n*_~`#[]()!\\\\+-", max_size=60) | st.text(max_size=60))
def test_whatsapps_marks_are_never_longer_than_markdowns(text: str) -> None:
    """What fits before the marks are turned into WhatsApp's still fits after."""
    linked = f"{text}[{text}](https://clinic.example/{text})"
    for said in (text, linked):
        assert units(whatsapp_text(said)) <= units(said)


def test_characters_of_two_units_count_double(transport: TwilioTransport) -> None:
    """An answer full of signs that may count double is shortened in time."""
    lines = [("\U0001f9b4" * 50 + ". ") * 10 for _ in range(3)]
    wire, rest = transport.compose(answer(lines, []), WORDS)
    assert units(wire["text"]) <= BODY
    assert rest is not None


def test_one_endless_sentence_is_not_cut(transport: TwilioTransport) -> None:
    """Rather no answer than half a sentence: the courier says kind words instead."""
    with pytest.raises(CannotFitError):
        transport.compose(answer(["x" * 2000], []), WORDS)
