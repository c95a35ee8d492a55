"""Put messages to the running bot over HTTP and keep what comes back."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from evaluation import EvaluationError

ENDPOINT = "/webhooks/rest/webhook"
# A turn takes milliseconds; whoever needs this many seconds is down.
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    """Everything the bot sent back for one message.

    Attributes:
        parts: the separate texts; more than one means that a channel may lose a piece.
        buttons: what the buttons say.
        custom: what the bot says of its reply as data; `actions.reply` says what.
        seconds: from sending the message to having the whole reply.
    """

    parts: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    custom: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The whole reply as a reader sees it."""
        return "\n".join(self.parts)

    @property
    def outcome(self) -> str:
        """How the turn ended; "none" if the bot does not say."""
        return str(self.custom.get("outcome") or "none")

    @property
    def passages(self) -> list[dict[str, Any]]:
        """The passages that the bot says it used."""
        return list(self.custom.get("passages") or ())

    @property
    def sources(self) -> list[dict[str, Any]]:
        """What the reply names as its sources, one for each article."""
        return list(self.custom.get("sources") or ())

    @property
    def cited(self) -> list[str]:
        """Ids of the articles that the reply rests on, in order, each once."""
        named = (str(one.get("article") or "") for one in (*self.passages, *self.sources))
        return list(dict.fromkeys(filter(None, named)))

    @property
    def disclaimer(self) -> str:
        """What the source asks of its readers."""
        return str(self.custom.get("disclaimer") or "")

    @property
    def answerability(self) -> float:
        """The bot's own score that it can answer; without one, 1 if it did, 0 if not."""
        score = self.custom.get("answerability")
        return float(self.outcome in ("answer", "clarify") if score is None else score)

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
        """Remember the address, which may end in a slash."""
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
        data = [e["custom"] for e in elements if isinstance(e.get("custom"), dict)]
        return Reply(
            tuple(str(e["text"]) for e in elements if e.get("text")),
            tuple(str(b.get("title", "")) for e in elements for b in e.get("buttons") or ()),
            data[-1] if data else {},
            time.perf_counter() - started,
        )

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
