"""The doors of the server: origins, floods, proxies, headers, pages, checks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from rasa.core.channels.channel import UserMessage

from tests.bot.channels.serving import Chat, Served, StandInAgent, echo, serve

SESSION = "/webhooks/web/session"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://clinic.example", 201),
        ("same", 201),
        ("https://evil.example", 403),
        ("https://clinic.example.evil.example", 403),
        ("null", 403),
    ],
)
def test_it_lets_in_only_listed_websites(served: Served, origin: str, status: int) -> None:
    """Only the clinic's sites, and the bot's own pages, may start a chat."""
    origin = served.url if origin == "same" else origin
    response = served.client().post(SESSION, json={}, headers={"Origin": origin})
    assert response.status_code == status
    granted = response.headers.get("access-control-allow-origin")
    assert granted == (origin if status == 201 else None)
    assert "access-control-allow-credentials" not in response.headers


# Redis cannot be reached; what else must be set beside it.
AWAY = {"redis_url": "redis://127.0.0.1:1", "database_url": "postgresql://none@127.0.0.1/none"}
AWAY |= dict.fromkeys(("token_secret", "data_secret"), "s" * 40)


@pytest.mark.parametrize("shared", [{}, AWAY], ids=["alone", "Redis away"])
def test_it_slows_down_a_flood_of_messages(shared: dict[str, str]) -> None:
    """One chat that sends too much waits; it is told how long, and other chats go on."""
    with serve(session_rate="1/minute", **shared) as served:
        chat, other = Chat(served), Chat(served)
        assert chat.post("hi").status_code == 200
        refusal = chat.post("hi")
        error = refusal.json()["error"]
        assert (refusal.status_code, error["code"]) == (429, "too_many")
        assert 1 <= error["retry_after"] == int(refusal.headers["Retry-After"]) <= 60
        assert "emergency" in error["message"]
        assert other.post("hi").status_code == 200
    with serve(session_rate="4/minute") as served:
        chat = Chat(served)  # the longest messages count for several
        assert [chat.post("word " * 300).status_code, chat.post("hi").status_code] == [200, 429]
    with serve(address_rate="3/minute") as served:  # however many chats it opens
        assert [Chat(served).post("hi").status_code for _ in range(4)] == [200] * 3 + [429]


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


@pytest.mark.parametrize(
    ("proxies", "allowed"),
    [("0", [True, *[False] * 5]), ("1", [True, True, False, True, True, False])],
    ids=["no proxy", "one proxy"],
)
def test_it_slows_down_a_flood_of_new_chats(proxies: str, allowed: list[bool]) -> None:
    """Each address has a limit of its own, which nobody dodges by making up a header."""
    came_from = ["192.0.2.1", "192.0.2.2", "10.9.8.7, 192.0.2.1", "192.0.2.3"]
    came_from += ["2001:db8:1:2::3", "2001:db8:1:2:ffff::9"]  # of one network
    with serve(new_session_rate="1/minute", trusted_proxies=proxies) as served:
        responses = [
            served.client().post(SESSION, json={}, headers={"X-Forwarded-For": forwarded})
            for forwarded in came_from
        ]
    assert [response.status_code for response in responses] == [
        201 if may else 429 for may in allowed
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/frame", 200),
        ("GET", "/widget.js", 200),
        ("GET", "/nowhere", 404),
        ("POST", "/webhooks/web/session", 415),
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
        (LOOPBACK, {}, 200),
        (LOOPBACK, {"X-Forwarded-For": "127.0.0.1"}, 404),
        (TOKEN, {"Authorization": "Bearer " + "t" * 40}, 200),
        (TOKEN, {"Authorization": "Bearer " + "t" * 39}, 404),
        (TOKEN, {}, 404),
    ],
)
def test_the_counts_are_shown_to_whom_the_clinic_lets(
    settings: dict[str, str], headers: dict[str, str], status: int
) -> None:
    """Off is off; no proxy passes a caller on; a monitoring server shows its token."""
    with serve(**settings) as served, served.client() as client:
        assert client.get("/metrics", headers=headers).status_code == status
