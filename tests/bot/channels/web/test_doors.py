"""The doors of the server: origins, floods, proxies, headers, pages, checks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from sanic.compat import Header

from bot.channels.refusals import Refusal
from bot.channels.web.conversations import Conversations
from bot.channels.web.pages import may_read_metrics
from bot.channels.web.rates import Addresses, RateLimits, client_address
from bot.settings import load_settings
from tests.bot.channels.stand_in import StandInAgent, echo
from tests.bot.channels.web.serving import Chat, Served, serve

SESSION = "/webhooks/web/session"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://clinic.example", 201),
        ("same", 201),
        (None, 201),
        ("https://evil.example", 403),
        ("http://clinic.example", 403),
        ("https://clinic.example.evil.example", 403),
        ("null", 403),
    ],
)
def test_it_lets_in_only_listed_websites(served: Served, origin: str | None, status: int) -> None:
    """Only the clinic's sites, and the bot's own pages, may start a chat."""
    headers = {} if origin is None else {"Origin": served.url if origin == "same" else origin}
    response = served.client().post(SESSION, json={}, headers=headers)
    assert response.status_code == status
    granted = response.headers.get("access-control-allow-origin")
    assert granted == (headers.get("Origin") if status == 201 else None)
    assert "access-control-allow-credentials" not in response.headers


def test_it_refuses_a_browser_that_hides_a_foreign_origin(served: Served) -> None:
    """A browser that says "cross-site" without naming the site is not let in."""
    response = served.client().post(SESSION, json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


def test_it_tells_browsers_which_sites_may_ask(served: Served) -> None:
    """A clinic's page passes the browser's preflight; a foreign page does not."""
    allowed, foreign = (
        served.client().options(
            SESSION, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        for origin in ("https://clinic.example", "https://evil.example")
    )
    assert allowed.headers["access-control-allow-origin"] == "https://clinic.example"
    assert allowed.headers["access-control-allow-headers"] == "Authorization, Content-Type"
    assert "DELETE" in allowed.headers["access-control-allow-methods"]
    assert not [name for name in foreign.headers if name.startswith("access-control")]


def test_it_slows_down_a_flood_of_messages() -> None:
    """One chat that sends too much waits; it is told how long, and other chats go on."""
    with serve(session_rate="1/minute") as served:
        chat, other = Chat(served), Chat(served)
        assert chat.post("hi").status_code == 200
        refusal = chat.post("hi")
        error = refusal.json()["error"]
        assert (refusal.status_code, error["code"]) == (429, "too_many")
        assert 1 <= error["retry_after"] == int(refusal.headers["Retry-After"]) <= 60
        assert "emergency" in error["message"]
        assert other.post("hi").status_code == 200


def test_long_messages_count_for_several() -> None:
    """Who sends the longest messages takes no more of the server than others."""
    with serve(session_rate="4/minute") as served:
        chat = Chat(served)
        assert [chat.post("word " * 300).status_code, chat.post("hi").status_code] == [200, 429]


def test_long_messages_of_one_address_are_read_one_by_one() -> None:
    """Between them the messages of others are answered."""
    under_way: list[str] = []
    most: list[int] = []

    async def reply(message: UserMessage) -> None:
        under_way.append(str(message.text))
        most.append(len(under_way))
        await asyncio.sleep(0.2)
        under_way.remove(str(message.text))
        await echo(message)

    with serve(StandInAgent(reply)) as served, ThreadPoolExecutor(3) as pool:
        chats = [Chat(served) for _ in range(3)]
        said = list(pool.map(lambda chat: chat.post("word " * 300).status_code, chats))
    assert said == [200] * 3
    assert max(most) == 1


def test_it_slows_down_an_address_with_many_chats() -> None:
    """Many chats from one address share the limit of that address."""
    with serve(address_rate="3/minute") as served:
        statuses = [Chat(served).post("hi").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("proxies", "allowed"),
    [("0", [True, False, False, False]), ("1", [True, True, False, True])],
    ids=["no proxy", "one proxy"],
)
def test_it_slows_down_a_flood_of_new_chats(proxies: str, allowed: list[bool]) -> None:
    """Each address has a limit of its own, which nobody dodges by making up a header."""
    came_from = ("192.0.2.1", "192.0.2.2", "10.9.8.7, 192.0.2.1", "192.0.2.3")
    with serve(new_session_rate="1/minute", trusted_proxies=proxies) as served:
        responses = [
            served.client().post(SESSION, json={}, headers={"X-Forwarded-For": forwarded})
            for forwarded in came_from
        ]
    assert [response.status_code for response in responses] == [
        201 if may else 429 for may in allowed
    ]


def request_from(ip: str, *forwarded: str) -> Any:
    """A request as far as addresses go."""
    return SimpleNamespace(ip=ip, headers=Header([("x-forwarded-for", hop) for hop in forwarded]))


def test_it_reads_addresses_from_the_right() -> None:
    """What a patient's machine wrote into the header itself is never believed."""
    chain = request_from("10.0.0.1", "6.6.6.6, 192.0.2.9", "10.0.0.2")
    assert client_address(chain, 0) == "10.0.0.1"
    assert client_address(chain, 1) == "10.0.0.2"
    assert client_address(chain, 2) == "192.0.2.9"
    assert client_address(request_from("10.0.0.1"), 2) == "10.0.0.1"


