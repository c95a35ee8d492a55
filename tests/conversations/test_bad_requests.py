"""Odd messages and malformed requests to the really running bot: none is met with silence."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.conversations.patient import Patient, sections


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "",
        "\x00",
        "\u200b",
        "a" * 2000,
        "<script>alert(1)</script>",
        "what is a spinal hematoma\ud83d",
        "line one\n\n\nline two: what is a spinal hematoma?",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_odd_messages_get_a_polite_reply_or_a_clear_refusal(patient: Patient, text: str) -> None:
    """Whatever is typed, or not typed, the patient reads a sentence, and the bot goes on."""
    patient.send(json.dumps({"sender": patient.id, "message": text}))
    assert patient.hear("What is a spinal hematoma?")[0] == "answer"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"[" * 5000, "application/json"),
        (b'{"sender": "a", "message": "hi"}', "text/plain"),
        (json.dumps({"sender": "a", "message": "word " * 20_000}).encode(), "application/json"),
        *(
            (json.dumps(fields).encode(), "application/json")
            for fields in (
                {"sender": ["a"], "message": "hi"},
                {"sender": "x" * 65, "message": "hi"},
            )
        ),
    ],
    ids=lambda part: ascii(part[:40]),
)
def test_a_malformed_request_is_refused(patient: Patient, body: bytes, kind: str) -> None:
    """Whoever writes a client learns what is wrong with the request, and ends no server."""
    assert patient.send(body, kind).status_code >= 400
    assert patient.hear("Hello")[0] == "smalltalk"


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
