"""The load generator: sends messages over HTTP as people do, and keeps the times.

It shares the cores with the server, so it does little: one event loop, connections kept
alive, and nothing read from a reply but whether it says something.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from evaluation import EvaluationError

ADDRESS = "/webhooks/rest/webhook"
# A turn takes milliseconds to seconds; a server that needs longer is down.
PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True)
class Turn:
    """One message and its reply.

    Attributes:
        seconds: from sending the message to having the whole reply.
        answered: whether the reply says something.
    """

    seconds: float
    answered: bool


class Client:
    """Speaks to one running bot."""

    def __init__(self, url: str) -> None:
        """Remember the address of the bot; use the client as a context manager."""
        self._url = url.rstrip("/") + ADDRESS

    async def __aenter__(self) -> "Client":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=PATIENCE
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def send(self, sender: str, message: str) -> Turn:
        """Send one message and wait for its reply.

        Raises:
            EvaluationError: the server is gone.
        """
        started = time.perf_counter()
        try:
            content = {"sender": sender, "message": message}
            async with self._session.post(self._url, json=content) as response:
                body = await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise EvaluationError(f"The bot stopped answering: {type(error).__name__}.") from error
        return Turn(time.perf_counter() - started, response.ok and says_something(body))

    async def one_by_one(self, messages: Sequence[str], per_sender: int) -> list[Turn]:
        """Send messages one after the other, a few by each sender."""
        turns = []
        for place, message in enumerate(messages):
            if place % per_sender == 0:
                sender = new_sender()
            turns.append(await self.send(sender, message))
        return turns

    async def at_once(
        self, messages: Sequence[str], senders: int, per_sender: int, seconds: float
    ) -> tuple[list[Turn], float]:
        """Let several senders each send message after message.

        Args:
            messages: what to send; from the start again when all were sent.
            senders: how many send at the same time.
            per_sender: messages of one conversation.
            seconds: after this time no further message is sent.

        Returns:
            all turns, and the seconds they took together.
        """
        waiting = itertools.cycle(messages)
        turns: list[Turn] = []
        started = time.perf_counter()

        async def one_sender() -> None:
            while time.perf_counter() - started < seconds:
                part = list(itertools.islice(waiting, per_sender))
                turns.extend(await self.one_by_one(part, per_sender))

        await asyncio.gather(*(one_sender() for _ in range(senders)))
        return turns, time.perf_counter() - started


def new_sender() -> str:
    """Return the id of somebody who never wrote before."""
    return f"benchmark-{uuid4().hex}"


def says_something(body: bytes) -> bool:
    """Tell whether a reply of the REST channel holds a text."""
    try:
        return any(message.get("text") for message in json.loads(body))
    except (ValueError, TypeError, AttributeError):
        return False
