"""Puts an answer into the forms that WhatsApp knows, within Meta's limits.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

from collections.abc import Sequence
from typing import Any

from actions.reply import Button, Reply
from bot.channels.messaging.fitting import Words, fitted, with_choices
from bot.channels.messaging.message import Wire

# Characters, unless said otherwise.
TEXT = 4096
MOST_BUTTONS = 3  # buttons
BUTTON_BODY = 1024
BUTTON_TITLE = 20
BUTTON_ID = 256
MOST_ROWS = 10  # rows
ROW_TITLE = 24
ROW_DESCRIPTION = 72
ROW_ID = 200
MENU = 20

_MOST_NUMBERED = 1500  # of all choices as numbered lines: the rest is for the answer


def compose(reply: Reply, words: Words) -> tuple[Wire, Reply | None]:
    """Put an answer into WhatsApp's form; return it, and what is left of one that was too long.

    The form is ``{"message": ...}``, with ``"plain"`` beside it where the message has buttons: the
    same words with numbered choices, should Meta not take the buttons.

    Raises:
        CannotFitError: the answer cannot be shortened enough.
    """
    reply, choices = with_choices(reply, words.choose, _MOST_NUMBERED)
    now, rest = fitted(reply, TEXT - len(choices), words)
    body = now.text
    plain = {"type": "text", "text": {"preview_url": False, "body": body + choices}}
    action = _reply_buttons(body, now.buttons) or _list(now.buttons, words.menu)
    if action is None:
        return {"message": plain}, rest
    kind = "button" if "buttons" in action else "list"
    interactive = {"type": kind, "body": {"text": body}, "action": action}
    return {"message": {"type": "interactive", "interactive": interactive}, "plain": plain}, rest


def _reply_buttons(body: str, buttons: Sequence[Button]) -> dict[str, Any] | None:
    titles = {button["title"] for button in buttons}
    fits = (
        1 <= len(buttons) <= MOST_BUTTONS
        and len(body) <= BUTTON_BODY
        and len(titles) == len(buttons)
        and all(1 <= len(title) <= BUTTON_TITLE for title in titles)
        and _are_ids([button["payload"] for button in buttons], BUTTON_ID)
    )
    if not fits:
        return None
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": button["payload"], "title": button["title"]}}
            for button in buttons
        ]
    }


def _list(buttons: Sequence[Button], menu: str) -> dict[str, Any] | None:
    rows = [row for button in buttons if (row := _row(button))]
    fits = (
        1 <= len(rows) == len(buttons) <= MOST_ROWS
        and 1 <= len(menu) <= MENU
        and _are_ids([row["id"] for row in rows], ROW_ID)
    )
    return {"button": menu, "sections": [{"title": menu, "rows": rows}]} if fits else None


def _row(button: Button) -> dict[str, str] | None:
    """Make a row; words of the title that do not fit go into its description."""
    title, description = button["title"], ""
    if len(title) > ROW_TITLE:
        # One more character is looked at: a word may end just at the limit.
        end = title.rfind(" ", 0, ROW_TITLE + 1)
        title, description = title[: max(end, 0)], title[end + 1 :]
    if not title or len(description) > ROW_DESCRIPTION:
        return None
    row = {"id": button["payload"], "title": title}
    return {**row, "description": description} if description else row


def _are_ids(ids: Sequence[str], limit: int) -> bool:
    return len(set(ids)) == len(ids) and all(1 <= len(i.strip()) == len(i) <= limit for i in ids)
