"""Runs the actions inside the bot's own process instead of calling a second server.

A second process costs an HTTP round trip and a copy of the conversation for each turn, and
when it is down the bot falls silent. `rasa run actions` still works for those who want it.
"""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.channels.metrics import timed


class InProcessActions(EndpointConfig):
    """An action endpoint that is a function call."""

    def __init__(self) -> None:
        """Find and load every action of the project."""
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action that Rasa asks for (see parent class)."""
        with timed("action"):
            return await self._executor.run(kwargs["json"])
