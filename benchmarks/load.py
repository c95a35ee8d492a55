"""The load generator: sends messages over HTTP as people do, and keeps the times.

It shares the cores with the server, so it does little: one event loop, connections kept
alive, and nothing read from a reply but whether it says something.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from benchmarks.errors import BenchmarkError

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


@dataclass(frozen=True)
class Throughput:
    """What several senders at once got out of a server."""

    turns: list[Turn]
    seconds: float

    @property
    def rate(self) -> float:
        """Answered turns per second."""
        return sum(turn.answered for turn in self.turns) / self.seconds


class Client:
    """Speaks to one running bot."""

    def __init__(self, url: str) -> None:
        """Remember the address of the bot; use the client as a context manager."""
        self._url = url.rstrip("/")

    async def __aenter__(self) -> Client:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=PATIENCE
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def send(self, sender: str, message: str) -> Turn:
        """Send one message and wait for its reply.

        Raises:
            BenchmarkError: the server is gone.
        """
        started = time.perf_counter()
        try:
            async with self._session.post(
                self._url + ADDRESS, json={"sender": sender, "message": message}
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise BenchmarkError(f"The bot stopped answering: {type(error).__name__}.") from error
        return Turn(time.perf_counter() - started, response.ok and says_something(body))

    async def fetch(self, path: str) -> float:
        """Get a page and return the seconds it took."""
        started = time.perf_counter()
        async with self._session.get(self._url + path) as response:
            await response.read()
        return time.perf_counter() - started

    async def one_by_one(self, messages: Sequence[str], per_sender: int) -> list[Turn]:
        """Send messages one after the other, a few by each sender."""
        turns = []
        for place, message in enumerate(messages):
            if place % per_sender == 0:
                sender = new_sender()
            turns.append(await self.send(sender, message))
        return turns

    async def at_once(
        self, messages: Sequence[str], senders: int, per_sender: int, seconds: float, most: int
    ) -> Throughput:
        """Let several senders each send message after message.

        Args:
            messages: what to send; from the start again when all were sent.
            senders: how many send at the same time.
            per_sender: messages of one conversation.
            seconds: after this time no further message is sent.
            most: nor more messages than this.
        """
        waiting = itertools.islice(itertools.cycle(messages), most)
        turns: list[Turn] = []
        started = time.perf_counter()

        async def one_sender() -> None:
            for place in itertools.count():
                if time.perf_counter() - started > seconds:
                    return
                message = next(waiting, None)
                if message is None:
                    return
                if place % per_sender == 0:
                    sender = new_sender()
                turns.append(await self.send(sender, message))

        await asyncio.gather(*(one_sender() for _ in range(senders)))
        return Throughput(turns, time.perf_counter() - started)

    async def burst(self, messages: Sequence[str]) -> Throughput:
        """Send messages of one new sender all at once, and wait for all replies."""
        sender = new_sender()
        started = time.perf_counter()
        turns = await asyncio.gather(*(self.send(sender, message) for message in messages))
        return Throughput(list(turns), time.perf_counter() - started)


def new_sender() -> str:
    """Return the id of somebody who never wrote before."""
    return f"benchmark-{uuid4().hex}"


def says_something(body: bytes) -> bool:
    """Tell whether a reply of the REST channel holds a text."""
    try:
        messages = json.loads(body)
    except ValueError:
        return False
    return isinstance(messages, list) and any(
        isinstance(message, dict) and message.get("text") for message in messages
    )
