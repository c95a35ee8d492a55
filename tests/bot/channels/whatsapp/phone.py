"""A patient's phone: webhooks of the shape Meta sends, signed and delivered as Meta does."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

import httpx

APP_SECRET = "0123456789abcdef-app-secret"
ACCESS_TOKEN = "EAAtesttoken0123456789"
VERIFY_TOKEN = "verify-0123456789"
PHONE_NUMBER_ID = "106540352242922"
BUSINESS_NUMBER = "15550783881"
ACCOUNT_ID = "102290129340398"
WEBHOOK_PATH = "/webhooks/whatsapp/webhook"

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

    def text(self, body: Any, **known: Any) -> Webhook:
        return self.message("text", {"body": body}, **known)

    def tap(self, id: str, title: str, **known: Any) -> Webhook:
        reply = {"type": "button_reply", "button_reply": {"id": id, "title": title}}
        return self.message("interactive", reply, **known)

    def pick(self, id: str, title: str, description: str = "", **known: Any) -> Webhook:
        row = {"id": id, "title": title}
        row |= {"description": description} if description else {}
        return self.message("interactive", {"type": "list_reply", "list_reply": row}, **known)

    def image(self, caption: str = "", **known: Any) -> Webhook:
        file = {"mime_type": "image/jpeg", "sha256": "c2hhMjU2", "id": "1003383421387256"}
        return self.message("image", file | ({"caption": caption} if caption else {}), **known)

    def reaction(self, emoji: str = "\U0001f44d", **known: Any) -> Webhook:
        return self.message("reaction", {"message_id": "wamid.X", "emoji": emoji}, **known)

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
    change = {"field": "messages", "value": value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": ACCOUNT_ID, "changes": [change]}],
    }


def status(
    token: str, word: str = "sent", code: int | None = None, at: float | None = None
) -> Webhook:
    told: dict[str, Any] = {
        "id": new_message_id(),
        "status": word,
        "timestamp": str(int(time.time() if at is None else at)),
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
    batch = copy.deepcopy(webhooks[0])
    value = value_in(batch)
    for webhook in webhooks[1:]:
        for name in ("contacts", "messages", "statuses"):
            more = copy.deepcopy(value_in(webhook).get(name, []))
            if more:
                value.setdefault(name, []).extend(more)
    return batch


def replayed(webhook: Webhook, age: float) -> Webhook:
    """Bring it again after so many seconds: same id, sent so long ago."""
    old = copy.deepcopy(webhook)
    message_in(old)["timestamp"] = str(int(time.time() - age))
    return old


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


def deliver(bot_url: str, webhook: Webhook, *, times: int = 1) -> int:
    body, headers = signed(webhook)
    with httpx.Client(timeout=30, trust_env=False) as client:
        for _ in range(times):
            response = client.post(bot_url + WEBHOOK_PATH, content=body, headers=headers)
    return response.status_code
