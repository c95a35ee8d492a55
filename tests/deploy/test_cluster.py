"""Several bots behind nginx act as one, and get over the loss of any part."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from bot.sealing import Sealer
from deploy.cluster import Cluster

PAIRS = 20
BACK_WITHIN_SECONDS = 10.0
ONE, TWO = "what is a spinal hematoma", "how is an iliopsoas hematoma treated"


async def write(page: httpx.AsyncClient, url: str, who: str, said: str) -> list[dict[str, Any]]:
    body = {"sender": who, "message": said}
    return (await page.post(f"{url}/webhooks/rest/webhook", json=body)).raise_for_status().json()


async def session(page: httpx.AsyncClient, url: str) -> dict[str, str]:
    answer = await page.post(f"{url}/webhooks/web/session", json={})
    return {"Authorization": f"Bearer {answer.raise_for_status().json()['token']}"}


async def say(
    page: httpx.AsyncClient, url: str, chat: dict[str, str], said: str, number: str
) -> httpx.Response:
    body = {"text": said, "message_id": number}
    return await page.post(f"{url}/webhooks/web/message", json=body, headers=chat)


def kept_of(cluster: Cluster) -> dict[str, list[str]]:
    """What patients said in each conversation, as PostgreSQL keeps it."""
    sealer = Sealer(cluster.settings["HEMATOMA_GUIDE_DATA_SECRET"])
    engine = create_engine(cluster.settings["HEMATOMA_GUIDE_DATABASE_URL"])
    with engine.connect() as database:
        rows = database.execute(text("SELECT id, tracker FROM conversations")).fetchall()
    engine.dispose()
    events = {name: json.loads(sealer.open(bytes(kept), name))["events"] for name, kept in rows}
    return {
        name: [e["text"] for e in said if e["event"] == "user" and e.get("text")]
        for name, said in events.items()
    }


def test_no_turn_is_lost_where_two_bots_answer_one_chat(cluster: Cluster) -> None:
    """Two messages at the same time at two bots are two turns of one conversation."""

    async def run() -> None:
        async with httpx.AsyncClient(timeout=30) as page:
            for number in range(PAIRS):
                await asyncio.gather(
                    *(
                        write(page, cluster.url_of(bot), f"pair{number}", said)
                        for bot, said in zip(cluster.bots, (ONE, TWO), strict=True)
                    )
                )

    asyncio.run(run())
    kept = kept_of(cluster)
    assert all(sorted(kept[f"pair{number}"]) == sorted((ONE, TWO)) for number in range(PAIRS))


def test_a_message_is_answered_once_wherever_it_lands(cluster: Cluster) -> None:
    """A retry that reaches the other bot brings the first answer, and its vote counts there."""

    async def run() -> None:
        first, second = map(cluster.url_of, cluster.bots)
        async with httpx.AsyncClient(timeout=30) as page:
            chat = await session(page, first)
            answers = await asyncio.gather(
                *(say(page, url, chat, ONE, "same") for url in (first, second))
            )
            assert answers[0].json() == answers[1].json()
            other = await say(page, second, chat, TWO, "same")
            assert (other.status_code, other.json()["error"]["code"]) == (409, "message_id_reused")
            vote = {"message_id": "same", "value": "up"}
            for url in (first, second):
                voted = await page.post(f"{url}/webhooks/web/feedback", json=vote, headers=chat)
                assert voted.status_code == 204

    asyncio.run(run())
    assert [said for said in kept_of(cluster).values() if said == [ONE]]


def test_what_is_deleted_is_gone_everywhere(cluster: Cluster) -> None:
    """After "delete" no bot knows the chat, or takes its token."""

    async def run() -> None:
        first, second = map(cluster.url_of, cluster.bots)
        async with httpx.AsyncClient(timeout=30) as page:
            chat = await session(page, first)
            await say(page, second, chat, "my own canary question", "1")
            gone = await page.delete(f"{first}/webhooks/web/session", headers=chat)
            assert gone.status_code == 204
            refused = await say(page, second, chat, ONE, "2")
            assert refused.json()["error"]["code"] == "session_expired"

    asyncio.run(run())
    assert "my own canary question" not in str(kept_of(cluster))


def test_the_world_reaches_neither_rest_nor_metrics(cluster: Cluster) -> None:
    """Both are for the machine itself, and so are PostgreSQL's files."""
    assert (Path(cluster.folder) / "postgres").stat().st_mode & 0o077 == 0
    for path in ("/webhooks/rest/webhook", "/metrics"):
        assert httpx.post(cluster.url + path, json={}).status_code == 404
    assert httpx.get(f"{cluster.url}/").status_code == 200


@pytest.mark.parametrize("part", ["bot0", "redis", "postgres", "nginx"])
def test_the_loss_of_a_part_is_survived(cluster: Cluster, part: str) -> None:
    """Chats go on within seconds; each acknowledged turn is kept, once and in order."""

    async def chat_on(page: httpx.AsyncClient, who: int, until: asyncio.Event) -> list[str]:
        chat = await session(page, cluster.url_of("bot1"))
        acknowledged = []
        number = 0
        while not until.is_set():
            number += 1
            said = f"{ONE} {who} {number}"
            for _ in range(20):  # as the widget does, until it is answered
                try:
                    answer = await say(page, cluster.url, chat, said, str(number))
                except httpx.TransportError:
                    await asyncio.sleep(0.3)
                    continue
                if answer.status_code == 200:
                    if answer.json()["messages"][0]["custom"]["outcome"] != "unavailable":
                        acknowledged.append(said)
                    break
                await asyncio.sleep(0.3)
        return acknowledged

    async def run() -> list[list[str]]:
        done = asyncio.Event()
        async with httpx.AsyncClient(timeout=30) as page:
            chats = [asyncio.create_task(chat_on(page, who, done)) for who in range(4)]
            await asyncio.sleep(1)
            how = signal.SIGKILL if part == "bot0" else signal.SIGINT
            await asyncio.to_thread(cluster.stop, part, how)
            await asyncio.sleep(1)
            await asyncio.to_thread(cluster.start, part)
            since = time.monotonic()
            await write(page, cluster.url_of("bot1"), "after", ONE)
            assert time.monotonic() - since < BACK_WITHIN_SECONDS
            await asyncio.sleep(2)
            done.set()
            return await asyncio.gather(*chats)

    told = asyncio.run(run())
    assert all(told)
    kept = list(kept_of(cluster).values())
    for said in told:
        # The last turns: a conversation is kept to its end.
        last = said[-2:]
        assert [one for one in kept if one[-2:] == last], (part, last)
