"""What is changed in Rasa's own commands: where `rasa test` looks, and how `rasa shell` chats."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rasa.shared.data

from bot import rasa_changes

_CONSOLE = "rasa.core.channels.console"


def apply() -> None:
    """Make the changes, if this is the Rasa that they are made for; may be called twice."""
    if not rasa_changes.is_known():
        return
    rasa.shared.data._find_data_files_in_directory = _files
    if _CONSOLE in sys.modules:
        sys.modules[_CONSOLE].record_messages = _talk  # type: ignore[attr-defined]


def _files(directory: str, is_wanted: Callable[[str], bool]) -> set[str]:
    """Return the wanted files in a folder, those in hidden folders such as `.venv` left out."""
    found = set()
    for root, folders, files in os.walk(directory, followlinks=True):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        paths = (str(Path(root, file)) for file in files)
        found |= {p for p in paths if rasa.shared.data.is_valid_filetype(p) and is_wanted(p)}
    return found


async def _talk(*args: Any, **kwargs: Any) -> int:
    """Chat with the agent of the server that `rasa shell` has started."""
    from sanic import Sanic

    from bot.shell import Shell

    await Shell(Sanic.get_app().ctx.agent).talk()
    return 0
