"""Refusals: what the channel says, politely and in JSON, when it will not take a request."""

import json
import math
from pathlib import Path
from typing import Any

from sanic.response import HTTPResponse
from sanic.response import json as json_response

_TEXTS: dict[str, Any] = json.loads(
    Path(__file__).with_name("texts.json").read_text(encoding="utf-8")
)

UNAVAILABLE_TEXT: str = _TEXTS["unavailable"]

STATUS_OF = {
    "not_json": 415,
    "encoded": 415,
    "bad_json": 400,
    "missing_text": 400,
    "missing_message": 400,
    "bad_sender": 400,
    "empty_text": 400,
    "bad_message_id": 400,
    "message_id_reused": 409,
    "too_big": 413,
    "no_session": 401,
    "session_expired": 401,
    "wrong_origin": 403,
    "too_many": 429,
    "busy": 429,
    "slow": 504,
    "not_erased": 503,
    "bad_feedback": 400,
    "unknown_message": 404,
    "not_found": 404,
    "wrong_method": 405,
    "bad_request": 400,
    "broken": 500,
    # Of messaging platforms, which read no text.
    "wrong_verify_token": 403,
    "wrong_signature": 403,
    "wrong_account": 403,
    "wrong_number": 403,
    "not_form": 415,
    "bad_form": 400,
}


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """A request the channel turns down, with its code and, at times, a wait in seconds."""

    def __init__(self, code: str, wait: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait

    @property
    def text(self) -> str:
        """What the person reads."""
        return str(_TEXTS["refusals"][self.code])

    def to_response(self) -> HTTPResponse:
        """The refusal on the wire."""
        error: dict[str, Any] = {"code": self.code, "message": self.text}
        headers: dict[str, str] = {}
        if self.wait is not None:
            error["retry_after"] = max(1, math.ceil(self.wait))
            headers["Retry-After"] = str(error["retry_after"])
        if self.code in ("no_session", "session_expired"):
            headers["WWW-Authenticate"] = "Bearer"
        return json_response({"error": error}, status=STATUS_OF[self.code], headers=headers)
