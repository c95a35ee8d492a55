"""Several bots behind nginx act as one, and get over the loss of any part."""

import os
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from bot.sealing import Sealer
from bot.settings import load_settings
from bot.storage import database
from deploy.cluster import Cluster, MissingProgramError, program
from tests.bot.channels.messaging.clinic import META, Clinic, until
from tests.bot.channels.serving import GENEROUS, Chat

PAIRS = 20
MESSAGES = 40
BACK_WITHIN_SECONDS = 10.0
ONE, TWO = "what is a spinal hematoma", "how is an iliopsoas hematoma treated"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two bots on the machine's own PostgreSQL, Redis and nginx."""
    try:
        for name in ("postgres", "redis-server", "nginx"):
            program(name)
    except MissingProgramError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    limits = {name.upper(): limit for name, limit in GENEROUS.items()}
    # Not in pytest's own folder: PostgreSQL, which is another user, must get through.
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), **limits) as running:
        yield running


@pytest.fixture
def bots(cluster: Cluster) -> Iterator[list[httpx.Client]]:
    """Ways to each bot of its own, past nginx."""
    ways = [httpx.Client(base_url=cluster.url_of(bot), timeout=30) for bot in cluster.bots]
    yield ways
    for way in ways:
        way.close()


def write(way: httpx.Client, who: str, said: str) -> None:
    body = {"sender": who, "message": said}
    way.post("/webhooks/rest/webhook", json=body).raise_for_status()


def kept_of(cluster: Cluster) -> dict[str, list[str]]:
    """What patients said in each conversation, as PostgreSQL keeps it."""
    sealer = Sealer(cluster.settings["HEMATOMA_GUIDE_DATA_SECRET"])
    engine = create_engine(cluster.settings["HEMATOMA_GUIDE_DATABASE_URL"])
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, tracker FROM conversations")).fetchall()
    engine.dispose()
    events = {name: sealer.open(kept, name)["events"] for name, kept in rows}
    return {
        name: [e["text"] for e in said if e["event"] == "user" and e.get("text")]
        for name, said in events.items()
    }


def test_no_turn_is_lost_where_two_bots_answer_one_chat(
    cluster: Cluster, bots: list[httpx.Client]
) -> None:
    """Two messages at the same time at two bots are two turns of one conversation."""
    with ThreadPoolExecutor(2) as pool:
        for number in range(PAIRS):
            list(pool.map(write, bots, [f"pair{number}"] * 2, (ONE, TWO)))
    kept = kept_of(cluster)
    assert all(sorted(kept[f"pair{number}"]) == sorted((ONE, TWO)) for number in range(PAIRS))


def test_a_message_is_answered_once_wherever_it_lands(
    cluster: Cluster, bots: list[httpx.Client]
) -> None:
    """A retry that reaches the other bot brings the first answer, and its vote counts there."""
    first = Chat(None, bots[0])
    second = Chat(None, bots[1], first.token)
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda chat: chat.post(ONE, "same").json(), (first, second))
        assert next(answers) == next(answers)
    other = second.post(TWO, "same")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "message_id_reused")
    assert [chat.vote("up", "same") for chat in (first, second)] == [204, 204]
    assert [said for said in kept_of(cluster).values() if said == [ONE]]


def test_what_is_deleted_is_gone_everywhere(cluster: Cluster, bots: list[httpx.Client]) -> None:
    """After "delete" no bot knows the chat, or takes its token."""
    first = Chat(None, bots[0])
    second = Chat(None, bots[1], first.token)
    second.ask("my own canary question")
    assert first.delete().status_code == 204
    assert second.post(ONE).json()["error"]["code"] == "session_expired"
    assert "my own canary question" not in str(kept_of(cluster))


def test_the_world_reaches_neither_rest_nor_metrics(cluster: Cluster) -> None:
    """Both are for the machine itself, and so are PostgreSQL's files."""
    assert (Path(cluster.folder) / "postgres").stat().st_mode & 0o077 == 0
    for path in ("/webhooks/rest/webhook", "/metrics"):
        assert httpx.post(cluster.url + path, json={}).status_code == 404
    assert httpx.get(f"{cluster.url}/").status_code == 200


