"""Reads Twilio's webhooks. Whatever they hold, reading never fails: what makes no sense is dropped.

https://www.twilio.com/docs/messaging/guides/webhook-request

Twilio does not say when a message was sent, so its age does not protect against a webhook that
somebody recorded and plays again. The inbox does: it knows each MessageSid for a month.
"""

import re
from collections.abc import Mapping

from bot.channels.messaging.errors import verdict_of
from bot.channels.messaging.message import Incoming, Kind, Receipt
from bot.channels.twilio_whatsapp.errors import CODES

_IDS = ("MessageSid", "SmsMessageSid", "SmsSid")
# The most lasting one first. The first is not sent by now; WhatsApp has begun to give people ids
# that hold no number (such as US.13491208655302741918), and this is how Twilio names such ids.
_USERS = ("ExternalUserId", "WaId", "From")
_CHANNEL = "whatsapp:"
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,256}")
_PLACE = ("Latitude", "Longitude")
_TAPS = (("ButtonPayload", "ButtonText"), ("ListId", "ListTitle"))
_READABLE = frozenset({"", "text", "button", "interactive"})
_NOT_SAID = frozenset({"reaction", "system"})  # a mark on a message, a note of the platform
# Twilio puts the name of a file where a caption would be.
_FILE_NAME = re.compile(
    r"[^\n]+\.(?:pdf|docx?|xlsx?|pptx?|txt|rtf|odt|csv|zip|jpe?g|png|gif|heic|webp|mp[34]|m4a|mov)",
    re.IGNORECASE,
)
_NEWS = frozenset({"accepted", "queued", "sending", "sent", "delivered", "read"})
_FAILED = frozenset({"failed", "undelivered"})
_TOKEN = re.compile(r"[0-9a-f]{32}")
_CODE = re.compile(r"[0-9]{1,6}", re.ASCII)

Fields = Mapping[str, str]


def read_message(fields: Fields) -> Incoming | None:
    """Return the message that a webhook brings, or None if it brings none to answer."""
    message_id = _first(fields, _IDS)
    address = fields.get("From", "")
    kind = fields.get("MessageType", "").strip().lower()
    is_whole = _PRINTABLE.fullmatch(message_id) and _PRINTABLE.fullmatch(address)
    if not is_whole or not address.startswith(_CHANNEL) or kind in _NOT_SAID:
        return None
    # One person, whether Twilio names them by number alone or by address.
    user = _first(fields, _USERS).removeprefix(_CHANNEL).removeprefix("+")
    read, text, payload = _said(fields, kind)
    return Incoming(message_id, user, {"to": address}, read, text, payload)


def read_receipt(fields: Fields, token: str) -> Receipt | None:
    """Return what a status callback says of an answer, or None if that is nothing we know.

    Args:
        fields: of the callback.
        token: what stands in the address we gave Twilio for it.
    """
    status = _first(fields, ("MessageStatus", "SmsStatus")).lower()
    token = token if _TOKEN.fullmatch(token) else ""
    if status in _FAILED:
        told = fields.get("ErrorCode", "")
        code = int(told) if _CODE.fullmatch(told) else None
        return Receipt(token, "failed", code, verdict_of(code, CODES))
    return Receipt(token, status) if status in _NEWS else None


def _said(fields: Fields, kind: str) -> tuple[Kind, str, str]:
    """What was sent: its kind, its words, and what stands behind a tap."""
    body = fields.get("Body", "")
    for payload, title in _TAPS:
        if fields.get(payload) or fields.get(title):
            return Kind.CHOICE, fields.get(title) or body, fields.get(payload, "")
    has_media = bool(fields.get("NumMedia", "").strip("0 ")) or any(map(fields.get, _PLACE))
    if kind in _READABLE and body.strip() and not has_media:
        return Kind.TEXT, body, ""
    # Of a contact the body is a name, of a file it is the file's: no words of the patient.
    is_name = kind == "contacts" or (kind == "document" and _FILE_NAME.fullmatch(body.strip()))
    return Kind.MEDIA, "" if is_name else body, ""


def _first(fields: Fields, names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := fields.get(name, "").strip())), "")
