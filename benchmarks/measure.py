"""Everything that is measured on running servers; the same for both sides."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence

from benchmarks.load import Client, Turn
from benchmarks.memory import memory_of
from benchmarks.percentiles import median, percentile
from benchmarks.plan import Plan
from benchmarks.processes import Servers
from benchmarks.side import Side

Figures = dict[str, float]
Say = Callable[[str], None]

_MILLISECONDS = 1000.0
_WARM_UP = 20
_EMPTY_REQUESTS = 50
_BURST = 6
# Seconds between two tries while a server that says it is ready does not answer yet.
_RETRY_SECONDS = 0.02
_RETRIES = 1000


def measure(side: Side, plan: Plan, questions: Sequence[str], say: Say) -> Figures:
    """Start one side, measure everything once, and stop it.

    Args:
        side: what to measure.
        plan: how much.
        questions: what to ask; the first `plan.questions` are timed one by one.
        say: is told what happens now.

    Returns:
        figures by name; `benchmarks.rows` says what each means.

    Raises:
        BenchmarkError: a server fails.
    """
    load = os.getloadavg()[0]
    say("starting")
    with side.serve() as servers:
        ready = servers.wait()
        figures = asyncio.run(_measure(servers, plan, questions, say))
        memory = memory_of(servers.ids)
    figures.update(load_average=load, ready_seconds=ready, rss_mb=memory.rss)
    figures["processes"] = memory.processes
    if memory.pss is not None:
        figures["pss_mb"] = memory.pss
    return figures


async def _measure(servers: Servers, plan: Plan, questions: Sequence[str], say: Say) -> Figures:
    one_by_one = questions[: plan.questions]
    # A bot may remember the texts it saw last: a later measurement must not repeat them.
    others = questions[plan.questions :]
    async with Client(servers.url) as client:
        figures = {"first_reply_seconds": await _first_reply(client, servers, others[-1])}
        await client.one_by_one(others[-_WARM_UP:], plan.per_sender)
        say(f"one turn: {len(one_by_one)} questions")
        turns = await client.one_by_one(one_by_one, plan.per_sender)
        figures.update(one_turn(turns))
        figures["empty_request_ms"] = await _empty_request(client, servers)
        for senders in plan.senders:
            say(f"turns per second: {senders} at once")
            together = await client.at_once(
                others, senders, plan.per_sender, plan.load_seconds, plan.load_turns
            )
            turns += together.turns
            figures[f"rate_{senders}"] = together.rate
        say(f"{plan.conversations} conversations of {plan.turns} messages")
        talks = [
            await client.one_by_one(_part(others, number, plan.turns), plan.turns)
            for number in range(plan.conversations)
        ]
        figures.update(long_conversation(talks))
        say("six messages at once")
        bursts = [
            await client.burst(_part(others, number, _BURST)) for number in range(plan.bursts)
        ]
        figures["burst_seconds"] = median([burst.seconds for burst in bursts])
    turns += [turn for talk in talks for turn in talk]
    turns += [turn for burst in bursts for turn in burst.turns]
    figures.update(turns=len(turns), unanswered=sum(not turn.answered for turn in turns))
    return figures


async def _first_reply(client: Client, servers: Servers, question: str) -> float:
    """Ask until the first reply comes, and return the seconds since the start."""
    for _ in range(_RETRIES):
        if (await client.send("benchmark-first", question)).answered:
            break
        await asyncio.sleep(_RETRY_SECONDS)
    return servers.age()


async def _empty_request(client: Client, servers: Servers) -> float:
    path = servers.ready[0].removeprefix(servers.url)
    return median([await client.fetch(path) for _ in range(_EMPTY_REQUESTS)]) * _MILLISECONDS


def _part(questions: Sequence[str], number: int, length: int) -> list[str]:
    """Return the so-and-so-many-th part of the questions, which go round in a circle."""
    return [
        questions[place % len(questions)] for place in range(number * length, (number + 1) * length)
    ]


def one_turn(turns: Sequence[Turn]) -> Figures:
    """Return how long one turn takes, from turns sent one by one."""
    seconds = [turn.seconds for turn in turns]
    return {
        f"p{share}_ms": percentile(seconds, share / 100) * _MILLISECONDS for share in (50, 95, 99)
    }


def long_conversation(talks: Sequence[Sequence[Turn]]) -> Figures:
    """Return the time of an early and of a late turn.

    Args:
        talks: conversations of at least 12 turns. Early are turns 2 to 4, late are five that
            end four before the last: 198 to 202 of 205.
    """
    early = [turn.seconds for talk in talks for turn in talk[1:4]]
    late = [turn.seconds for talk in talks for turn in talk[-8:-3]]
    return {
        "early_turn_ms": median(early) * _MILLISECONDS,
        "late_turn_ms": median(late) * _MILLISECONDS,
    }
