"""What every action does: reply once, and never stay silent."""

import logging
import re
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.clinic import emergency_number, helplines
from actions.emergency import recalled
from actions.reply import Reply, Role, Texts, lines_of
from actions.understanding import intent_of
from knowledge_base.content_guard import broken_rule
from knowledge_base.outcome import Outcome

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """An action that answers with `utter_unavailable` when anything goes wrong."""

    def name(self) -> str:
        """Return Rasa's name of the action: that of its class, as Rasa spells it."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @abstractmethod
    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """Return what to say, and the events that remember it."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Say the reply as one message (see parent class)."""
        texts = Texts(domain)
        try:
            reply, events = self.reply(tracker, texts)
            reply, counted = recalled(reply, tracker, texts)
            events = [*events, *counted]
            rule = broken_rule(reply.text, (emergency_number(texts), helplines(texts)))
            failure = f"its reply broke the rule {rule.id}" if rule else ""
        except Exception as error:
            # The message's words may be in the error: its kind alone is logged.
            failure = type(error).__name__
        if failure:
            logger.error("%s failed: %s", self.name(), failure)
            said = lines_of(Role.PLAIN, texts("unavailable"), texts("default_disclaimer"))
            reply, events = Reply(Outcome.UNAVAILABLE, said), []
        data = {"passages": [], **reply.data, "intent": intent_of(tracker)}
        message = replace(reply, data=data).to_message()
        dispatcher.utter_message(
            message["text"], json_message=message["custom"], buttons=list(reply.buttons)
        )
        return events
