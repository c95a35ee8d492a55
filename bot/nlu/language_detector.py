"""Notices messages in another language, so that the bot can say so in that language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from knowledge_base.normalize import words_of
from knowledge_base.search import shared_searcher

# The ten most spoken languages (Ethnologue 2025) and three that are easily taken for one.
LANGUAGES = "languages"
CONFIDENCE = "confidence"

LANGUAGE_KEY = "language"
ENGLISH = "en"
FOREIGN_INTENT = "ask_language"

# Words that no other language of the list shares: one of them, and it is English.
_ENGLISH_WORDS = re.compile(
    r"\b(?:the|is|are|was|what|whats|how|of|for|can|does|my|and|with|it|why|will|has|have|this|"
    r"that|you|your|should|if|bleed|bleeding|blood|pain|symptoms|hip|spine)\b",
    re.IGNORECASE,
)
# Hindi in Latin letters, which language models take for Indonesian.
_ROMAN_HINDI = re.compile(
    r"\b(?:hai|mera|meri|mujhe|mein|nahi|kya|kaise|raha|rahi)\b", re.IGNORECASE
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageDetector(GraphComponent):
    """Gives a message in another language the intent `ask_language`, and names the language.

    Uses py3langid (Barbaresi; after Lui and Baldwin 2012, "langid.py").
    """

    def __init__(self, config: dict[str, Any]) -> None:
        """Load the language model, once for the process."""
        self._identifier = _identifier(tuple(config[LANGUAGES]))
        self._confidence = config[CONFIDENCE]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Languages as ISO 639-1 codes; confidence from 0 to 1."""
        return {
            LANGUAGES: "en zh hi es fr ar bn pt ru ur id de it".split(),
            CONFIDENCE: 0.95,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """Create the component (see parent class)."""
        return cls(config)

    def process_training_data(self, training_data: Any) -> Any:
        """Leave training data as it is."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Mark each message that is surely in another language."""
        for message in (m for m in messages if m.get(TEXT)):
            foreign, language = self._is_foreign(message.get(TEXT))
            if foreign:
                message.set(LANGUAGE_KEY, language, add_to_output=True)
                message.set(INTENT, {"name": FOREIGN_INTENT, "confidence": 1.0}, add_to_output=True)
        return messages

    def _is_foreign(self, text: str) -> tuple[bool, str]:
        if text.startswith("/") or _ENGLISH_WORDS.search(text) or _in_our_words(text):
            return False, ENGLISH
        if _ROMAN_HINDI.search(text):
            return True, "hi"
        language, confidence = self._identifier.classify(text)
        return language != ENGLISH and confidence >= self._confidence, language


def _in_our_words(text: str) -> bool:
    """Tell whether most words are those of the articles: medical terms look foreign."""
    normalize = shared_searcher().normalize
    words = words_of(normalize(text))
    return sum(map(normalize.knows, words)) * 2 > len(words)


@lru_cache(maxsize=1)
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
