"""Reads Meta's webhooks. Whatever they hold, reading never fails: what makes no sense is dropped.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
"""

import re
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.channels.messaging.errors import verdict_of
from bot.channels.messaging.message import Incoming, Kind, Receipt
from bot.channels.whatsapp.errors import CODES

# Meta's ids and numbers; also what our own keyed names can be made of.
_ID = re.compile(r"[\x21-\x7e]{1,512}")
_TIMESTAMP = re.compile(r"[0-9]{1,10}")
_MOST_TEXT = 65_536  # characters WhatsApp lets a person type
_STATUSES = frozenset({"sent", "delivered", "read", "played", "failed"})
# Not said to the bot: a mark on a message, a note of the platform, a message taken back, a chat
# opened.
_NOT_SAID = frozenset({"reaction", "system", "revoke", "request_welcome"})

Object = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Webhook:
    """What one webhook holds."""

    messages: list[Incoming] = field(default_factory=list)  # of patients, to this bot
    statuses: list[Receipt] = field(default_factory=list)  # of answers of ours
    dropped: list[str] = field(default_factory=list)  # why other things were left out


def read_webhook(fields: Any, phone_number_id: str | None) -> Webhook:
    """Read the parsed body of a webhook.

    What is for another number of the same account is dropped, and still answered with 200: Meta
    would repeat it for a week.
    """
    webhook = Webhook()
    entries = _objects(_as(dict, fields), "entry")
    for change in (change for entry in entries for change in _objects(entry, "changes")):
        if change.get("field") != "messages":  # calls, account news, echoes of the phone app
            webhook.dropped.append("other_field")
            continue
        value = _as(dict, change.get("value"))
        metadata = _as(dict, value.get("metadata"))
        if not phone_number_id or metadata.get("phone_number_id") != phone_number_id:
            webhook.dropped.append("wrong_number_id")
            continue
        own_number = "".join(re.findall(r"[0-9]+", _as(str, metadata.get("display_phone_number"))))
        messages, contacts = _objects(value, "messages"), _objects(value, "contacts")
        # The number may differ from the one in the message (Brazil, Mexico): the one contact of
        # one sender needs no match.
        senders = {(_id(m.get("from")), _id(m.get("from_user_id"))) for m in messages}
        lone = contacts[0] if len(senders) == len(contacts) == 1 else None
        for message in messages:
            read = _message(message, *_sender(message, contacts, lone), own_number)
            if isinstance(read, Incoming):
                webhook.messages.append(read)
            else:
                webhook.dropped.append(read)
        webhook.statuses.extend(map(_status, _objects(value, "statuses")))
    return webhook


def _sender(message: Object, contacts: list[Object], lone: Object | None) -> tuple[str, str]:
    """Return the sender's business-scoped id and phone number, "" for what is not told.

    The number may be missing since people can have a username instead.
    """
    user_id, number = _id(message.get("from_user_id")), _id(message.get("from"))
    for contact in contacts:
        their_id, their_number = _id(contact.get("user_id")), _id(contact.get("wa_id"))
        is_match = (user_id and user_id == their_id) or (number and number == their_number)
        if is_match or contact is lone:
            return their_id or user_id, their_number or number
    return user_id, number


def _message(message: Object, user_id: str, number: str, own_number: str) -> Incoming | str:
    """Return the message, or why it is dropped."""
    kind = _as(str, message.get("type"))
    if "group_id" in message or message.get("recipient_type") == "group":
        return "group"
    if kind in _NOT_SAID:
        return "not_said"
    message_id = _id(message.get("id"))
    if not message_id or not (user_id or number):
        return "malformed"
    if own_number and message.get("from") == own_number:
        return "echo"
    content = message
    if kind == "edit":  # words that were changed are new words
        content = _as(dict, _as(dict, message.get("edit")).get("message"))
        kind = _as(str, content.get("type"))
    said, text, payload = _content(kind, _as(dict, content.get(kind)))
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
        text, payload = _as(str, content.get("text")), _as(str, content.get("payload"))
        if text or payload:
            return Kind.CHOICE, text, payload
    if kind == "interactive":
        for name in ("button_reply", "list_reply"):
            reply = _as(dict, content.get(name))
            if payload := _as(str, reply.get("id")):
                # A long title goes on in the row's description: see `wire`.
                words = [_as(str, reply.get("title")), _as(str, reply.get("description"))]
                return Kind.CHOICE, " ".join(filter(None, words)), payload
    return Kind.MEDIA, _as(str, content.get("caption")), ""


def _status(status: Object) -> Receipt:
    word = _as(str, status.get("status"))
    code = next((error.get("code") for error in _objects(status, "errors")), None)
    code = code if isinstance(code, int) else None
    return Receipt(
        token=_id(status.get("biz_opaque_callback_data")),
        status=word if word in _STATUSES else "other",  # it names a counter
        code=code,
        verdict=verdict_of(code, CODES) if word == "failed" else None,
    )


def _as(kind: type[_T], value: Any) -> _T:
    """Return the value if it is of the kind, else an empty one."""
    return value if isinstance(value, kind) else kind()


def _objects(holder: Object, name: str) -> list[Object]:
    return [_as(dict, item) for item in _as(list, holder.get(name))]


def _id(value: Any) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _time(value: Any) -> float | None:
    return float(value) if isinstance(value, str) and _TIMESTAMP.fullmatch(value) else None
