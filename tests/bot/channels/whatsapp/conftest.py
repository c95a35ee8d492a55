"""Fixtures: a fake Graph API, and a small clinic whose bot talks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.bot.channels.whatsapp.clinic import Clinic, open_clinic
from tests.bot.channels.whatsapp.fake_graph import FakeGraph


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    """A fake Graph API."""
    with FakeGraph() as running:
        yield running


@pytest.fixture
def opened(
    graph: FakeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AbstractContextManager[Clinic]]:
    """Opens a clinic; opened twice in one test, it is the same one after a restart."""
    monkeypatch.chdir(tmp_path)
    return partial(open_clinic, graph)


@pytest.fixture
def clinic(opened: Callable[..., AbstractContextManager[Clinic]]) -> Iterator[Clinic]:
    """An open clinic."""
    with opened() as running:
        yield running
