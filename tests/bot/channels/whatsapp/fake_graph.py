"""Meta's side on loopback: a patient's phone, whose webhooks it signs, and its Graph API."""

import base64
import copy
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from aiohttp import web

from tests.bot.channels.messaging.fake_platform import PASSING, FakePlatform, Fault, Sent, code

Problem = tuple[int, str]
_ENVELOPE = {"messaging_product", "recipient_type", "to", "recipient", "type", "context"}


# Meta's limits on a message, written down apart from our own code, so that each checks the other:
# https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
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


APP_SECRET = "0123456789abcdef-app-secret"
ACCESS_TOKEN = "EAAtesttoken0123456789"
VERIFY_TOKEN = "verify-0123456789"
PHONE_NUMBER_ID = "106540352242922"
BUSINESS_NUMBER = "15550783881"
WEBHOOK_PATH = "/webhooks/whatsapp/webhook"
VERSION = "v26.0"

Webhook = dict[str, Any]
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Phone:
    """One person on WhatsApp; each method is one thing they do, as Meta tells of it.

    A person with a username and no shared number has an empty `wa_id`; in webhooks of the old
    form `user_id` is empty.
    """

    user_id: str = "US.13491208655302741918"
    wa_id: str = "16505551234"
    name: str = "Anna Canary"
    phone_number_id: str = PHONE_NUMBER_ID

    @property
    def ids(self) -> tuple[str, ...]:
        return self.wa_id, self.user_id

    def text(self, body: Any, at: float | None = None) -> Webhook:
        return self.message("text", {"body": body}, at)

    def tap(self, id: str, title: str) -> Webhook:
        reply = {"type": "button_reply", "button_reply": {"id": id, "title": title}}
        return self.message("interactive", reply)

    def pick(self, id: str, title: str, **more: str) -> Webhook:
        row = {"id": id, "title": title, **more}
        return self.message("interactive", {"type": "list_reply", "list_reply": row})

    def image(self, caption: str = "") -> Webhook:
        file = {"mime_type": "image/jpeg", "sha256": "c2hhMjU2", "id": "1003383421387256"}
        return self.message("image", file | ({"caption": caption} if caption else {}))

    def reaction(self) -> Webhook:
        return self.message("reaction", {"message_id": "wamid.X", "emoji": "\U0001f44d"})

    def message(self, kind: str, content: Any, at: float | None = None) -> Webhook:
        message: dict[str, Any] = {
            "id": new_message_id(),
            "timestamp": str(int(time.time() if at is None else at)),
            "type": kind,
            kind: content,
        }
        if kind == "interactive":
            message["context"] = {"from": BUSINESS_NUMBER, "id": "wamid.offered"}
        contact: dict[str, Any] = {"profile": {"name": self.name}}
        if self.wa_id:
            message["from"] = contact["wa_id"] = self.wa_id
        if self.user_id:
            message["from_user_id"] = contact["user_id"] = self.user_id
        return envelope({"contacts": [contact], "messages": [message]}, self.phone_number_id)


def new_message_id() -> str:
    return "wamid." + base64.b64encode(f"test message {next(_numbers)}".encode()).decode()


def envelope(value: dict[str, Any], phone_number_id: str = PHONE_NUMBER_ID) -> Webhook:
    metadata = {"display_phone_number": BUSINESS_NUMBER, "phone_number_id": phone_number_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    changes = [{"field": "messages", "value": value}]
    entry = {"id": "102290129340398", "changes": changes}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def status(token: str, word: str = "sent", code: int | None = None) -> Webhook:
    told: dict[str, Any] = {
        "id": new_message_id(),
        "status": word,
        "timestamp": str(int(time.time())),
        "recipient_id": "16505551234",
        "biz_opaque_callback_data": token,
    }
    if code is not None:
        told["errors"] = [{"code": code, "title": "A title", "message": "A title"}]
    contact = {"wa_id": "16505551234", "user_id": "US.13491208655302741918"}
    return envelope({"contacts": [contact], "statuses": [told]})


def value_in(webhook: Webhook) -> dict[str, Any]:
    value: dict[str, Any] = webhook["entry"][0]["changes"][0]["value"]
    return value


def message_in(webhook: Webhook) -> dict[str, Any]:
    message: dict[str, Any] = value_in(webhook)["messages"][0]
    return message


def together(*webhooks: Webhook) -> Webhook:
    """Bring all in one webhook, within one change, as Meta does after a break."""
    batch, *others = copy.deepcopy(webhooks)
    for name in ("contacts", "messages"):
        value_in(batch)[name] += [item for other in others for item in value_in(other)[name]]
    return batch


def signature(body: bytes, app_secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def signed(webhook: Webhook, app_secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(webhook).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": signature(body, app_secret),
        "User-Agent": "facebookexternalua",
    }
    return body, headers


def post(bot_url: str, webhook: Webhook) -> int:
    body, headers = signed(webhook)
    url = bot_url + WEBHOOK_PATH
    return httpx.post(url, content=body, headers=headers, timeout=30, trust_env=False).status_code


class FakeGraph(FakePlatform):
    """Serves ``POST /{version}/{phone_number_id}/messages`` until the block ends."""

    passing = (code(130429, 429), code(131000, 500), code(131016, 503), *PASSING)
    repeats_reports = True

    def settings(self) -> dict[str, str]:
        named = {
            "PHONE_NUMBER_ID": PHONE_NUMBER_ID,
            "ACCESS_TOKEN": ACCESS_TOKEN,
            "APP_SECRET": APP_SECRET,
            "VERIFY_TOKEN": VERIFY_TOKEN,
            "API_VERSION": VERSION,
            "API_URL": self.url,
        }
        return {f"HEMATOMA_GUIDE_WHATSAPP_{name}": value for name, value in named.items()}

    def report(self, sent: Sent, word: str, code: int | None = None) -> None:
        assert self.report_to
        token = str(sent.raw["biz_opaque_callback_data"])
        assert post(self.report_to, status(token, word, code)) == 200

    def _refusal(self, request: web.Request, body: str) -> Fault | None:
        if request.method != "POST":
            return code(100)
        if request.headers.get("Authorization") != f"Bearer {ACCESS_TOKEN}":
            return code(190, 401)
        if request.path == f"/{VERSION}/{PHONE_NUMBER_ID}/messages":
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
        return Sent(raw.get("to") or raw["recipient"], text, raw, buttons)

    def _receipt(self, sent: Sent) -> dict[str, Any]:
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": sent.to, "wa_id": sent.to}],
            "messages": [{"id": new_message_id()}],
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
