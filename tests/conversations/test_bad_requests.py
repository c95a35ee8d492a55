"""Odd messages and malformed requests to the really running bot: none is met with silence."""

import gzip
import json
import re
from contextlib import suppress
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conversations.patient import Patient, answer_to, sections

METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW", "post"]
PATHS = (
    "/ /health /metrics /widget.js /frame /webhooks/rest/webhook /webhooks/web/session "
    "/webhooks/web/message /webhooks/whatsapp/webhook /webhooks/twilio_whatsapp/webhook "
    "* /%00%ff /../etc/passwd http://other.example/"
).split()
LENGTHS = ["0", "2", "17", "-1", "+2", "2, 2", "1e3", "99999999999999999999", "", "two"]
TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", ";;;", ""]
BODIES = [b"", b"{}", b"null", b'{"sender": 1, "message": []}', b'{"text": "\\ud800"}', b"{"]

names = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=12)
headers = st.one_of(
    st.tuples(st.just("Content-Length"), st.sampled_from(LENGTHS)),
    st.tuples(st.just("Transfer-Encoding"), st.sampled_from(["chunked", "gzip", "identity"])),
    st.tuples(st.just("Content-Type"), st.sampled_from(TYPES)),
    st.tuples(st.sampled_from(["Expect", "Connection", "Upgrade", "Origin", "Cookie"]), names),
    st.tuples(st.just("Authorization"), st.sampled_from(["Bearer", "Bearer a.b.c", "Basic \xff"])),
    st.tuples(names, names),
)
requests_made = st.tuples(
    st.sampled_from(METHODS),
    st.one_of(st.sampled_from(PATHS), names),
    st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2", ""]),
    st.lists(headers, max_size=5),
    st.one_of(st.sampled_from(BODIES), st.binary(max_size=80)),
)


@pytest.mark.parametrize(
    "text",
    ["😀", "", "\u200b", "a" * 2000, "<script>alert(1)</script>", "a spinal hematoma\ud83d\x00"],
    ids=lambda text: ascii(text[:20]),
)
def test_odd_messages_get_a_polite_reply_or_a_clear_refusal(patient: Patient, text: str) -> None:
    """Whatever is typed, or not typed, the patient reads a sentence, and the bot goes on."""
    patient.send(json.dumps({"sender": patient.id, "message": text}))
    assert patient.hear("What is a spinal hematoma?")[0] == "answer"


def test_a_zipped_request_is_refused_by_its_name(patient: Patient) -> None:
    """Whoever zips a request learns that this is what was wrong."""
    zipped = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = patient.post(data=gzip.compress(b"{}"), headers=zipped)
    assert response.status_code == 415
    assert "Content-Encoding" in response.json()["error"]["message"]


def test_a_byte_order_mark_and_extra_fields_change_nothing(patient: Patient) -> None:
    """A client cannot pass for another channel or plant data in a conversation."""
    more = {"input_channel": "web", "metadata": {"focus": {"site": "spinal"}}}
    body = json.dumps({"sender": patient.id, "message": "Hello", **more})
    (message,) = patient.send(b"\xef\xbb\xbf" + body.encode()).json()
    assert message["custom"]["outcome"] == "smalltalk"


@pytest.mark.parametrize("given", [{}, {"sender": None}, {"sender": ""}], ids=str)
def test_whoever_gives_no_sender_talks_alone(patient: Patient, given: dict[str, Any]) -> None:
    """Without a sender nobody lands in a conversation that others share."""
    ids = set()
    for text in ("How is an ossified hematoma treated?", "and the symptoms?"):
        (message,) = patient.post(json={**given, "message": text}).json()
        ids.add(message["recipient_id"])
    assert len(ids) == 2
    assert "default" not in ids
    assert sections(message) != {"ossified/symptoms"}


def test_no_malformed_request_is_the_servers_fault(bot_url: str) -> None:
    """It is refused or answered; the next patient is served as fast as ever."""
    checks = list(HealthCheck)

    @settings(
        max_examples=400,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=checks,
    )
    @given(requests_made)
    def sent(made: tuple[str, str, str, list[tuple[str, str]], bytes]) -> None:
        method, path, version, fields, body = made
        head = "\r\n".join([f"{method} {path} {version}", *(f"{n}: {v}" for n, v in fields)])
        answer = b""
        with suppress(ConnectionResetError):
            answer = answer_to(bot_url, head.encode("latin-1") + b"\r\n\r\n" + body)
        assert not re.match(rb"HTTP/\S+ [5-9]", answer), (answer, made)

    sent()
    assert requests.get(f"{bot_url}/health", timeout=5).ok
