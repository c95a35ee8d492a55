"""What the channel turns away, over a real connection; each refusal is counted."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.channels.metrics import Metrics
from bot.channels.twilio_whatsapp import TwilioWhatsAppInput
from bot.channels.twilio_whatsapp.channel import MOST_BYTES
from bot.settings import load_settings
from evaluation.launch import free_port
from tests.bot.channels.messaging.serving import StandIn, serving
from tests.bot.channels.twilio_whatsapp import phone
from tests.bot.channels.twilio_whatsapp.conftest import Clinic
from tests.bot.channels.twilio_whatsapp.phone import (
    PUBLIC_URL,
    STATUS_PATH,
    WEBHOOK_PATH,
    Phone,
    post,
)
from tests.conversations.channel_visitors import waited_for

ROOT = Path(__file__).parents[4]
FORM = "application/x-www-form-urlencoded"


def knock(
    clinic: Clinic,
    body: bytes,
    signature: str | None,
    path: str = WEBHOOK_PATH,
    content_type: str = FORM,
) -> int:
    """Post bytes with a header of our own making."""
    headers = {"Content-Type": content_type}
    if signature is not None:
        headers["X-Twilio-Signature"] = signature
    with httpx.Client(timeout=30, trust_env=False) as client:
        return client.post(clinic.url + path, content=body, headers=headers).status_code


def body_of(fields: phone.Fields) -> bytes:
    """Write fields as a form."""
    return urlencode(fields).encode()


def refused(clinic: Clinic, reason: str) -> bool:
    """Whether one request was refused for a reason, and nothing reached the bot."""
    line = f'refusals_total{{channel="twilio_whatsapp",reason="{reason}"}} 1'
    return clinic.counts(line) and not clinic.agent.received and not clinic.twilio.tries


@pytest.mark.parametrize("path", [WEBHOOK_PATH, STATUS_PATH])
def test_it_rejects_a_missing_signature(open_clinic: Clinic, path: str) -> None:
    """Who does not sign is not Twilio."""
    assert knock(open_clinic, body_of(Phone().text("hello")), None, path) == 403
    assert refused(open_clinic, "wrong_signature")


@pytest.mark.parametrize("path", [WEBHOOK_PATH, STATUS_PATH])
def test_it_rejects_a_signature_made_with_another_token(open_clinic: Clinic, path: str) -> None:
    """Neither a guessed token nor one that the clinic has replaced opens the door."""
    fields = Phone().text("hello")
    old = phone.AUTH_TOKEN[::-1]
    assert post(open_clinic.url, PUBLIC_URL, path, fields, auth_token=old) == 403
    assert refused(open_clinic, "wrong_signature")


def test_it_rejects_a_stale_signature(open_clinic: Clinic) -> None:
    """The signature of one message does not vouch for another."""
    old = phone.signature(PUBLIC_URL + WEBHOOK_PATH, Phone().text("hello"))
    assert knock(open_clinic, body_of(Phone().text("hello")), old) == 403
    assert refused(open_clinic, "wrong_signature")


def test_it_rejects_a_body_changed_by_one_byte(open_clinic: Clinic) -> None:
    """Not one letter of a message can be changed on the way."""
    fields = Phone().text("I can walk")
    signature = phone.signature(PUBLIC_URL + WEBHOOK_PATH, fields)
    body = body_of(fields).replace(b"I+can+walk", b"I+can+talk")
    assert knock(open_clinic, body, signature) == 403
    assert refused(open_clinic, "wrong_signature")


def test_it_rejects_a_signature_for_another_address(open_clinic: Clinic) -> None:
    """What Twilio signed for the status address, or for another site, is not a message."""
    fields = Phone().text("hello")
    for url in (PUBLIC_URL + STATUS_PATH, f"https://other.example{WEBHOOK_PATH}"):
        assert knock(open_clinic, body_of(fields), phone.signature(url, fields)) == 403


def test_it_rejects_a_query_that_was_not_signed(open_clinic: Clinic) -> None:
    """A receipt cannot be turned into one of another answer."""
    fields = {"MessageStatus": "sent", "AccountSid": phone.ACCOUNT_SID}
    signature = phone.signature(f"{PUBLIC_URL}{STATUS_PATH}?answer=a", fields)
    path = f"{STATUS_PATH}?answer=b"
    assert knock(open_clinic, body_of(fields), signature, path) == 403
    assert refused(open_clinic, "wrong_signature")


@pytest.mark.parametrize("path", [WEBHOOK_PATH, STATUS_PATH])
def test_it_rejects_another_account(open_clinic: Clinic, path: str) -> None:
    """A true signature counts only for the clinic's own account."""
    fields = Phone(account_sid="AC" + "f" * 32).text("hello")
    assert post(open_clinic.url, PUBLIC_URL, path, fields) == 403
    assert refused(open_clinic, "wrong_account")


@pytest.mark.parametrize("number", ["whatsapp:+15559999999", "+15550001111", ""])
def test_it_rejects_a_message_to_another_number(open_clinic: Clinic, number: str) -> None:
    """A message to another number of the account is not for this bot."""
    assert open_clinic.bring(Phone(clinic=number).text("hello")) == 403
    assert refused(open_clinic, "wrong_number")


