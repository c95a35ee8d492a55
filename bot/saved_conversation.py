"""Writes a conversation down as a test: what was said must be understood like this again."""

import re
from collections.abc import Sequence
from pathlib import Path

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, Event, UserUttered, format_message

FOLDER = Path("tests", "conversations")
_UNSAID = (None, ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME)
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*", re.ASCII)
_LONGEST_NAME = 60
_HEAD = """\
# Saved from the terminal. Run by test_dialogue.py: each line must be understood and answered \
as written.
version: "3.1"

stories:
  - story: {story}
    steps:
"""


class CannotSaveError(ValueError):
    """A conversation cannot be written down; the message says why, in a sentence."""


def save(name: str, events: Sequence[Event], folder: Path = FOLDER) -> Path:
    """Write a whole conversation into a test file, as `rasa test` reads it; return its path.

    Raises:
        CannotSaveError: the name cannot be used, nothing was said, or the file cannot be made.
    """
    name = name.strip().removesuffix(".yml").removeprefix("test_")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise CannotSaveError(
            "Give it a name of small letters, digits and single underscores, such as: "
            "/save asks_about_the_spine"
        )
    steps = [step for event in events for step in _lines(event)]
    if not steps:
        raise CannotSaveError("There is nothing to save yet: say something first.")
    path = folder / f"test_{name}.yml"
    content = _HEAD.format(story=f'"{name.replace("_", " ")}"') + "\n".join(steps) + "\n"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        raise CannotSaveError(f"{path} exists already: choose another name.") from None
    except OSError as error:
        raise CannotSaveError(f"{path} cannot be written ({error.strerror}).") from None
    return path


def _lines(event: Event) -> list[str]:
    if isinstance(event, UserUttered):
        intent = event.full_retrieval_intent_name or event.intent_name
        text = format_message(event.text, event.intent_name, event.entities)
        said = [f"          {line}" for line in text.splitlines()]
        return ["      - user: |-", *said, f"        intent: {intent}"]
    if isinstance(event, ActionExecuted) and event.action_name not in _UNSAID:
        return [f"      - action: {event.action_name}"]
    return []
