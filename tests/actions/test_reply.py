"""A reply: one message, with source and disclaimer by construction."""

import json
from dataclasses import replace

import pytest

from actions.reply import Line, Reply, Role, Texts, cited, lines_of
from knowledge_base.articles import load_articles
from knowledge_base.outcome import Outcome

BLEED = lines_of(Role.PASSAGE, "A bleed.")
SOURCE = lines_of(Role.SOURCE, "Source: a title.")
DISCLAIMER = lines_of(Role.DISCLAIMER, "Ask a doctor.")
SOURCES = {article.source.id: article.source for article in load_articles()}


@pytest.mark.parametrize("ending", [(), SOURCE, DISCLAIMER], ids=["none", "source", "disclaimer"])
@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_nothing_medical_can_be_said_without_source_and_disclaimer(
    ending: tuple[Line, ...], blank: str
) -> None:
    """No mistake in the code can send a patient a bare medical text."""
    others = [*lines_of(Role.SOURCE, blank), *lines_of(Role.DISCLAIMER, blank)]
    with pytest.raises(ValueError, match="source line and its disclaimer"):
        Reply(Outcome.ANSWER, (*BLEED, *ending, *others))


def test_source_and_disclaimer_end_the_text(texts: Texts) -> None:
    """On every channel the text alone is complete."""
    spinal = SOURCES["spinal"]
    said = cited(Outcome.ANSWER, BLEED, texts, (spinal,), "Beware.").text.split("\n")
    assert said[:2] == ["A bleed.", "Beware."]
    assert spinal.title in said[2]
    assert said[3:] == [spinal.disclaimer]


@pytest.mark.parametrize(
    "lines", [("a", "", "b"), ("a\n\nb",), ("a\n \n\n", "b\n"), ("\n\na", "b\n\n\n")]
)
def test_no_blank_line_is_ever_said(lines: tuple[str, ...]) -> None:
    """A channel that cuts at blank lines cannot cut off the disclaimer."""
    assert Reply(Outcome.SMALLTALK, lines_of(Role.PLAIN, *lines)).text == "a\nb"


def test_what_rasa_carries_is_the_same_reply_at_the_channel(texts: Texts) -> None:
    """Nothing is guessed on the way; what is not ours is plain words, and kept as it is."""
    buttons = ({"title": "More", "payload": "/ask_more"},)
    reply = cited(
        Outcome.ANSWER, BLEED, texts, (SOURCES["spinal"],), "Beware.", buttons, intent="a"
    )
    carried = json.loads(json.dumps(reply.to_message()))
    assert Reply.from_message(carried) == reply
    assert "roles" not in reply.public()["custom"]
    foreign = Reply.from_message({"text": "One.\n\nTwo."})
    assert foreign.public() == {"text": "One.\n\nTwo.", "custom": {"outcome": "smalltalk"}}


def test_a_source_is_cited_with_what_it_states_and_a_shared_disclaimer_once(texts: Texts) -> None:
    """A patient can look each source up, nothing is made up, and no warning is read twice."""
    sources = [SOURCES[name] for name in ("spinal", "ossified", "iliopsoas_case")]
    reply = cited(Outcome.ANSWER, BLEED, texts, tuple(sources))
    line, disclaimer = reply.part(Role.SOURCE), reply.part(Role.DISCLAIMER)
    assert all(source.title in line for source in sources)
    assert all(part in line for part in (sources[0].publisher, sources[0].published))
    assert "not stated" not in line
    assert disclaimer.count(SOURCES["ossified"].disclaimer) == 1
    assert SOURCES["spinal"].disclaimer in disclaimer
    # What stands in a title or in a name is text, never a placeholder.
    assert "{0}" in texts("not_found", missing="{0}")
    braces = replace(SOURCES["spinal"], title="A {curious} title")
    assert "A {curious} title" in cited(Outcome.ANSWER, BLEED, texts, (braces,)).text
