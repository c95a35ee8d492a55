"""Requests that would hold or break the server, sent over real sockets."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot import bounded_http
from bot.bounded_http import BoundedProtocol
from bot.channels.rest import RestInput
from tests.bot.channels.serving import app_with, running

GOOD = b"GET / HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n"
UNSOUND = [
    b"Content-Length: -1",
    b"Content-Length: +5",
    b"Content-Length: 1e3",
    b"Content-Length: 5\r\nContent-Length: 6",
    b"content-length : 5",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked",
]


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """Where a server listens that looks after its deadlines often."""
    app = app_with(RestInput(), None)
    app.config.KEEP_ALIVE_TIMEOUT = 1.0
    with running(app) as url:
        host, port = url.removeprefix("http://").split(":")
        yield host, int(port)


def sent(address: tuple[str, int], request: bytes) -> bytes:
    """Send a request on a connection of its own; return all that comes back until it ends."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request)
        got = b""
        try:
            while piece := connection.recv(4096):
                got += piece
        except ConnectionResetError:
            pass
        return got


@pytest.mark.parametrize("head", UNSOUND)
def test_a_request_of_unsound_length_is_refused(address: tuple[str, int], head: bytes) -> None:
    """It gets status 400 at once, and the next caller is served."""
    request = b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: bot\r\n" + head + b"\r\n\r\nhello"
    assert sent(address, request).startswith(b"HTTP/1.1 400 ")
    assert sent(address, GOOD).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /webhooks/rest/webhook HT",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 90\r\n\r\n{",
    ],
)
def test_a_request_that_drips_is_ended(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    """A caller who sends a byte now and then does not hold a connection for ever."""
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 1.5)
    monkeypatch.setattr(bounded_http, "BODY_SECONDS", 1.5)
    with socket.create_connection(address, timeout=0.3) as connection:
        connection.sendall(begun)
        for _ in range(50):  # a third of a second each
            try:
                got = connection.recv(4096)
            except TimeoutError:
                connection.sendall(b" ")
            except ConnectionResetError:
                got = b""
                break
            else:
                break
        else:
            pytest.fail("the connection was still open after 15 seconds")
    assert got.startswith(b"HTTP/1.1 408 ") or not got


@contextmanager
def held(address: tuple[str, int], most: int) -> Iterator[None]:
    """Hold as many idle connections as there is room for; one more is closed at once."""
    with ExitStack() as connections:
        for _ in range(most):
            connections.enter_context(socket.create_connection(address))
        time.sleep(0.2)
        assert sent(address, GOOD) == b""
        yield


def test_connections_are_bounded(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more connections than there is room for the last are closed, until others go."""
    monkeypatch.setattr(BoundedProtocol, "most", 8)
    monkeypatch.setattr(BoundedProtocol, "most_of_one", 8)
    with held(address, 8):
        pass
    time.sleep(0.2)
    assert sent(address, GOOD).startswith(b"HTTP/1.1 200 ")


def test_one_address_takes_a_share_only(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one address holds all that it may, another is served."""
    monkeypatch.setattr(BoundedProtocol, "most_of_one", 2)
    with held(address, 2), socket.socket() as other:
        other.bind(("127.0.0.2", 0))
        other.connect(address)
        other.sendall(GOOD)
        assert other.recv(4096).startswith(b"HTTP/1.1 200 ")
