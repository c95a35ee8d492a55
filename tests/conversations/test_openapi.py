"""A thousand requests made from the API's description to the running bot: it keeps its word."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import requests

from tests.bot.channels.serving import RATES
from tests.bot.channels.twilio_whatsapp.fake_twilio import FakeTwilio
from tests.bot.channels.whatsapp.fake_graph import FakeGraph
from tests.conftest import ROOT, python
from tests.conversations.own_bot import OwnBot

# Requests of each kind to one address: `FUZZ=900 make test ARGS='-k openapi'` sends up to 20,000.
EXAMPLES = int(os.environ.get("FUZZ", "36"))
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
UNLIMITED = {f"HEMATOMA_GUIDE_{rate.upper()}": "9999999/minute" for rate in RATES}


def fuzzed(url: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["-m", "schemathesis.cli", "run", str(ROOT / "docs/openapi.yml")]
    given = ["--url", url, "--checks", CHECKS, "--seed", "1", "--no-color"]
    examples = ["--max-examples", str(EXAMPLES), "--suppress-health-check", "all"]
    return python(*command, *given, *examples, *options, folder=folder)


@pytest.mark.timeout(3600)
def test_the_bot_does_as_its_description_says(
    tmp_path: Path, meta: FakeGraph, twilio: FakeTwilio
) -> None:
    """Sound or not, from a patient or a stranger, no request is the server's fault or logs one."""
    bot = OwnBot(tmp_path, {**UNLIMITED, **meta.settings(), **twilio.settings()})
    with bot.running() as url:
        opened = requests.post(f"{url}/webhooks/web/session", json={}, timeout=10).json()
        header = f"Authorization: Bearer {opened['token']}"
        patient = ["--exclude-operation-id", "deleteSession", "-H", header]
        for options in (patient, []):
            done = fuzzed(url, tmp_path, *options)
            assert done.returncode == 0, done.stdout + done.stderr
    log = (tmp_path / "bot.log").read_text("utf-8")
    assert "Traceback" not in log
    events = [json.loads(line) for line in log.splitlines() if line[:1] == "{"]
    assert not [event for event in events if "error" in event]
