"""Meta's limits on a message, written down apart from our own code, so that each checks the other.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Problem = tuple[int, str]
_ENVELOPE = {"messaging_product", "recipient_type", "to", "recipient", "type", "context"}


def problem_with(message: Any) -> Problem | None:
    """Return Meta's error code and a reason, or None for a message Meta would take."""
    return next(_problems(message), None) if isinstance(message, dict) else (100, "not an object")


def _problems(message: dict[str, Any]) -> Iterator[Problem]:
    kind = message.get("type")
    if message.get("messaging_product") != "whatsapp":
        yield 100, "messaging_product"
    if message.get("recipient_type", "individual") != "individual":
        yield 100, "recipient_type"
    if not _is_text(message.get("to"), 20) and not _is_text(message.get("recipient"), 150):
        yield 131008, "to or recipient"
    if not _is_text(message.get("biz_opaque_callback_data", "x"), 512):
        yield 131009, "biz_opaque_callback_data"
    if unknown := set(message) - _ENVELOPE - {"biz_opaque_callback_data", kind}:
        yield 100, f"unexpected {sorted(unknown)}"
    content = message.get(str(kind)) or {}
    if kind == "interactive":
        yield from ((131009, reason) for reason in _wrong_in(content))
    elif kind != "text":
        yield 131051, "type"
    elif not _is_text(content.get("body"), 4096):
        yield 100, "text.body"


def _wrong_in(interactive: dict[str, Any]) -> Iterator[str]:
    action, body = interactive["action"], interactive["body"]["text"]
    if interactive["type"] == "button":
        most, body_room, title_room, id_room = 3, 1024, 20, 256
        if any(button["type"] != "reply" for button in action["buttons"]):
            yield "type of button"
        shown = [button["reply"] for button in action["buttons"]]
        if len({one["title"] for one in shown}) != len(shown):
            yield "repeated title"
    else:
        most, body_room, title_room, id_room = 10, 4096, 24, 200
        if interactive["type"] != "list" or not _is_text(action["button"], 20):
            yield "type or button"
        if not all(_is_text(section["title"], 24) for section in action["sections"]):
            yield "title of section"
        shown = [row for section in action["sections"] for row in section["rows"]]
    if not _is_text(body, body_room) or not 1 <= len(shown) <= most:
        yield "body or number of choices"
    if len({one["id"] for one in shown}) != len(shown):
        yield "repeated id"
    for one in shown:
        if not _is_text(one["title"], title_room) or not _is_text(one["id"], id_room):
            yield "title or id"
        if one["id"] != one["id"].strip() or not _is_text(one.get("description", "x"), 72):
            yield "id or description"


def _is_text(value: Any, limit: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= limit
