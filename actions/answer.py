"""Says what the knowledge base answers; nothing is decided here."""

from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Events, SafeAction
from actions.compose import compose
from actions.fixed_words import care_advice, declined, small_talk
from actions.reply import Reply, Texts
from actions.understanding import focus_of, question_of
from knowledge_base.answer import shared_answerer
from knowledge_base.outcome import Answer, CareAdvice, Declined, SmallTalk
from knowledge_base.search import shared_searcher

# What is said in the same words, whatever the sources hold.
_FIXED: dict[type[Answer], Callable[[Any, Tracker, Texts], Reply]] = {
    CareAdvice: care_advice,
    Declined: declined,
    SmallTalk: small_talk,
}


class ActionAnswer(SafeAction):
    """Replies to a message, and remembers what it was about."""

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        answer = shared_answerer().reply_to(question_of(tracker), focus_of(tracker))
        if fixed := _FIXED.get(type(answer)):
            return fixed(answer, tracker, texts), []
        reply = compose(answer, texts, shared_searcher().index)
        return reply, [SlotSet("focus", answer.focus.as_dict())]


# Rasa's rules name an action for each kind of intent; what is replied, `Answerer.reply_to` decides.


class ActionCareSeeking(ActionAnswer):
    """Tells when and how to get care."""


class ActionExplain(ActionAnswer):
    """Explains a medical word."""


class ActionPersonalAdvice(ActionAnswer):
    """Declines to decide for a person, and says whom to ask."""


class ActionShorten(ActionAnswer):
    """Says the last answer in its shortest form."""


class ActionShowSource(ActionAnswer):
    """Says the last answer again, with where it comes from; before any answer, all sources."""


class ActionSmalltalk(ActionAnswer):
    """Talks, shortly and politely, and leads back to the subject."""


class ActionTellMore(ActionAnswer):
    """Says more of what the conversation is about."""
