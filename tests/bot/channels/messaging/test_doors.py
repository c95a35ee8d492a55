"""Who is let in at the webhooks of either platform, and who is not."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.metrics import Metrics
from bot.settings import load_settings
from tests.bot.channels.messaging.clinic import META, TWILIO, Clinic, Platform, only, until
from tests.bot.channels.serving import StandInAgent, app_with, running
from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.twilio_whatsapp.fake_twilio import PUBLIC_URL, STATUS_PATH
from tests.bot.channels.whatsapp import fake_graph

HANDSHAKE = {
    "hub.mode": "subscribe",
    "hub.verify_token": fake_graph.VERIFY_TOKEN,
    "hub.challenge": "1158201444",
}
NEWS = {"MessageStatus": "sent", "AccountSid": fake_twilio.ACCOUNT_SID}


@pytest.mark.parametrize("header", ["", "A" * 28, "sha256=" + "0" * 64, "sha256=\u00e4", "other"])
def test_it_rejects_what_is_no_signature(shared: Clinic, header: str) -> None:
    """Who does not sign is not the platform, nor who has an old secret or changes one byte."""
    webhook, name = shared.person().text("I-can-walk"), shared.platform.header
    body, headers = shared.platform.side.signed(webhook)
    if header == "other":
        secret = "app_secret" if "Hub" in name else "auth_token"
        header = shared.platform.side.signed(webhook, **{secret: "an old secret"})[1][name]
    with shared.refusing("wrong_signature"):
        assert shared.knock(body, headers | {name: header}) == 403
    with shared.refusing("wrong_signature"):
        assert shared.knock(body.replace(b"I-can-walk", b"I-can-talk"), headers) == 403


def test_it_rejects_a_body_that_is_too_big(shared: Clinic) -> None:
    """Nobody fills the memory of the server."""
    with shared.refusing("too_big"), contextlib.suppress(httpx.TransportError):
        # The server may hang up while we are still talking.
        webhook = shared.person().text("x" * shared.platform.most_bytes)
        assert shared.knock(*shared.platform.side.signed(webhook)) == 413


def test_a_message_that_cannot_be_stored_is_given_back(
    clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    """What the bot could not keep, it does not confirm; and its log holds no word of it."""
    with clinic.open():
        with contextlib.closing(sqlite3.connect("inbox.db")) as database:
            database.execute("DROP TABLE messages")
        assert clinic.platform.side.post(clinic.url, clinic.person().text("my canary words")) == 500
    assert "canary" not in caplog.text
    assert "6505" not in caplog.text


def test_without_its_settings_it_has_no_address(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clinic that does not use a platform opens no door to it."""
    monkeypatch.chdir(tmp_path)
    channel: Any = platform.channel(load_settings({}), Metrics())
    with running(app_with(channel, StandInAgent())) as url:
        assert platform.side.post(url, platform.phone(1).text("hello")) == 404
        assert httpx.get(url + platform.path, trust_env=False).status_code == 404
    assert not list(tmp_path.iterdir())


@only(META)
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"hub.verify_token": "verify-0123456788"},
        {"hub.verify_token": "\u00fc\ud7ff"},
        {"hub.verify_token": None},
        {"hub.challenge": "<script>alert(1)</script>"},
    ],
)
def test_it_shakes_hands_with_who_knows_the_verify_token(
    shared: Clinic, change: dict[str, str | None]
) -> None:
    """Meta gets its challenge back, bare and as plain text; others, or odd ones, get nothing."""
    params = {name: value for name, value in (HANDSHAKE | change).items() if value is not None}
    with shared.refusing("wrong_verify_token") if change else contextlib.nullcontext():
        response = httpx.get(shared.url + META.path, params=params, trust_env=False)
    assert (response.status_code, response.text) == ((403, "") if change else (200, "1158201444"))
    assert change or response.headers["content-type"].startswith("text/plain")


@only(META)
def test_it_checks_the_bytes_as_they_came(shared: Clinic) -> None:
    """A body written in another way (spaces, escapes) is taken if its own bytes are signed."""
    said = "caf\u00e9 \U0001fa78"
    body = json.dumps(shared.person().text(said), indent=3, ensure_ascii=False).encode()
    assert shared.knock(body, {META.header: fake_graph.signature(body)}) == 200
    shared.rest()
    assert shared.agent.texts[-1] == said
    shared.bring(shared.person().text("x" * (META.most_bytes - 2000)))  # as much as Meta sends
    shared.rest()
    assert "xxx" in shared.agent.texts[-1]


@only(META)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe{}"])
def test_it_rejects_what_is_not_a_json_object(shared: Clinic, body: bytes) -> None:
    """Even signed, what cannot be a webhook is turned down."""
    with shared.refusing("bad_json"):
        assert shared.knock(body, {META.header: fake_graph.signature(body)}) == 400


