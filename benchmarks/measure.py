"""Everything that is measured on running servers; the same for both sides."""

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from statistics import median

import numpy as np
import psutil

from benchmarks.load import Client, Turn
from benchmarks.plan import Plan
from benchmarks.sides import Side
from knowledge_base.articles import load_articles
from knowledge_base.questions import load_asks

Figures = dict[str, float]
Say = Callable[[str], None]

_WARM_UP = 20
_MEGABYTE = 1024 * 1024
# Seconds between two tries while a server that says it is ready does not answer yet.
_RETRY_SECONDS = 0.02
_RETRIES = 1000


def questions(seed: int) -> list[str]:
    """Return all different questions of the knowledge base, mixed by a seed."""
    found = dict.fromkeys(ask.text for ask in load_asks(load_articles()))
    return random.Random(seed).sample(list(found), len(found))  # noqa: S311  (a fixed order)


def measure(side: Side, plan: Plan, asked: Sequence[str], say: Say) -> Figures:
    """Start one side, measure everything once, and stop it.

    Args:
        side: what to measure.
        plan: how much.
        asked: what to ask; the first `plan.questions` are timed one by one.
        say: is told what happens now.

    Raises:
        EvaluationError: a server fails.
    """
    say("starting")
    load, started = os.getloadavg()[0], time.perf_counter()
    with side.serve() as url:
        figures = asyncio.run(_measure(url, started, plan, asked, say))
        return {**figures, **memory(), "load_average": load}


async def _measure(url: str, started: float, plan: Plan, asked: Sequence[str], say: Say) -> Figures:
    one_by_one = asked[: plan.questions]
    # A bot may remember the texts it saw last: a later measurement must not repeat them.
    others = cycle(asked[plan.questions :])
    async with Client(url) as client:
        first_reply = await _first_reply(client, started, next(others))
        await client.one_by_one(list(islice(others, _WARM_UP)), plan.per_sender)
        say(f"one turn: {len(one_by_one)} questions")
        turns = await client.one_by_one(one_by_one, plan.per_sender)
        say(f"turns per second: {plan.senders} at once")
        together, seconds = await client.at_once(
            list(islice(others, len(asked) // 2)), plan.senders, plan.per_sender, plan.load_seconds
        )
        say(f"{plan.conversations} conversations of {plan.turns} messages")
        talks = [
            await client.one_by_one(list(islice(others, plan.turns)), plan.turns)
            for _ in range(plan.conversations)
        ]
    everything = [*turns, *together, *(turn for talk in talks for turn in talk)]
    return {
        "first_reply_seconds": first_reply,
        **one_turn(turns),
        "rate": sum(turn.answered for turn in together) / seconds,
        **long_conversation(talks),
        "unanswered": sum(not turn.answered for turn in everything),
    }


async def _first_reply(client: Client, started: float, question: str) -> float:
    """Ask until the first reply comes, and return the seconds since the start."""
    for _ in range(_RETRIES):
        if (await client.send("benchmark-first", question)).answered:
            break
        await asyncio.sleep(_RETRY_SECONDS)
    return time.perf_counter() - started


def one_turn(turns: Sequence[Turn]) -> Figures:
    """Return how long one turn takes, from turns sent one by one."""
    middle, slow = np.percentile([1000 * turn.seconds for turn in turns], [50, 95])
    return {"p50_ms": float(middle), "p95_ms": float(slow)}


def long_conversation(talks: Sequence[Sequence[Turn]]) -> Figures:
    """Return the time of an early and of a late turn, from conversations of 12 turns or more.

    Early are turns 2 to 4, late are five that end four before the last: 198 to 202 of 205.
    """
    return {
        "early_turn_ms": 1000 * median(turn.seconds for talk in talks for turn in talk[1:4]),
        "late_turn_ms": 1000 * median(turn.seconds for talk in talks for turn in talk[-8:-3]),
    }


def memory() -> Figures:
    """Return the memory of all processes that this one started, and theirs, in megabytes.

    Pages that processes share are divided among them on Linux (PSS), elsewhere counted in each.
    """
    processes = psutil.Process().children(recursive=True)
    used = [process.memory_full_info() for process in processes]
    size = sum(getattr(one, "pss", one.rss) for one in used)
    return {"memory_mb": size / _MEGABYTE, "processes": len(processes)}
