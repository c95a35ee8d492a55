"""Small talk: short, polite, back to the subject."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.answer import ActionAnswer
from actions.base import Events
from actions.clinic import contacts
from actions.compose import site_buttons
from actions.personal_advice import declined
from actions.reply import Reply, Role, Texts, lines_of
from actions.understanding import focus_of, intent_of, question_of
from knowledge_base.answer import shared_answerer
from knowledge_base.outcome import Outcome
from knowledge_base.wording import asks_whether_it_will_hurt, tells_a_result

_NOTHING_TO_OFFER = (
    "thank",
    "say_goodbye",
    "ask_language",
    "other_language",
    "fear",
    "grief",
    "violence",
)


class ActionSmalltalk(ActionAnswer):
    """Says the response that is named like the intent, in the message's language if it can.

    A question that is only taken for small talk within its conversation is answered.
    """

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See parent class."""
        name = intent_of(tracker)
        question = question_of(tracker)
        asks = shared_answerer().asks(question, name, focus_of(tracker))
        if asks or asks_whether_it_will_hurt(question.text):
            return super().reply(tracker, texts)
        if name == "tell" and tells_a_result(question.text):
            return declined("personal_advice/results", texts), []
        in_language = f"{name}_{tracker.latest_message.get('language')}"
        text = texts(in_language if texts.has(in_language) else name, **contacts(texts))
        buttons = () if name in _NOTHING_TO_OFFER else site_buttons(texts, "ask_overview")
        return Reply(Outcome.SMALLTALK, lines_of(Role.PLAIN, text), buttons), []
