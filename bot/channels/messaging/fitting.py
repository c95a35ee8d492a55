"""Makes an answer fit a platform's limit without cutting a sentence or losing its disclaimer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile

from actions.reply import ENDING, Line, Reply, Role, lines_of

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


def fitted(
    reply: Reply, limit: int, words: Words, length: Callable[[str], int] = len
) -> tuple[Reply, Reply | None]:
    """Shorten a reply's text to a limit of its length, between passages, then sentences.

    Note, source and disclaimer stay in both parts: what to send now, and what is left for later,
    if anything.

    Raises:
        CannotFitError: even the shortest form is too long.
    """
    if length(reply.text) <= limit:
        return reply, None
    # A lead is no passage: alone, it would bring the same rest for ever.
    lead = tuple(takewhile(lambda line: line.role is Role.LEAD, reply.lines))
    passages = [line for line in reply.lines[len(lead) :] if line.role not in ENDING]
    last = tuple(line for line in reply.lines if line.role in ENDING)
    more, rest = lines_of(Role.PLAIN, words.more), lines_of(Role.LEAD, words.rest)
    later: list[Line] = []
    while passages:
        now = replace(reply, lines=(*lead, *passages, *more, *last))
        if length(now.text) <= limit:
            return now, replace(reply, lines=(*rest, *later, *last))
        _move_end(passages, later)
    raise CannotFitError(f"Not even one sentence fits into {limit} characters.")


def _move_end(passages: list[Line], later: list[Line]) -> None:
    """Move the last passage to what is said later; of the only one, its last sentence."""
    line = passages.pop()
    if passages:
        later.insert(0, line)
        return
    first, *others = _SENTENCE_END.split(line.text)
    if not others:
        return
    passages.append(line._replace(text=" ".join([first, *others[:-1]])))
    moved = line._replace(text=others[-1])
    if later and not later[0].text.startswith(PASSAGE):
        moved = moved._replace(text=f"{moved.text} {later.pop(0).text}")
    later.insert(0, moved)


def with_choices(
    reply: Reply, lead: str, most: int, length: Callable[[str], int] = len
) -> tuple[Reply, str]:
    """Return a reply with its titles on one line each, and its choices as numbered lines.

    Choices that would make the lines longer than `most` are left out from the end, so that each
    number still stands for the same choice.
    """
    buttons = [{**button, "title": " ".join(button["title"].split())} for button in reply.buttons]
    while True:
        numbered = [f"{number} {button['title']}" for number, button in enumerate(buttons, 1)]
        lines = "".join(f"\n{line}" for line in [lead, *numbered]) if buttons else ""
        if length(lines) <= most:
            return replace(reply, buttons=tuple(buttons)), lines
        buttons.pop()