@only(META)
def test_it_takes_the_good_messages_of_a_batch_with_bad_ones(shared: Clinic) -> None:
    """One that cannot be read, or is for another number, does not lose the others."""
    anna = shared.person()
    batch = fake_graph.together(*(anna.text(text) for text in ("one", "two", "three")))
    fake_graph.value_in(batch)["messages"][1] = {"id": 7, "type": None}
    other = fake_graph.Phone(phone_number_id="999999999999999").text("hello")
    batch["entry"] = [None, *other["entry"], *batch["entry"]]
    shared.bring(batch)
    shared.rest()
    assert shared.agent.texts[-2:] == ["one", "three"]
    for reason in ("malformed", "wrong_number_id"):
        assert shared.count("dropped_total", reason=reason) == 1


@only(META)
def test_a_store_that_fails_within_a_batch_leaves_nobody_waiting(clinic: Clinic) -> None:
    """What was stored before it failed is answered at once; the rest when it is brought again."""
    anna, ben = clinic.person(), clinic.person()
    batch = fake_graph.together(anna.text("one"), ben.text("two"))
    with clinic.open():
        with contextlib.closing(sqlite3.connect("inbox.db")) as database:
            database.execute(
                "CREATE TRIGGER full BEFORE INSERT ON messages"
                " WHEN EXISTS (SELECT 1 FROM messages) BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
            assert fake_graph.post(clinic.url, batch) == 500
            until(lambda: clinic.fake.to(anna))
            database.execute("DROP TRIGGER full")
        clinic.bring(batch)
        until(lambda: clinic.fake.to(ben))
        clinic.rest()
    assert len(clinic.fake.to(anna)) == 1


@only(TWILIO)
def test_it_rejects_a_signature_for_another_address(shared: Clinic) -> None:
    """What Twilio signed for the status address, for another site or query, is not a message."""
    fields = shared.person().text("hello")
    for signed, path in (
        (fake_twilio.signed(fields, STATUS_PATH), TWILIO.path),
        (fake_twilio.signed(fields, public_url="https://other.example"), TWILIO.path),
        (fake_twilio.signed(NEWS, f"{STATUS_PATH}?answer=a"), f"{STATUS_PATH}?answer=b"),
    ):
        with shared.refusing("wrong_signature"):
            assert shared.knock(*signed, path) == 403


@only(TWILIO)
def test_it_rejects_what_is_not_for_this_bot(shared: Clinic) -> None:
    """A true signature counts for the clinic's own account and number, in a form of few fields."""
    other = fake_twilio.Phone(account_sid="AC" + "f" * 32).text("hello")
    for path in (TWILIO.path, STATUS_PATH):
        with shared.refusing("wrong_account"):
            assert shared.knock(*fake_twilio.signed(other, path), path) == 403
    for number in ("whatsapp:+15559999999", ""):
        with shared.refusing("wrong_number"):
            asked = fake_twilio.Phone(clinic=number).text("hello")
            assert shared.knock(*fake_twilio.signed(asked)) == 403
    body, headers = fake_twilio.signed(shared.person().text("hello"))
    with shared.refusing("bad_form"):
        assert shared.knock(b"a=&" * 10_000, headers) == 400
    with shared.refusing("not_form"):
        assert shared.knock(body, headers | {"Content-Type": "application/json"}) == 415


@only(TWILIO)
def test_it_takes_all_that_twilio_signs(shared: Clinic) -> None:
    """Blank and repeated fields and a query in the clinic's address do not break the signature."""
    anna = shared.person()
    fields = [*anna.text("hello", Label="").items(), ("Extra", "2"), ("Extra", "1")]
    assert fake_twilio.post(shared.url, fields, f"{TWILIO.path}?site=main&note=a%20b") == 204
    until(lambda: shared.fake.to(anna))


@only(TWILIO)
def test_receipts_that_mean_nothing_are_passed_over(shared: Clinic) -> None:
    """A signed callback without a token, or with a foreign one, changes nothing."""
    for query in ("", "?answer=", "?answer=unknown", "?answer=" + "f" * 32):
        assert fake_twilio.post(shared.url, NEWS, STATUS_PATH + query) == 204
    assert fake_twilio.post(shared.url, NEWS | {"MessageStatus": "canary"}, STATUS_PATH) == 204
    assert "canary" not in shared.metrics.render()


@only(TWILIO)
def test_a_bot_below_a_path_of_the_clinics_site_is_reached(clinic: Clinic) -> None:
    """Twilio signs the whole public address, which a proxy shortens; receipts come back to it."""
    clinic.fake.public_url = site = f"{PUBLIC_URL}/guide"
    clinic.fake.reports = ()
    with clinic.open():
        hello = clinic.person().text("hi")
        assert fake_twilio.post(clinic.url, hello, public_url=site) == 204
        (sent,) = clinic.fake.wait_for(1)
        callback = sent.raw["StatusCallback"]
        assert callback.startswith(f"{site}{STATUS_PATH}?answer=")
        assert fake_twilio.post(clinic.url, NEWS, callback.removeprefix(site), site) == 204
        until(lambda: clinic.count("receipts_total", status="sent") == 1)
