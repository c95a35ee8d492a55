"""What is changed in Rasa's own commands: what `rasa test` plays, and how `rasa shell` chats."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import rasa.shared.data

from bot import rasa_changes

# Rasa imports these for `rasa shell`, and for `rasa test`.
_CONSOLE, _TESTING = "rasa.core.channels.console", "rasa.model_testing"


def apply() -> None:
    """Make the changes, if this is the Rasa that they are made for."""
    if not rasa_changes.is_known():
        return
    rasa.shared.data._find_data_files_in_directory = _files
    if _CONSOLE in sys.modules:
        sys.modules[_CONSOLE].record_messages = _talk  # type: ignore[attr-defined]
    if _TESTING in sys.modules:
        from rasa.core import test

        play = test._predict_tracker_actions
        test._predict_tracker_actions = partial(_play, play)


def _files(directory: str, is_wanted: Callable[[str], bool]) -> set[str]:
    """Return the wanted files in a folder, those in hidden folders such as `.venv` left out."""
    found = set()
    for root, folders, files in os.walk(directory, followlinks=True):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        paths = (str(Path(root, file)) for file in files)
        found |= {p for p in paths if rasa.shared.data.is_valid_filetype(p) and is_wanted(p)}
    return found


async def _play(play: Callable[..., Any], tracker: Any, agent: Any, *more: Any) -> Any:
    """Play a test conversation; each message is read after those before it, as patients' are."""
    from rasa.core import test
    from rasa.core.channels.channel import UserMessage

    compare, processor = test._collect_user_uttered_predictions, agent.processor

    def read_and_compare(said: Any, alone: Any, before: Any, *more: Any) -> Any:
        read = alone
        if said.text:
            read = processor._parse_message_with_graph(UserMessage(said.text), before, True)
            processor._update_full_retrieval_intent(read)
        return compare(said, read, before, *more)

    test._collect_user_uttered_predictions = read_and_compare
    try:
        return await play(tracker, agent, *more)
    finally:
        test._collect_user_uttered_predictions = compare


async def _talk(*args: Any, **kwargs: Any) -> int:
    """Chat with the agent of the server that `rasa shell` has started."""
    from sanic import Sanic

    from bot.shell import Shell

    await Shell(Sanic.get_app().ctx.agent).talk()
    return 0
