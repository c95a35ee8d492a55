"""Several processes work on the messages of one platform, and none is answered twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.settings import load_settings
from bot.storage import database
from deploy.cluster import Cluster
from tests.bot.channels.messaging.clinic import META, Clinic, until

MESSAGES = 40


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


def test_each_message_is_answered_once(clinics: tuple[Clinic, Clinic]) -> None:
    """Whichever process it comes to, and if it comes to both."""
    one, two = clinics
    people = [one.person() for _ in range(7)]
    webhooks = [people[n % 7].text(f"once {n}") for n in range(MESSAGES)]
    with one.open(look=0.1), two.open(look=0.1), ThreadPoolExecutor(2) as pool:
        for webhook in webhooks:
            list(pool.map(lambda clinic, webhook=webhook: clinic.bring(webhook), clinics))
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
