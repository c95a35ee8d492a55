"""Small talk: short, polite, back to the subject."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Events, SafeAction
from actions.clinic import contacts
from actions.compose import site_buttons
from actions.reply import Reply, Texts
from actions.understanding import intent_of
from knowledge_base.outcome import Outcome

_NOTHING_TO_OFFER = (
    "thank",
    "say_goodbye",
    "ask_language",
    "other_language",
    "fear",
    "grief",
    "violence",
)


class ActionSmalltalk(SafeAction):
    """Says the response that is named like the intent, in the message's language if it can."""

    def name(self) -> str:
        """See parent class."""
        return "action_smalltalk"

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See parent class."""
        name = intent_of(tracker)
        in_language = f"{name}_{tracker.latest_message.get('language')}"
        text = texts(in_language if texts.has(in_language) else name, **contacts(texts))
        buttons = () if name in _NOTHING_TO_OFFER else site_buttons(texts, "ask_overview")
        return Reply(Outcome.SMALLTALK, (text,), buttons), []
