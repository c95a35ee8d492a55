"""Replies as the lines of a terminal: nothing cut, and easy to read."""

from __future__ import annotations

import pytest

from bot.terminal import rendered

REPLY = {
    "text": "A bleed near the spine.\n"
    "- Losing some control of the bladder or bowel is a common sign of it.\n"
    'Source: "Spinal Hematoma", at https://clinic.example/an/address/longer/than/a/line, 2023.\n'
    "Seek quick medical attention.",
    "buttons": [{"title": "Tell me more", "payload": "/ask_more"}],
    "custom": {"disclaimer": "Seek quick medical attention."},
}


@pytest.mark.parametrize("width", [20, 33, 200])
def test_nothing_is_lost_at_any_width(width: int) -> None:
    """Every letter of the reply is there, and no line is wider than the terminal."""
    lines = rendered(REPLY, width, before=3)
    assert all(len(line) <= width for line in lines)
    words = f"Bot: {REPLY['text']} 4. Tell me more"
    assert "".join("".join(lines).split()) == "".join(words.split())
