"""Rasa NLU component that overrules the intent when a message is a red flag.

It runs after the intent classifier. What it found is put under the message key
"red_flag" (ids only, never text) and stays in the parse data of the stored event, so
that an action can read `tracker.latest_message["red_flag"]` and so that a risk named
earlier ("I'm on warfarin") still counts later. Rasa's recipe hands the tracker to any
NLU component whose `process` has a parameter of that name.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.red_flags.detector import CRISIS, RISK_TURNS, RedFlagDetector, Risks
from bot.nlu.red_flags.memory import RED_FLAG_KEY, REMEMBERED_KEY, remembered_in
from bot.nlu.red_flags.ordinary import ALARM_INTENTS
from knowledge_base.encoder import shared_encoder

INTENT_RANKING = "intent_ranking"
# Like the threshold of the fallback in config.yml.
SURE_ENOUGH = 0.4
# At 0.7 it adds 1 false alarm in 860 ordinary questions.
SURE_CRISIS = 0.7
_PAYLOAD = re.compile(r"/[A-Za-z_][\w/-]*(\{.*\})?\s*", re.DOTALL)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RedFlagComponent(GraphComponent):
    """Checks every message and overrules the intent with `urgent` or `crisis`."""

    def __init__(self, detector: RedFlagDetector) -> None:
        """Keep the detector.

        Args:
            detector: does the work.
        """
        self._detector = detector

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RedFlagComponent:
        """Build the component from the rule files; see `GraphComponent.create`."""
        return cls(RedFlagDetector(shared_encoder()))

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Check messages; see `RedFlagDetector.examine`.

        Args:
            messages: as classified so far.
            tracker: the conversation up to, not including, these messages.

        Returns:
            The same messages.
        """
        history = remembered_in(tracker.events) if tracker is not None else []
        earlier = Risks.from_history(history[-RISK_TURNS:])
        for message in messages:
            text = message.get(TEXT)
            if text and not _is_payload(text):
                self._check(message, text, earlier)
        return messages

    def _check(self, message: Message, text: object, earlier: Risks) -> None:
        check = self._detector.examine(text, earlier)
        found: dict[str, Any] = {REMEMBERED_KEY: check.remembered}
        if check.flag is not None:
            found.update(check.flag.as_dict())
            intent = {"name": check.flag.kind, "confidence": 1.0}
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING, [intent], add_to_output=True)
        else:
            _withdraw_alarm(message)
        message.set(RED_FLAG_KEY, found, add_to_output=True)


def _withdraw_alarm(message: Message) -> None:
    """Give a message that only the classifier took for an alarm its next best intent.

    The classifier sees words, not who speaks, when, or of what: on the look-alikes of the
    evaluation its `urgent` alarmed five times as often as the detector and found nothing
    more. A `crisis` that it is sure of stands: it found wishes to die that no rule foresaw.
    """
    ranking = message.get(INTENT_RANKING) or []
    intent = message.get(INTENT, {})
    if intent.get("name") not in ALARM_INTENTS:
        return
    if intent["name"] == CRISIS and intent["confidence"] >= SURE_CRISIS:
        return
    others = [dict(intent) for intent in ranking if intent["name"] not in ALARM_INTENTS]
    total = sum(intent["confidence"] for intent in others) or 1.0
    for intent in others:
        intent["confidence"] /= total
    unclear = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0}
    best = others[0] if others and others[0]["confidence"] >= SURE_ENOUGH else unclear
    message.set(INTENT, best, add_to_output=True)
    message.set(INTENT_RANKING, others or [unclear], add_to_output=True)


def _is_payload(text: object) -> bool:
    """Channels let a payload through only if a button offered it (design, section 4)."""
    return isinstance(text, str) and _PAYLOAD.fullmatch(text) is not None