def test_it_counts_an_ipv6_network_as_one_address() -> None:
    """A home with a whole IPv6 network counts once; the address itself is not kept."""
    addresses = Addresses(0)
    one, two, other = (
        addresses.key_of(request_from(ip))
        for ip in ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", "2001:db8:1:3::3")
    )
    assert one == two != other
    assert "2001" not in one
    assert addresses.key_of(request_from("::ffff:192.0.2.1")) == addresses.key_of(
        request_from("192.0.2.1")
    )


def test_it_still_counts_when_the_shared_store_is_down() -> None:
    """With Redis away patients are answered, and floods still slowed, by each process itself."""
    rates = RateLimits("redis://127.0.0.1:1/0", {"chat": "1/minute"})

    async def spend_twice() -> None:
        await rates.spend("chat", "me")
        await rates.spend("chat", "me")

    with pytest.raises(Refusal, match="too_many"):
        asyncio.run(spend_twice())


def test_it_forgets_the_oldest_idle_chats_first() -> None:
    """Memory stays bounded however many chats come."""
    conversations = Conversations(most=3)
    first = conversations.of("a")
    for name in "bcd":
        conversations.of(name)
    assert len(conversations) == 3
    assert conversations.of("a") is not first


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/frame", 200),
        ("GET", "/widget.js", 200),
        ("GET", "/health", 200),
        ("GET", "/ready", 200),
        ("HEAD", "/", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/webhooks/web/message", 405),
        ("POST", "/webhooks/web/session", 415),
        ("DELETE", "/webhooks/web/session", 401),
        ("GET", "/../../etc/passwd", 404),
    ],
)
def test_every_response_carries_the_security_headers(
    served: Served, method: str, path: str, status: int
) -> None:
    """Pages, answers and errors alike tell the browser to trust nothing they do not name."""
    response = served.client().request(method, path)
    assert response.status_code == status
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in response.headers
    if status >= 400:
        assert set(response.json()) == {"error"}
        assert "Traceback" not in response.text


def test_pages_pass_trusted_types_and_are_framed_only_where_allowed() -> None:
    """The iframe page shows on the clinic's sites and nowhere else."""
    with serve(frame_origins="https://clinic.example") as served, served.client() as client:
        home = client.get("/").headers["content-security-policy"]
        frame = client.get("/frame").headers["content-security-policy"]
    for policy in (home, frame):
        assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'self' https://clinic.example;" in frame
    assert "frame-ancestors 'self';" in home


def test_the_widget_may_be_loaded_by_any_page_and_is_not_sent_twice(served: Served) -> None:
    """A clinic's page on another host can load the script, compressed, and revalidate it."""
    with served.client() as client:
        first = client.get("/widget.js")
        assert first.headers["access-control-allow-origin"] == "*"
        assert first.headers["cross-origin-resource-policy"] == "cross-origin"
        assert first.headers["content-type"].startswith("text/javascript")
        for coding in ("br", "gzip", "identity"):
            other = client.get("/widget.js", headers={"Accept-Encoding": coding})
            assert other.headers.get("content-encoding", "identity") == coding
            assert other.text == first.text
        again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.text) == (304, "")


TOKEN = {"metrics_access": "token", "metrics_token": "t" * 40}
LOOPBACK = {"metrics_access": "loopback"}


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({"metrics_access": "off"}, {}, 404),
        (LOOPBACK, {}, 200),
        (LOOPBACK, {"X-Forwarded-For": "127.0.0.1"}, 404),
        (TOKEN, {"Authorization": "Bearer " + "t" * 40}, 200),
        (TOKEN, {"Authorization": "Bearer " + "t" * 39}, 404),
        (TOKEN, {"Authorization": "t" * 40}, 404),
        (TOKEN, {}, 404),
    ],
)
def test_the_counts_are_shown_to_whom_the_clinic_lets(
    settings: dict[str, str], headers: dict[str, str], status: int
) -> None:
    """Off is off; no proxy passes a caller on; a monitoring server shows its token."""
    with serve(**settings) as served, served.client() as client:
        assert client.get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("ip", "may"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("", False)]
)
def test_loopback_means_this_machine(ip: str, may: bool) -> None:
    """Whoever calls from another address gets nothing."""
    settings = load_settings({"HEMATOMA_GUIDE_METRICS_ACCESS": "loopback"})
    assert may_read_metrics(request_from(ip), settings) is may
