"""Reads Meta's webhooks. Whatever they hold, reading never fails: what makes no sense is dropped.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.channels.messaging.message import Incoming, Kind, Receipt
from bot.channels.whatsapp.errors import verdict

# Meta's ids and numbers; also what our own keyed names can be made of.
_ID = re.compile(r"[\x21-\x7e]{1,512}")
_TIMESTAMP = re.compile(r"[0-9]{1,10}")
_MOST_TEXT = 65_536  # characters WhatsApp lets a person type
_STATUSES = frozenset({"sent", "delivered", "read", "played", "failed"})
# Not said to the bot: a mark on a message, a note of the platform, a message taken back, a chat
# opened.
_NOT_SAID = frozenset({"reaction", "system", "revoke", "request_welcome"})

Object = dict[str, Any]


@dataclass(frozen=True)
class Webhook:
    """What one webhook holds.

    Attributes:
        messages: of patients, to this bot.
        statuses: of answers of ours.
        dropped: why other things were left out, one reason each.
    """

    messages: list[Incoming] = field(default_factory=list)
    statuses: list[Receipt] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def read_webhook(fields: Any, phone_number_id: str | None) -> Webhook:
    """Read a webhook.

    Args:
        fields: the parsed body.
        phone_number_id: of the clinic's number. What is for another number of the same account
            is dropped, and still answered with 200: Meta would repeat it for a week.
    """
    webhook = Webhook()
    for change in _changes(fields):
        if change.get("field") != "messages":  # calls, account news, echoes of the phone app
            webhook.dropped.append("other_field")
            continue
        value = _object(change.get("value"))
        metadata = _object(value.get("metadata"))
        if not phone_number_id or metadata.get("phone_number_id") != phone_number_id:
            webhook.dropped.append("wrong_number_id")
            continue
        own_number = "".join(re.findall(r"[0-9]+", _string(metadata.get("display_phone_number"))))
        senders = _Senders(value)
        for message in _list(value.get("messages")):
            read = _message(_object(message), senders, own_number)
            if isinstance(read, Incoming):
                webhook.messages.append(read)
            else:
                webhook.dropped.append(read)
        webhook.statuses.extend(_status(_object(s)) for s in _list(value.get("statuses")))
    return webhook


def _changes(fields: Any) -> Iterator[Object]:
    for entry in _list(_object(fields).get("entry")):
        yield from (_object(change) for change in _list(_object(entry).get("changes")))


class _Senders:
    """Who sent the messages of one change."""

    def __init__(self, value: Object) -> None:
        self._contacts = [_object(contact) for contact in _list(value.get("contacts"))]
        messages = [_object(message) for message in _list(value.get("messages"))]
        names = {(_id(m.get("from")), _id(m.get("from_user_id"))) for m in messages}
        self._are_one = len(names) == 1

    def of(self, message: Object) -> tuple[str, str]:
        """Return the sender's business-scoped id and phone number, "" for what is not told.

        The number may be missing since people can have a username instead, and may differ from
        the one in the message (Brazil, Mexico), so a lone contact needs no match.
        """
        user_id, number = _id(message.get("from_user_id")), _id(message.get("from"))
        for contact in self._contacts:
            their_id, their_number = _id(contact.get("user_id")), _id(contact.get("wa_id"))
            is_match = (user_id and user_id == their_id) or (number and number == their_number)
            if is_match or (self._are_one and len(self._contacts) == 1):
                return their_id or user_id, their_number or number
        return user_id, number


def _message(message: Object, senders: _Senders, own_number: str) -> Incoming | str:
    """Return the message, or why it is dropped."""
    kind = _string(message.get("type"))
    if "group_id" in message or message.get("recipient_type") == "group":
        return "group"
    if kind in _NOT_SAID:
        return "not_said"
    message_id = _id(message.get("id"))
    user_id, number = senders.of(message)
    if not message_id or not (user_id or number):
        return "malformed"
    if own_number and message.get("from") == own_number:
        return "echo"
    content = message
    if kind == "edit":  # words that were changed are new words
        content = _object(_object(message.get("edit")).get("message"))
        kind = _string(content.get("type"))
    said, text, payload = _content(kind, _object(content.get(kind)))
    return Incoming(
        id=message_id,
        user=user_id or number,
        # Meta prefers `to` where both are given.
        address={"to": number} if number else {"recipient": user_id},
        kind=said,
        text=text[:_MOST_TEXT],
        payload=payload,
        sent_at=_time(message.get("timestamp")),
    )


def _content(kind: str, content: Object) -> tuple[Kind, str, str]:
    """Return what was sent, its words and its payload."""
    if kind == "text" and isinstance(content.get("body"), str):
        return Kind.TEXT, content["body"], ""
    if kind == "button":  # under a template
        text, payload = _string(content.get("text")), _string(content.get("payload"))
        if text or payload:
            return Kind.CHOICE, text, payload
    if kind == "interactive":
        for name in ("button_reply", "list_reply"):
            reply = _object(content.get(name))
            if payload := _string(reply.get("id")):
                # A long title goes on in the row's description: see `wire`.
                words = [_string(reply.get("title")), _string(reply.get("description"))]
                return Kind.CHOICE, " ".join(filter(None, words)), payload
    return Kind.MEDIA, _string(content.get("caption")), ""


def _status(status: Object) -> Receipt:
    word = _string(status.get("status"))
    errors = _list(status.get("errors"))
    code = _object(errors[0]).get("code") if errors else None
    code = code if isinstance(code, int) else None
    return Receipt(
        token=_id(status.get("biz_opaque_callback_data")),
        status=word if word in _STATUSES else "other",  # it names a counter
        code=code,
        verdict=verdict(code) if word == "failed" else None,
    )


def _object(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _id(value: Any) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _time(value: Any) -> float | None:
    return float(value) if isinstance(value, str) and _TIMESTAMP.fullmatch(value) else None