@pytest.mark.parametrize(
    ("parts", "how"),
    [
        (["bot0"], signal.SIGKILL),
        (["redis"], signal.SIGINT),
        (["postgres"], signal.SIGINT),
        (["nginx"], signal.SIGINT),
        (["bot0", "bot1"], signal.SIGTERM),
    ],
    ids=["a crash", "redis", "postgres", "nginx", "an upgrade of one bot after the other"],
)
def test_the_loss_of_a_part_is_survived(
    cluster: Cluster, bots: list[httpx.Client], parts: list[str], how: signal.Signals
) -> None:
    """Chats go on within seconds; each acknowledged turn is kept, once and in order."""
    over = threading.Event()

    def chat_on(who: int) -> list[str]:
        acknowledged: list[str] = []
        with httpx.Client(base_url=cluster.url, timeout=30) as way:
            chat = Chat(None, way, Chat(None, bots[1]).token)
            for number in range(1_000_000):
                if over.is_set():
                    break
                said = f"{ONE} {who} {number}"
                if _is_answered(chat, said, str(number)):
                    acknowledged.append(said)
        return acknowledged

    with ThreadPoolExecutor(4) as pool:
        chats = [pool.submit(chat_on, who) for who in range(4)]
        try:
            time.sleep(1)
            for part in parts:
                cluster.stop(part, how)
                time.sleep(1)
                cluster.start(part)
            since = time.monotonic()
            write(bots[1], "after", ONE)
            assert time.monotonic() - since < BACK_WITHIN_SECONDS
            time.sleep(2)
        finally:
            over.set()
        told = [chat.result() for chat in chats]
    assert all(told)
    kept = list(kept_of(cluster).values())
    for said in told:
        # The last turns: a conversation is kept to its end.
        assert [one for one in kept if one[-2:] == said[-2:]], (parts, said[-2:])


def _is_answered(chat: Chat, said: str, number: str) -> bool:
    """Send it as the widget does, until it is answered; tell whether the bot could."""
    for _ in range(20):
        try:
            answer: Any = chat.post(said, number)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 200:
            return bool(answer.json()["messages"][0]["custom"]["outcome"] != "unavailable")
        time.sleep(0.3)
    return False


@pytest.fixture
def clinics(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Clinic, Clinic]]:
    """Two bots, as in two processes, on one PostgreSQL; one Meta takes their answers."""
    settings = load_settings(cluster.settings)
    monkeypatch.setattr(database, "get_settings", lambda: settings)
    monkeypatch.chdir(tmp_path)
    with META.fake() as graph:
        yield Clinic(META, graph), Clinic(META, graph)


def test_each_message_of_a_platform_is_answered_once(clinics: tuple[Clinic, Clinic]) -> None:
    """Whichever process it comes to, and if it comes to both."""
    one, two = clinics
    people = [one.person() for _ in range(7)]
    webhooks = [people[n % 7].text(f"once {n}") for n in range(MESSAGES)]
    with one.open(look=0.1), two.open(look=0.1), ThreadPoolExecutor(2) as pool:
        for webhook in webhooks:
            list(pool.map(Clinic.bring, clinics, [webhook] * 2))
        one.fake.wait_for(MESSAGES)
        one.rest()
    said = Counter(sent.text.partition("You said: ")[2].split("\n")[0] for sent in one.fake.sent)
    assert said == {f"once {number}": 1 for number in range(MESSAGES)}


def test_what_a_process_leaves_another_answers(clinics: tuple[Clinic, Clinic]) -> None:
    """A process that ends leaves nobody waiting."""
    one, two = clinics
    people = [one.person() for _ in range(9)]
    one.fake.plan = lambda number: META.busy
    with one.open(look=0.1):
        one.bring(*(who.text("left") for who in people))
        until(lambda: one.fake.tries)
    one.fake.plan = lambda number: None
    with two.open(look=0.1):
        two.fake.wait_for(9)
        two.rest()
    assert all(len(two.fake.to(who)) == 1 for who in people)
