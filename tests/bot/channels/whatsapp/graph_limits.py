"""Meta's limits on a message, written down apart from our own code, so that each checks the other.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

from __future__ import annotations

from typing import Any

Problem = tuple[int, str]


def problem_with(message: Any) -> Problem | None:
    """Return Meta's error code and a reason, or None for a message Meta would take."""
    if not isinstance(message, dict):
        return 100, "not an object"
    if message.get("messaging_product") != "whatsapp":
        return 100, "messaging_product"
    if message.get("recipient_type", "individual") != "individual":
        return 100, "recipient_type"
    if not _is_text(message.get("to"), 20) and not _is_text(message.get("recipient"), 150):
        return 131008, "to or recipient"
    if not _is_text(message.get("biz_opaque_callback_data", "x"), 512):
        return 131009, "biz_opaque_callback_data"
    known = {"messaging_product", "recipient_type", "to", "recipient", "type"}
    known |= {"biz_opaque_callback_data", "context", message.get("type")}
    if unknown := set(message) - known:
        return 100, f"unexpected {sorted(unknown)}"
    if message.get("type") == "text":
        text = message.get("text")
        is_right = isinstance(text, dict) and _is_text(text.get("body"), 4096)
        return None if is_right else (100, "text.body")
    if message.get("type") == "interactive":
        return _problem_with_interactive(message.get("interactive"))
    return 131051, "type"


def _problem_with_interactive(interactive: Any) -> Problem | None:
    if not isinstance(interactive, dict) or not isinstance(interactive.get("action"), dict):
        return 131008, "interactive"
    action, body = interactive["action"], (interactive.get("body") or {}).get("text")
    if interactive.get("type") == "button":
        if not _is_text(body, 1024):
            return 131009, "body"
        return _problem_with_buttons(action.get("buttons"))
    if interactive.get("type") == "list":
        if not _is_text(body, 4096):
            return 131009, "body"
        if not _is_text(action.get("button"), 20):
            return 131009, "button"
        return _problem_with_sections(action.get("sections"))
    return 131009, "interactive.type"


def _problem_with_buttons(buttons: Any) -> Problem | None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        return 131009, "number of buttons"
    replies = [b.get("reply", {}) for b in buttons if b.get("type") == "reply"]
    if len(replies) != len(buttons):
        return 131009, "type of button"
    if not all(_is_text(r.get("title"), 20) and _is_id(r.get("id"), 256) for r in replies):
        return 131009, "title or id"
    return _problem_with_repeats([r["id"] for r in replies], [r["title"] for r in replies])


def _problem_with_sections(sections: Any) -> Problem | None:
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        return 131009, "number of sections"
    if not all(_is_text(section.get("title"), 24) for section in sections):
        return 131009, "title of section"
    rows = [row for section in sections for row in section.get("rows", [])]
    if not 1 <= len(rows) <= 10:
        return 131009, "number of rows"
    for row in rows:
        if not _is_text(row.get("title"), 24) or not _is_id(row.get("id"), 200):
            return 131009, "title or id of row"
        if "description" in row and not _is_text(row["description"], 72):
            return 131009, "description"
    return _problem_with_repeats([row["id"] for row in rows])


def _problem_with_repeats(*columns: list[str]) -> Problem | None:
    if any(len(set(column)) != len(column) for column in columns):
        return 131009, "repeated"
    return None


def _is_text(value: Any, limit: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= limit


def _is_id(value: Any, limit: int) -> bool:
    return _is_text(value, limit) and value == value.strip()