def test_it_rejects_a_body_that_is_too_big(open_clinic: Clinic) -> None:
    """Nobody fills the memory of the server."""
    assert open_clinic.bring(Phone().text("x" * MOST_BYTES)) == 413
    assert refused(open_clinic, "too_big")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", ""])
def test_it_rejects_another_content_type(open_clinic: Clinic, content_type: str) -> None:
    """Twilio sends forms, and nothing else."""
    fields = Phone().text("hello")
    signature = phone.signature(PUBLIC_URL + WEBHOOK_PATH, fields)
    assert knock(open_clinic, body_of(fields), signature, content_type=content_type) == 415
    assert refused(open_clinic, "not_form")


def test_it_rejects_a_form_of_thousands_of_fields(open_clinic: Clinic) -> None:
    """Nobody keeps the server busy with sorting."""
    assert knock(open_clinic, b"a=&" * 10_000, "A" * 28) == 400
    assert refused(open_clinic, "bad_form")


def test_it_takes_blank_and_repeated_fields(open_clinic: Clinic) -> None:
    """A true signature is not refused for what Twilio leaves blank or sends twice."""
    fields = [
        *Phone().text("hello", Forwarded="", Label="").items(),
        ("Extra", "2"),
        ("Extra", "1"),
    ]
    assert post(open_clinic.url, PUBLIC_URL, WEBHOOK_PATH, fields) == 204
    open_clinic.twilio.wait_for(1)


def test_it_takes_an_address_with_a_query(open_clinic: Clinic) -> None:
    """A clinic may add a query to the address it gives to Twilio."""
    path = f"{WEBHOOK_PATH}?site=main&note=a%20b"
    assert post(open_clinic.url, PUBLIC_URL, path, Phone().text("hello")) == 204
    open_clinic.twilio.wait_for(1)


def test_it_answers_at_once_with_nothing(open_clinic: Clinic) -> None:
    """Twilio gets its empty answer before the bot has thought of one."""
    fields = Phone().text("hello")
    with httpx.Client(timeout=30, trust_env=False) as client:
        response = client.post(
            open_clinic.url + WEBHOOK_PATH,
            content=body_of(fields),
            headers={
                "Content-Type": FORM,
                "X-Twilio-Signature": phone.signature(PUBLIC_URL + WEBHOOK_PATH, fields),
            },
        )
    assert (response.status_code, response.content) == (204, b"")


def test_it_has_no_address_without_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clinic that does not use Twilio opens no door to it."""
    monkeypatch.chdir(tmp_path)
    channel = TwilioWhatsAppInput(load_settings({}), Metrics())
    with serving(channel, StandIn()) as url:
        assert phone.deliver(url, PUBLIC_URL, Phone().text("hello")) == 404
    assert not list(tmp_path.iterdir())


def test_a_message_that_cannot_be_stored_is_given_back(
    open_clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    """What the bot could not keep, it does not confirm; and its log holds no word of it."""
    database = sqlite3.connect("inbox.db")
    database.execute("DROP TABLE messages")
    database.close()
    assert open_clinic.bring(Phone().text("my canary words")) == 500
    assert "canary" not in caplog.text
    assert "6505551234" not in caplog.text


def test_the_channel_is_registered() -> None:
    """Who sets Twilio's settings needs to change no file."""
    assert "bot.channels.twilio_whatsapp.TwilioWhatsAppInput" in (
        (ROOT / "credentials.yml").read_text("utf-8")
    )


@contextmanager
def proxy(folder: Path, bot_url: str) -> Iterator[str]:
    """Put nginx before the bot, which serves it below /guide."""
    port = free_port()
    places = "".join(
        f"{kind}_temp_path {folder}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid; events {{}} http {{ access_log off; {places} server {{ "
        f"listen 127.0.0.1:{port}; location /guide/ {{ proxy_pass {bot_url}/; }} }} }}"
    )
    command = ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
    nginx = subprocess.Popen([*map(str, command), "-g", "daemon off;"])
    try:
        waited_for((folder / "nginx.pid").exists)
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.terminate()
        nginx.wait()


@pytest.mark.skipif(
    not shutil.which("nginx") and "CI" not in os.environ, reason="there is no nginx"
)
def test_a_bot_below_a_path_of_the_clinics_site_is_reached(clinic: Clinic, tmp_path: Path) -> None:
    """Twilio signs the whole public address, which the proxy shortens; receipts come back to it."""
    clinic.public_url = f"{PUBLIC_URL}/guide"
    with clinic.open(), proxy(tmp_path, clinic.url) as public:
        clinic.twilio.report_to = public
        assert (
            phone.post(f"{public}/guide", clinic.public_url, WEBHOOK_PATH, Phone().text("hi"))
            == 204
        )
        clinic.twilio.wait_for(1)
        receipt = 'receipts_total{channel="twilio_whatsapp",status="delivered"} 1'
        waited_for(lambda: clinic.counts(receipt))
