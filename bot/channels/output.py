"""Collects what the bot says in one turn, whole: text, buttons and data stay together."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.channels.refusals import UNAVAILABLE_TEXT

Messages = list[dict[str, Any]]


class WholeOutput(OutputChannel):
    """An output channel that keeps each bot message as one dictionary.

    Rasa's own collecting channel splits a message at blank lines and sends buttons and data
    apart, so a disclaimer could arrive, or get lost, alone.
    """

    def __init__(self) -> None:
        self.messages: Messages = []

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return "whole"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message; data that comes without a text joins the text before it."""
        text = str(message.get("text") or "").strip()
        custom = message.get("custom") or {}
        buttons = [
            {"title": str(button["title"]), "payload": str(button["payload"])}
            for button in message.get("buttons") or []
            if button.get("title") and button.get("payload")
        ]
        if text:
            parts = {"text": text, "buttons": buttons, "custom": custom}
            self.messages.append({name: part for name, part in parts.items() if part})
        elif custom and self.messages:
            self.messages[-1].setdefault("custom", {}).update(custom)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a message sent without `send_response` (Rasa does so for reminders)."""
        await self.send_response(recipient_id, {"text": text})


def unavailable_message(agent: Any) -> dict[str, Any]:
    """What to say when the bot yields nothing: its own words where it is loaded, else ours."""
    responses = getattr(getattr(agent, "domain", None), "responses", {})
    known: dict[str, Any] = next(
        (v for v in responses.get("utter_unavailable", []) if v.get("text")), {}
    )
    text = known.get("text", UNAVAILABLE_TEXT).strip()
    return {"text": text, "custom": {**(known.get("custom") or {}), "outcome": "unavailable"}}


def outcome_of(messages: Messages) -> str:
    """The outcome a turn ended in, as its last message names it."""
    for message in reversed(messages):
        outcome = message.get("custom", {}).get("outcome")
        if isinstance(outcome, str):
            return outcome
    return "other"
