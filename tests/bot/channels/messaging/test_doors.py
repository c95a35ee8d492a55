"""Who is let in at the webhook of either platform, and who is not."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.metrics import Metrics
from bot.settings import load_settings
from tests.bot.channels.messaging.clinic import Clinic, Platform
from tests.bot.channels.sanic_server import app_with, running
from tests.bot.channels.stand_in import StandInAgent


@pytest.mark.parametrize("header", ["", "A" * 28, "sha256=" + "0" * 64, "sha256=\u00e4", "other"])
def test_it_rejects_what_is_no_signature(shared: Clinic, header: str) -> None:
    """Who does not sign is not the platform, nor who has an old secret or changes one byte."""
    webhook, name = shared.person().text("I-can-walk"), shared.platform.header
    body, headers = shared.platform.signed(webhook)
    if header == "other":
        secret = "app_secret" if "Hub" in name else "auth_token"
        header = shared.platform.signed(webhook, **{secret: "an old secret"})[1][name]
    with shared.refusing("wrong_signature"):
        assert shared.knock(body, headers | {name: header}) == 403
    with shared.refusing("wrong_signature"):
        assert shared.knock(body.replace(b"I-can-walk", b"I-can-talk"), headers) == 403


def test_it_rejects_a_body_that_is_too_big(shared: Clinic) -> None:
    """Nobody fills the memory of the server."""
    with shared.refusing("too_big"), contextlib.suppress(httpx.TransportError):
        # The server may hang up while we are still talking.
        webhook = shared.person().text("x" * shared.platform.most_bytes)
        assert shared.knock(*shared.platform.signed(webhook)) == 413


def test_a_message_that_cannot_be_stored_is_given_back(
    clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    """What the bot could not keep, it does not confirm; and its log holds no word of it."""
    with clinic.open():
        with contextlib.closing(sqlite3.connect("inbox.db")) as database:
            database.execute("DROP TABLE messages")
        webhook = clinic.person().text("my canary words")
        assert clinic.platform.deliver(clinic.url, webhook) == 500
    assert "canary" not in caplog.text
    assert "6505" not in caplog.text


def test_without_its_settings_it_has_no_address(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clinic that does not use a platform opens no door to it."""
    monkeypatch.chdir(tmp_path)
    channel: Any = platform.channel(load_settings({}), Metrics())
    with running(app_with(channel, StandInAgent())) as url:
        assert platform.deliver(url, platform.phone(1).text("hello")) == 404
        assert httpx.get(url + platform.path, trust_env=False).status_code == 404
    assert not list(tmp_path.iterdir())
