"""Hundreds of malformed requests to the really running bot: none breaks it, none is its fault."""

from __future__ import annotations

import socket

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def status_of(address: tuple[str, int], request: bytes) -> int | None:
    """Send a request and nothing more; return the status of the answer, None if there is none."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        try:
            answer = connection.recv(4096)
        except ConnectionResetError:
            return None
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None


def test_no_malformed_request_is_the_servers_fault(bot_url: str) -> None:
    """It is refused or answered; the next patient is served as fast as ever."""
    host, port = bot_url.removeprefix("http://").split(":")

    @settings(
        max_examples=400,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests_made)
    def sent(made: tuple[str, str, str, list[tuple[str, str]], bytes]) -> None:
        method, path, version, fields, body = made
        head = "\r\n".join([f"{method} {path} {version}", *(f"{n}: {v}" for n, v in fields)])
        status = status_of((host, int(port)), head.encode("latin-1") + b"\r\n\r\n" + body)
        assert status is None or status < 500, (status, made)

    sent()
    assert requests.get(f"{bot_url}/health", timeout=5).ok
