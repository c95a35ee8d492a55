"""Makes an answer fit a platform's limit without cutting a sentence or losing its disclaimer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.channels.messaging.message import Outgoing

PASSAGE = "- "  # every passage but the leading one starts its line so

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class CannotFitError(ValueError):
    """What must not be left out is longer than the platform allows."""


@dataclass(frozen=True)
class Words:
    """What is said around an answer."""

    more: str  # how to get the rest
    rest: str  # leads the rest
    choose: str  # leads numbered choices
    menu: str  # the title of a menu of choices


def fitted(message: Outgoing, limit: int, words: Words) -> tuple[Outgoing, Outgoing | None]:
    """Shorten a message's text to a limit of characters, between passages, then sentences.

    The last lines (note, source and disclaimer) stay in both parts: what to send now, and what
    is left for later, if anything.

    Raises:
        CannotFitError: even the shortest form is too long.
    """
    if len(message.text) <= limit:
        return message, None
    lines = message.text.split("\n")
    # The line that leads a rest is no passage: alone, it would bring the same rest for ever.
    start = int(lines[0] == words.rest)
    end = len(lines) - message.last_lines
    lead, passages, last = lines[:start], lines[start:end], lines[end:]
    later: list[str] = []
    while passages:
        now = "\n".join([*lead, *passages, words.more, *last])
        if len(now) <= limit:
            rest = "\n".join([words.rest, *later, *last])
            return replace(message, text=now), replace(message, text=rest)
        _move_end(passages, later)
    raise CannotFitError(f"Not even one sentence fits into {limit} characters.")


def _move_end(passages: list[str], later: list[str]) -> None:
    """Move the last passage to what is said later; of the only one, its last sentence."""
    line = passages.pop()
    if passages:
        later.insert(0, line)
        return
    first, *others = _SENTENCE_END.split(line)
    if not others:
        return
    passages.append(" ".join([first, *others[:-1]]))
    if later and not later[0].startswith(PASSAGE):
        later[0] = f"{others[-1]} {later[0]}"
    else:
        later.insert(0, others[-1])


def with_choices(
    message: Outgoing, lead: str, most: int, length: Callable[[str], int] = len
) -> tuple[Outgoing, str]:
    """Return a message with its titles on one line each, and its choices as numbered lines.

    Choices that would make the lines longer than `most` are left out from the end, so that each
    number still stands for the same choice.
    """
    buttons = [{**button, "title": " ".join(button["title"].split())} for button in message.buttons]
    while True:
        numbered = [f"{number} {button['title']}" for number, button in enumerate(buttons, 1)]
        lines = "".join(f"\n{line}" for line in [lead, *numbered]) if buttons else ""
        if length(lines) <= most:
            return replace(message, buttons=tuple(buttons)), lines
        buttons.pop()
