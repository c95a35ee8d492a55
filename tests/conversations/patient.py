"""Someone who writes to the really running bot, over POST /webhooks/rest/webhook."""

import json
import re
import secrets
import socket
from typing import Any

import requests

from knowledge_base.articles import Source, load_articles
from knowledge_base.outcome import Outcome

SOURCES: dict[str, Source] = {article.source.id: article.source for article in load_articles()}
STACK_TRACE = re.compile(r"traceback|exception|error:|\.py\b|line \d+|<html", re.IGNORECASE)

Message = dict[str, Any]


class Patient:
    """Someone who writes to the bot."""

    def __init__(self, url: str) -> None:
        self.address = f"{url}/webhooks/rest/webhook"
        self.id = secrets.token_hex(8)

    def post(self, **kwargs: Any) -> requests.Response:
        return requests.post(self.address, timeout=60, **kwargs)

    def say(self, text: str) -> Message:
        """Send a message; give the one message that answers it."""
        response = self.post(json={"sender": self.id, "message": text})
        assert response.status_code == 200, response.text
        messages = response.json()
        assert len(messages) == 1, messages
        (message,) = messages
        assert message["recipient_id"] == self.id
        check(message)
        return message

    def send(self, body: str | bytes, kind: str = "application/json") -> requests.Response:
        """Send a body as it is; it is answered or refused with a sentence, and nothing breaks."""
        response = self.post(data=body, headers={"Content-Type": kind})
        if response.status_code == 200:
            (message,) = response.json()
            check(message)
        else:
            assert 400 <= response.status_code < 500, response.text
            assert len(response.text) < 500
            assert not STACK_TRACE.search(response.text)
            sentence = json.dumps(response.json(), ensure_ascii=False)
            assert re.search(r"[A-Z][a-z ,]+.*\.", sentence), sentence
        return response

    def hear(self, text: str) -> tuple[str, str]:
        message = self.say(text)
        return message["custom"]["outcome"], message["text"]

    def press(self, message: Message, title: str) -> Message:
        (payload,) = [b["payload"] for b in message["buttons"] if b["title"] == title]
        return self.say(payload)


def answer_to(url: str, request: bytes) -> bytes:
    """Send a request and nothing more; return how the answer begins."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096)


def check(message: Message) -> None:
    """What holds for every reply, whatever was said."""
    text, custom = message["text"], message["custom"]
    assert text.strip()
    assert "\n\n" not in text
    assert not re.search(r"\n\s+\n", text)
    assert not STACK_TRACE.search(text)
    assert "{" not in text
    assert custom["outcome"] in {outcome.value for outcome in Outcome}
    assert len(message.get("buttons", [])) <= 3
    if custom["passages"]:
        lines = text.split("\n")
        assert custom["disclaimer"] == lines[-1]
        assert lines[-2].startswith("Source: ")
        assert custom["source"]["title"] in lines[-2]
        for passage in custom["passages"]:
            assert set(passage) >= {"id", "article", "topic", "similarity"}
            assert passage["id"].startswith(f"{passage['article']}/{passage['topic']}")
            assert SOURCES[passage["article"]].title in lines[-2]
            assert SOURCES[passage["article"]].disclaimer in lines[-1]
            assert -1 <= passage["similarity"] <= 1.0001


def sections(message: Message) -> set[str]:
    return {p["id"].rpartition("/")[0] for p in message["custom"]["passages"]}
