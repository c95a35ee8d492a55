"""Markdown becomes WhatsApp's marks, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.messaging.whatsapp_text import whatsapp_text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**bold** and __bold__", "*bold* and *bold*"),
        ("*slanted* words", "_slanted_ words"),
        ("**bold with *slanted* inside**", "*bold with _slanted_ inside*"),
        ("# A heading", "*A heading*"),
        ("* one\n+ two\n- three", "- one\n- two\n- three"),
        ("[a title](https://a.example/x)", "a title (https://a.example/x)"),
        (r"5 \* 3 \_ 2", "5 * 3 _ 2"),
        ("Source: A *B* study, 2020 (INR > 3).", "Source: A _B_ study, 2020 (INR > 3)."),
        ("**not\nbold**", "**not\nbold**"),
        ("#\nnot a heading", "#\nnot a heading"),
    ],
)
def test_marks_become_those_of_whatsapp(markdown: str, shown: str) -> None:
    """A patient sees bold words, not stars."""
    assert whatsapp_text(markdown) == shown


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("ab *_~#+-[](!)\\\n.https:/"), max_size=60) | st.text(max_size=60))
@example("[a](https://b\n\nc)")
@example("# a\n\nb")
def test_it_never_makes_a_text_longer_nor_moves_a_line(markdown: str) -> None:
    """What fits before fits after, and the last lines stay the last lines."""
    shown = whatsapp_text(markdown)
    assert len(shown) <= len(markdown)
    assert shown.count("\n") == markdown.count("\n")
