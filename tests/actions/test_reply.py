"""A reply: one message, with source and disclaimer by construction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.reply import CitedReply, Reply, Texts, cite
from knowledge_base.articles import load_articles
from knowledge_base.outcome import Outcome

CITED = CitedReply(
    Outcome.ANSWER, ("A bleed.",), (), source_line="Source: a title.", disclaimer="Ask a doctor."
)
SOURCES = {article.source.id: article.source for article in load_articles()}


@pytest.mark.parametrize("field", ["source_line", "disclaimer"])
@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_nothing_medical_can_be_said_without_source_and_disclaimer(field: str, value: str) -> None:
    """No mistake in the code can send a patient a bare medical text."""
    with pytest.raises(ValueError, match="source line and its disclaimer"):
        replace(CITED, **{field: value})


def test_source_and_disclaimer_end_the_text() -> None:
    """On every channel the text alone is complete."""
    assert CITED.text() == "A bleed.\nSource: a title.\nAsk a doctor."


@pytest.mark.parametrize(
    "lines", [("a", "", "b"), ("a\n\nb",), ("a\n \n\n", "b\n"), ("\n\na", "b\n\n\n")]
)
def test_no_blank_line_is_ever_said(lines: tuple[str, ...]) -> None:
    """A channel that cuts at blank lines cannot cut off the disclaimer."""
    assert Reply(Outcome.SMALLTALK, lines).text() == "a\nb"
    text = replace(CITED, lines=lines).text()
    assert text == "a\nb\nSource: a title.\nAsk a doctor."


def test_a_source_is_cited_with_what_it_states_and_a_shared_disclaimer_once(texts: Texts) -> None:
    """A patient can look each source up, nothing is made up, and no warning is read twice."""
    sources = [SOURCES[name] for name in ("spinal", "ossified", "iliopsoas_case")]
    line, disclaimer = cite(texts, sources)
    assert all(source.title in line for source in sources)
    assert all(part in line for part in (sources[0].publisher, sources[0].published))
    assert "not stated" not in line
    assert disclaimer.count(SOURCES["ossified"].disclaimer) == 1
    assert SOURCES["spinal"].disclaimer in disclaimer
    # What stands in a title or in a name is text, never a placeholder.
    assert "{0}" in texts("not_found", missing="{0}")
    braces = replace(SOURCES["spinal"], title="A {curious} title")
    assert "A {curious} title" in cite(texts, (braces,))[0]
