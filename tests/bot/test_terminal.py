"""Replies as the lines of a terminal: nothing cut, and easy to read."""

from __future__ import annotations

import pytest

from bot.terminal import rendered

REPLY = {
    "text": "A bleed near the spine.\n"
    "- Losing some control of the bladder or bowel is a common sign of it.\n"
    "- Weak legs.\n"
    'Source: "Spinal Hematoma", somebody, 2023.\n'
    "Seek quick medical attention.",
    "buttons": [{"title": "Tell me more", "payload": "/ask_more"}],
    "custom": {"disclaimer": "Seek quick medical attention."},
}


@pytest.mark.parametrize("width", [20, 33, 40, 80, 200])
def test_nothing_is_lost_at_any_width(width: int) -> None:
    """Every word of the reply is there, and no line is wider than the terminal."""
    lines = rendered(REPLY, width)
    assert all(len(line) <= width for line in lines)
    words = f"Bot: {REPLY['text']} 1. Tell me more".split()
    assert " ".join(lines).split() == words


def test_an_address_longer_than_a_line_is_whole() -> None:
    """Broken where there is no other way, it still holds all its letters."""
    address = "https://clinic.example/" + "a-b/" * 30
    lines = rendered({"text": f"Read it at {address} today."}, 40)
    assert all(len(line) <= 40 for line in lines)
    assert address in "".join(line.strip() for line in lines)


def test_parts_are_set_apart() -> None:
    """Bullets hang, and source and choices stand by themselves."""
    assert rendered(REPLY, 40) == [
        "Bot: A bleed near the spine.",
        "     - Losing some control of the",
        "       bladder or bowel is a common sign",
        "       of it.",
        "     - Weak legs.",
        "",
        '     Source: "Spinal Hematoma",',
        "     somebody, 2023.",
        "     Seek quick medical attention.",
        "",
        "     1. Tell me more",
    ]


def test_choices_of_a_second_message_count_on() -> None:
    """Each number stands for one choice, also where a turn has two messages."""
    assert rendered(REPLY, 80, before=3)[-1] == "     4. Tell me more"


def test_payloads_are_not_shown() -> None:
    """Staff see what patients see."""
    assert "/ask" not in "".join(rendered(REPLY, 80))
