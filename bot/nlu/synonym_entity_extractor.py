"""Entity extractor: finds sites and topics by their synonyms, whatever the spelling."""

import json
import re
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.trained import Trained
from knowledge_base.normalize import canonical, words_of
from knowledge_base.search import shared_searcher

# Which values each entity has: {"site": ["spinal", ...], ...}.
VALUES = "values"

_FILE = "synonyms.json"
_TYPED_WORD = re.compile(r"\b(?:[A-Za-z]\.){2,}|\w+(?:['’]\w+)?")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SynonymEntityExtractor(Trained, EntityExtractorMixin):
    """Matches the synonyms of the training data on the normalised message, longest first.

    Rasa's RegexEntityExtractor needs every misspelling in its lookup tables; this one
    compares after query normalisation.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._entity_of = {
            value: entity for entity, values in self._config[VALUES].items() for value in values
        }
        self._phrases: dict[tuple[str, ...], str] = {}
        self._longest = 0

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Without values nothing is found."""
        return {VALUES: {}}

    def read(self, folder: Path) -> None:
        """Take the trained synonyms."""
        self._learn(json.loads((folder / _FILE).read_text(encoding="utf-8")))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the synonyms of the configured values.

        Raises:
            InvalidConfigException: a configured value has no synonym.
        """
        synonyms = {
            phrase: value
            for phrase, value in training_data.entity_synonyms.items()
            if value in self._entity_of
        }
        for value in sorted(set(self._entity_of) - set(synonyms.values())):
            raise InvalidConfigException(
                f'The training data has no "synonym: {value}"; add it to data/nlu/entities.yml.'
            )
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(synonyms, indent=1), encoding="utf-8")
        self._learn(synonyms)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities found to each message that has text."""
        for message in (m for m in messages if m.get(TEXT)):
            found = self.add_extractor_name(self._find(message.get(TEXT)))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _learn(self, synonyms: dict[str, str]) -> None:
        # Synonyms are spelt right: a correction would turn "bloods" into "blood".
        self._phrases = {tuple(_words(canonical(p))): value for p, value in synonyms.items()}
        self._longest = max(map(len, self._phrases), default=0)

    def _find(self, text: str) -> list[dict[str, Any]]:
        normalize = shared_searcher().normalize
        words = [
            (word, typed.start(), typed.end())
            for typed in _TYPED_WORD.finditer(text)
            for word in _words(normalize(typed[0]))
        ]
        found, position = [], 0
        while position < len(words):
            value, length = self._longest_phrase(words[position : position + self._longest])
            if value:
                start, end = words[position][1], words[position + length - 1][2]
                entity = self._entity_of[value]
                found.append({"entity": entity, "value": value, "start": start, "end": end})
            position += length
        return found

    def _longest_phrase(self, words: list[tuple[str, int, int]]) -> tuple[str, int]:
        for length in range(len(words), 0, -1):
            if value := self._phrases.get(tuple(word for word, *_ in words[:length])):
                return value, length
        return "", 1


def _words(normalized: str) -> list[str]:
    """Return the words of a normalised text, without a possessive s."""
    return [word.removesuffix("'s") for word in words_of(normalized)]
