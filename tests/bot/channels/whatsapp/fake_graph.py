"""A stand-in for Meta's Graph API on loopback: its checks, its limits, and its bad days."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any

import httpx
from aiohttp import web

from tests.bot.channels.messaging.fake_platform import PASSING, FakePlatform, Fault, code
from tests.bot.channels.whatsapp import phone
from tests.bot.channels.whatsapp.graph_limits import problem_with
from tests.bot.channels.whatsapp.phone import Phone, deliver

__all__ = ["FakeGraph", "Phone", "Sent", "deliver"]

VERSION = "v26.0"


@dataclass(frozen=True)
class Sent:
    """A message that Meta has taken."""

    to: str  # phone number or business-scoped id
    text: str
    buttons: list[tuple[str, str]]  # title and id of each button or row
    raw: dict[str, Any]

    @property
    def token(self) -> str:
        return str(self.raw.get("biz_opaque_callback_data", ""))


class FakeGraph(FakePlatform[Sent]):
    """Serves ``POST /{version}/{phone_number_id}/messages`` until the block ends."""

    passing = (code(130429, 429), code(131000, 500), code(131016, 503), *PASSING)

    def settings(self) -> dict[str, str]:
        named = {
            "PHONE_NUMBER_ID": phone.PHONE_NUMBER_ID,
            "ACCESS_TOKEN": phone.ACCESS_TOKEN,
            "APP_SECRET": phone.APP_SECRET,
            "VERIFY_TOKEN": phone.VERIFY_TOKEN,
            "API_VERSION": VERSION,
            "API_URL": self.url,
        }
        return {f"HEMATOMA_GUIDE_WHATSAPP_{name}": value for name, value in named.items()}

    def to(self, phone_or_id: Phone | str) -> list[str]:
        one = phone_or_id
        ids = (one.wa_id, one.user_id) if isinstance(one, Phone) else (one,)
        return [sent.text for sent in self.sent if sent.to in ids]

    def report(self, sent: Sent, word: str, code: int | None = None) -> None:
        assert self.report_to
        assert deliver(self.report_to, phone.status(sent.token, word, code)) == 200

    def _refusal(self, request: web.Request, body: str) -> Fault | None:
        if request.method != "POST":
            return code(100)
        if request.headers.get("Authorization") != f"Bearer {phone.ACCESS_TOKEN}":
            return code(190, 401)
        if request.path == f"/{VERSION}/{phone.PHONE_NUMBER_ID}/messages":
            try:
                problem = problem_with(json.loads(body))
            except ValueError:
                return code(100)
            return code(problem[0]) if problem else None
        wrong_number = request.path.startswith(f"/{VERSION}/")
        return code(100, subcode=33) if wrong_number else code(2500)

    def _read(self, body: str) -> Sent:
        raw = json.loads(body)
        interactive = raw.get("interactive", {})
        text = interactive["body"]["text"] if interactive else raw["text"]["body"]
        action = interactive.get("action", {})
        shown = [button["reply"] for button in action.get("buttons", [])]
        shown += [row for section in action.get("sections", []) for row in section["rows"]]
        buttons = [
            (" ".join(filter(None, (one["title"], one.get("description")))), one["id"])
            for one in shown
        ]
        to = raw.get("to") or raw["recipient"]
        return Sent(to, text, buttons, raw)

    def _receipt(self, sent: Sent) -> dict[str, Any]:
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": sent.to, "wa_id": sent.to}],
            "messages": [{"id": phone.new_message_id()}],
        }

    def _error(self, fault: Fault) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": f"(#{fault.code}) A message that our code must not need",
            "type": "OAuthException",
            "code": fault.code,
            "error_data": {"messaging_product": "whatsapp", "details": "Details"},
            "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
        }
        if fault.subcode is not None:
            error["error_subcode"] = fault.subcode
        return {"error": error}

    async def _tell(self, sent: Sent) -> None:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            for word in self.reports:
                body, headers = phone.signed(phone.status(sent.token, word))
                while self.report_to:
                    url = self.report_to + phone.WEBHOOK_PATH
                    with contextlib.suppress(httpx.HTTPError):  # the bot is down just now
                        if (await client.post(url, content=body, headers=headers)).is_success:
                            break
                    await asyncio.sleep(0.3)
