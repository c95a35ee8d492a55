"""An inbox for tests that do one thing at a time."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

from bot.channels.messaging.inbox import Inbox
from bot.sealing import Sealer
from bot.storage.database import open_database


class WaitedInbox:
    """What the inbox says, waited for."""

    def __init__(self, folder: Path, channel: str = "test", sealer: Sealer | None = None) -> None:
        """Open the inbox in a folder."""
        self.database = open_database(folder / "inbox.db", durable=True)
        self.inbox = Inbox(channel, sealer or Sealer("s" * 32), self.database)

    def __getattr__(self, name: str) -> Any:
        """Return what the inbox has; what it does is done when the call returns."""
        found = getattr(self.inbox, name)
        if not inspect.iscoroutinefunction(found):
            return found
        return lambda *arguments: asyncio.run(found(*arguments))

    def close(self) -> None:
        """Close the file."""
        self.database.close()
