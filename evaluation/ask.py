"""Put messages to the running bot over HTTP and keep what comes back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from evaluation.errors import EvaluationError

ENDPOINT = "/webhooks/rest/webhook"
# A turn takes milliseconds; whoever needs this many seconds is down.
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class PassageRef:
    """A passage that the bot says it used."""

    id: str
    article: str
    topic: str
    similarity: float | None


@dataclass(frozen=True)
class Reply:
    """Everything the bot sent back for one message.

    Attributes:
        parts: the separate texts; more than one means that a channel may lose a piece.
        sources: what the reply names as its source, one mapping per article.
        answerability: the bot's own score that it can answer, or None.
        seconds: from sending the message to having the whole reply.
    """

    parts: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    outcome: str = "none"
    passages: tuple[PassageRef, ...] = ()
    sources: tuple[dict[str, Any], ...] = ()
    disclaimer: str = ""
    intent: str | None = None
    answerability: float | None = None
    seconds: float = 0.0
    custom: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole reply as a reader sees it."""
        return "\n".join(self.parts)

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the articles that the reply rests on, in order, each once."""
        from_passages = [passage.article for passage in self.passages]
        named = [str(source.get("article") or source.get("id") or "") for source in self.sources]
        return tuple(dict.fromkeys(name for name in from_passages + named if name))

    @property
    def is_alarm(self) -> bool:
        """Whether the reply is the emergency or the crisis message."""
        return self.outcome in ("urgent", "crisis")

    @property
    def danger(self) -> str:
        """The kind of danger that was alarmed for; "" for none."""
        return str((self.custom.get("danger") or {}).get("kind", ""))


class Bot:
    """A running bot, spoken to through Rasa's REST channel."""

    def __init__(self, url: str) -> None:
        """Remember the address.

        Args:
            url: address of the bot, with or without a slash at its end.
        """
        self._endpoint = url.rstrip("/") + ENDPOINT
        self._session = requests.Session()

    def ask(self, text: str, earlier: Sequence[str] = ()) -> Reply:
        """Hold one fresh conversation and return the reply to its last message.

        Args:
            text: the message to judge.
            earlier: messages of the same user that are sent first.

        Raises:
            EvaluationError: the bot cannot be reached, or sends no JSON list.
        """
        sender = f"evaluation-{secrets.token_hex(8)}"
        for message in earlier:
            self._send(sender, message)
        started = time.perf_counter()
        elements = self._send(sender, text)
        return parse(elements, time.perf_counter() - started)

    def _send(self, sender: str, message: str) -> list[dict[str, Any]]:
        try:
            answer = self._session.post(
                self._endpoint,
                json={"sender": sender, "message": message},
                timeout=TIMEOUT_SECONDS,
            )
            if not answer.ok:
                # One refused message is a failure of that message, not of the whole run.
                return [{"custom": {"outcome": f"http {answer.status_code}"}}]
            elements = answer.json()
        except requests.RequestException as error:
            raise EvaluationError(
                f"The bot does not answer at {self._endpoint}: {error}"
            ) from error
        if not isinstance(elements, list) or not all(isinstance(e, dict) for e in elements):
            raise EvaluationError(f"{self._endpoint} sent no JSON list of messages.")
        return elements


def parse(elements: Iterable[dict[str, Any]], seconds: float) -> Reply:
    """Read the elements of one REST answer.

    Args:
        elements: what Rasa's REST channel returned, in order.
        seconds: how long the turn took.

    Returns:
        one reply; with nothing in the answer its outcome is "none".
    """
    elements = list(elements)
    custom: dict[str, Any] = {}
    for element in elements:
        if isinstance(element.get("custom"), dict):
            custom = element["custom"]
    score = custom.get("answerability")
    return Reply(
        parts=tuple(str(element["text"]) for element in elements if element.get("text")),
        buttons=tuple(
            str(button.get("title", ""))
            for element in elements
            for button in element.get("buttons") or ()
        ),
        outcome=str(custom.get("outcome") or "none"),
        passages=tuple(_passage(p) for p in custom.get("passages") or ()),
        sources=_sources(custom.get("sources") or custom.get("source")),
        disclaimer=str(custom.get("disclaimer") or ""),
        intent=str(custom["intent"]) if custom.get("intent") else None,
        answerability=float(score) if isinstance(score, (int, float)) else None,
        seconds=seconds,
        custom=custom,
    )


def _passage(sent: dict[str, Any]) -> PassageRef:
    similarity = sent.get("similarity")
    return PassageRef(
        id=str(sent.get("id", "")),
        article=str(sent.get("article", "")),
        topic=str(sent.get("topic", "")),
        similarity=float(similarity) if isinstance(similarity, (int, float)) else None,
    )


def _sources(sent: object) -> tuple[dict[str, Any], ...]:
    """Accept one source, or one per article in an answer that goes place by place."""
    several = sent if isinstance(sent, list) else [sent]
    return tuple(source for source in several if isinstance(source, dict) and source)
