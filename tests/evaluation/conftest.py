"""A small bot with fixed replies, and short ways to make questions and replies."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from evaluation.ask import Reply
from evaluation.items import Question
from evaluation.judge import shared_articles

FACT = "spinal-01"
LINE = shared_articles().line_of[FACT].text


def question(**changes: Any) -> Question:
    base = {"id": "q-1", "text": "why", "kind": "in_scope", "article": "spinal", "facts": (FACT,)}
    return Question(**{**base, **changes})


def answer(text: str = LINE, article: str = "spinal", *passages: str) -> Reply:
    first = next(name for name, fact in shared_articles().fact_of.items() if fact == FACT)
    custom = {
        "outcome": "answer",
        "answerability": 0.9,
        "passages": [{"id": name, "article": article} for name in passages or (first,)],
        "sources": [{"article": article, "title": "A Title"}],
        "disclaimer": "Ask a doctor.",
    }
    return Reply((f"{text}\nSource: A Title.\nAsk a doctor.",), custom=custom)


def plain(text: str, outcome: str, **custom: Any) -> Reply:
    return Reply((text,), custom={"outcome": outcome, **custom})


class StubBot:
    """Answers over HTTP as Rasa's REST channel does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.replies: dict[str, Any] = {}
        self.default: Any = [{"text": "Hello.", "custom": {"outcome": "smalltalk"}}]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        # It notices that it shall stop within 10 ms, not half a second.
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                bot.asked.append(message)
                body = json.dumps(bot.replies.get(message["message"], bot.default)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


@pytest.fixture
def stub_bot() -> Iterator[StubBot]:
    bot = StubBot()
    yield bot
    bot.stop()
