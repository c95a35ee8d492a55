"""What is changed in Rasa's own commands.

What `rasa test` plays, how `rasa shell` chats, and what `rasa run` logs and takes of strangers.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import rasa.shared.data
from sanic import Sanic

from bot.logs import log_events, withhold_words
from bot.settings import get_settings

# Rasa imports these for `rasa shell`, `rasa test`, and to serve.
_CONSOLE, _TESTING = "rasa.core.channels.console", "rasa.model_testing"
_SERVING = "rasa.core.run"
_CHAT = "cmdline"  # the channel of `rasa shell`


def apply() -> None:
    """Make the changes."""
    rasa.shared.data._find_data_files_in_directory = _files
    if _CONSOLE in sys.modules:
        sys.modules[_CONSOLE].record_messages = _talk  # type: ignore[attr-defined]
    if _TESTING in sys.modules:
        from rasa.core import test

        play = test._predict_tracker_actions
        test._predict_tracker_actions = partial(_play, play)
    if _SERVING in sys.modules:
        from bot.bounded_http import bound_rasa

        bound_rasa()
        serving = sys.modules[_SERVING]
        serving.configure_app = partial(_make_app, serving.configure_app)  # type: ignore[attr-defined]


def _make_app(make: Callable[..., Sanic], channels: Any = None, *more: Any, **named: Any) -> Sanic:
    """Make the app of a server that logs as `python -m bot run` does, unless it is a chat."""
    app = make(channels, *more, **named)
    if _CHAT in {channel.name() for channel in channels or ()}:
        return app

    from bot.channels.stored_conversation import forget_on_time

    app.register_listener(lambda *_: log_events(get_settings().log_format), "before_server_start")
    app.register_listener(lambda *_: withhold_words(), "after_server_start")
    app.register_listener(lambda app, _: forget_on_time(app), "after_server_start")
    return app


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
    from bot.shell import Shell

    await Shell(Sanic.get_app().ctx.agent).talk()
    return 0
