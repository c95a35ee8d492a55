"""What stands in a terminal: lines of its width, and what is typed there."""

import contextlib
import importlib
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable

from actions.reply import Reply, Role

_PROMPT, _REPLY, _MARGIN = "You: ", "Bot: ", "     "
_USUAL, _NARROWEST = 80, 20  # columns
# What the further lines of a paragraph are set in by: a bullet, a number, a name.
_MARK = re.compile(r"(?:- |\d+\. |\w+: {2,})?")


def prepare() -> None:
    """Set the terminal up, be it one or a file."""
    for stream in (sys.stdin, sys.stdout):
        # A byte that is no letter must not end the chat.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")  # arrow keys, and what was typed before


def read() -> str | None:
    """Return the next line typed, or None at the end of all."""
    try:
        typed = input(_PROMPT)
    except EOFError:
        print()
        return None
    if not sys.stdin.isatty():
        print(typed)  # so that a transcript shows both sides
    return typed


def show(text: str) -> None:
    """Print what the terminal itself has to say, wrapped."""
    _print(wrapped for line in text.splitlines() for wrapped in _wrapped(line, _width()))


def show_reply(reply: Reply) -> None:
    """Print a reply, its source set apart and its choices numbered."""
    lines: list[str] = []
    for number, line in enumerate(reply.lines):
        lines += [""] if line.role is Role.SOURCE else []
        lines += _wrapped(line.text, _width(), _MARGIN if number else _REPLY)
    lines += [""] if reply.buttons else []
    for number, button in enumerate(reply.buttons, 1):
        lines += _wrapped(f"{number}. {button['title']}", _width())
    _print(lines)


def _wrapped(line: str, width: int, lead: str = _MARGIN) -> list[str]:
    mark = _MARK.match(line)
    hanging = _MARGIN + " " * len(mark[0] if mark else "")
    return textwrap.wrap(
        line, width, initial_indent=lead, subsequent_indent=hanging, break_on_hyphens=False
    )


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines), end="\n\n", flush=True)


def _width() -> int:
    # Some terminals say that they have no columns at all.
    return max(shutil.get_terminal_size().columns or _USUAL, _NARROWEST)
