"""From Markdown, as articles and responses may hold it, to what WhatsApp shows.

WhatsApp's marks: https://faq.whatsapp.com/539178204879377 (bold is one star, links are bare).
"""

from __future__ import annotations

import re

_BOLD = "\x01"  # kept apart from the star of Markdown's italics until the end
_RULES = tuple(
    (re.compile(pattern, re.MULTILINE), said)
    for pattern, said in (
        (r"!?\[([^\]]*)\]\((https?://[^)\s]+)[^)\n]*\)", r"\1 (\2)"),
        (r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", rf"{_BOLD}\1{_BOLD}"),
        (r"\*\*(?=\S)(.+?)(?<=\S)\*\*", rf"{_BOLD}\1{_BOLD}"),
        (r"__(?=\S)(.+?)(?<=\S)__", rf"{_BOLD}\1{_BOLD}"),
        (r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])", r"_\1_"),
        (r"~~(?=\S)(.+?)(?<=\S)~~", r"~\1~"),
        (r"^([ \t]*)[*+][ \t]+", r"\1- "),
        (r"\\([*_~`#\[\]()\\-])", r"\1"),
    )
)


def whatsapp_text(markdown: str) -> str:
    """Return the text with WhatsApp's marks in place of Markdown's."""
    text = markdown
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    return text.replace(_BOLD, "*")
