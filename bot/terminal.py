"""What stands in a terminal: lines of its width, and what is typed there."""

from __future__ import annotations

import contextlib
import importlib
import re
import shutil
import signal
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

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
    """Return the next line typed, or None at the end of all.

    Raises:
        KeyboardInterrupt: Ctrl+C was pressed, whatever a server that runs makes of it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        typed = input(_PROMPT)
    except EOFError:
        print()
        return None
    finally:
        signal.signal(signal.SIGINT, before)
    if not sys.stdin.isatty():
        print(typed)  # so that a transcript shows both sides
    return typed


def show(text: str) -> None:
    """Print what the terminal itself has to say, wrapped."""
    _print(wrapped for line in text.splitlines() for wrapped in _wrapped(line, _width()))


def show_message(message: dict[str, Any], before: int = 0) -> None:
    """Print a message of the bot; see `rendered`."""
    _print(rendered(message, _width(), before))


def rendered(message: dict[str, Any], width: int, before: int = 0) -> list[str]:
    """Return a reply as the lines of a terminal so many characters wide, the source set apart.

    Its choices are numbered on from `before`, the number of those shown already.
    """
    said = message["text"].splitlines()
    disclaimer = message.get("custom", {}).get("disclaimer") or ""
    # A reply that cites ends in its source line and the disclaimer.
    source_at = len(said) - len(disclaimer.splitlines()) - 1 if disclaimer else None
    lines: list[str] = []
    for number, line in enumerate(said):
        lines += [""] if number == source_at else []
        lines += _wrapped(line, width, _MARGIN if number else _REPLY)
    buttons = enumerate(message.get("buttons", []), start=before + 1)
    choices = [_wrapped(f"{n}. {button['title']}", width, _MARGIN) for n, button in buttons]
    return [*lines, *([""] if choices else []), *(line for choice in choices for line in choice)]


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
