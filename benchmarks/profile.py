"""Splits the time of one turn of this bot by stage."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.load import Client, Turn
from benchmarks.ours import Ours
from benchmarks.plan import Plan
from benchmarks.sampled import RECORD, RECORDED
from benchmarks.stages import split

_WARM_UP = 20
_PATIENCE_SECONDS = 10.0
# Longer than the sampler needs to see that the file is there.
_SETTLE_SECONDS = 0.2


def time_by_stage(
    ours: Ours, plan: Plan, questions: Sequence[str], turn_ms: float
) -> dict[str, float]:
    """Return the milliseconds of one turn by stage, the longest first.

    Args:
        ours: the bot, set up.
        plan: how many questions.
        questions: what to ask.
        turn_ms: time of one turn as measured without looking inside.

    Raises:
        BenchmarkError: the server fails or records nothing.
    """
    with ours.serve_with(["-m", "benchmarks.sampled"]) as servers:
        servers.wait()
        turns = asyncio.run(_ask(servers.url, ours.folder, questions[: plan.profiled], plan))
        seconds = _recorded(ours.folder / RECORDED)
    looked_ms = 1000 * sum(turn.seconds for turn in turns) / len(turns)
    return split(seconds, len(turns), looked_ms, turn_ms)


async def _ask(url: str, folder: Path, questions: Sequence[str], plan: Plan) -> list[Turn]:
    async with Client(url) as client:
        warm_up = [f"{question} please" for question in questions[:_WARM_UP]]
        await client.one_by_one(warm_up, plan.per_sender)
        (folder / RECORD).touch()
        await asyncio.sleep(_SETTLE_SECONDS)
        turns = await client.one_by_one(questions, plan.per_sender)
        (folder / RECORD).unlink()
    return turns


def _recorded(path: Path) -> dict[str, float]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            raise BenchmarkError("The bot did not write where its time went.")
        time.sleep(_SETTLE_SECONDS)
    return dict(json.loads(path.read_text(encoding="utf-8")))
