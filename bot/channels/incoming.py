"""What a patient's page sends: read within a size limit, parsed, cleaned."""

import json
import re
import unicodedata
from typing import Any

from sanic.headers import parse_content_header
from sanic.request import Request

from bot.channels.refusals import Refusal

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_KEPT_CONTROLS = frozenset("\n\t")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cs"})  # control characters, lone surrogates


def require_json(request: Request) -> None:
    """Refuse zipped bodies, and other types, which a foreign page could send without asking."""
    if parse_content_header(request.headers.get("content-type", ""))[0] != "application/json":
        raise Refusal("not_json")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refusal("encoded")


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body, read piece by piece and given up as soon as it is too big."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most_bytes:
        raise Refusal("too_big")
    body = bytearray()
    async for chunk in request.stream:
        body += chunk
        if len(body) > most_bytes:
            raise Refusal("too_big")
    return bytes(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in the body."""
    try:
        parsed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal("bad_json") from None
    if not isinstance(parsed, dict):
        raise Refusal("bad_json")
    return parsed


def parse_message(body: bytes) -> tuple[str, str]:
    """The patient's message in the body, cleaned and never empty, and its id."""
    fields = parse_object(body)
    return text_in(fields, "text"), message_id_in(fields)


def text_in(fields: dict[str, Any], name: str) -> str:
    """The text in the field of that name, cleaned and never empty."""
    text = fields.get(name)
    if not isinstance(text, str):
        raise Refusal(f"missing_{name}")
    return required(clean_text(text))


def required(cleaned: str) -> str:
    """The cleaned text, if there is anything in it to answer."""
    if not cleaned.strip("/ \n\t"):
        raise Refusal("empty_text")
    return cleaned


def message_id_in(fields: dict[str, Any]) -> str:
    """The client's id of a message."""
    message_id = fields.get("message_id")
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        raise Refusal("bad_message_id")
    return message_id


def clean_text(text: str) -> str:
    """The text without control characters and lone surrogates, composed and trimmed.

    A lone surrogate, or a NUL, can end the whole server in some conversation stores.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        char
        for char in text
        if char in _KEPT_CONTROLS or unicodedata.category(char) not in _DROPPED_CATEGORIES
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def as_plain_text(text: str) -> str:
    """The text with nothing at its start that would make Rasa skip reading it."""
    return text.lstrip("/ \n\t\u00a0\u2028\u2029").strip()
