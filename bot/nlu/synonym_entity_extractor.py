"""Entity extractor: finds sites and topics by their synonyms, whatever the spelling."""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import fingerprint
from knowledge_base.normalize import canonical, words_of
from knowledge_base.search import shared_searcher

# Which values each entity has: {"site": ["spinal", ...], ...}.
VALUES = "values"

_FILE = "synonyms.json"
_TYPED_WORD = re.compile(r"\b(?:[A-Za-z]\.){2,}|\w+(?:['’]\w+)?")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SynonymEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Matches the synonyms of the training data on the normalised message, longest first.

    Rasa's RegexEntityExtractor needs every misspelling in its lookup tables; this one
    compares after query normalisation.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        synonyms: dict[str, str] | None = None,
    ) -> None:
        """Take the synonyms: phrase to value."""
        self._model_storage = model_storage
        self._resource = resource
        self._entity_of = {
            value: entity for entity, values in config[VALUES].items() for value in values
        }
        self._phrases: dict[tuple[str, ...], str] = {}
        self._longest = 0
        self._learn(synonyms or {})

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Without values nothing is found."""
        return {VALUES: {}}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What else the result depends on (see parent class)."""
        return fingerprint.of_code_and_weights()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SynonymEntityExtractor:
        """Create an untrained component (see parent class)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SynonymEntityExtractor:
        """Load the trained synonyms (see parent class)."""
        with model_storage.read_from(resource) as folder:
            synonyms = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, synonyms)

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
            length = self._match(words, position)
            if length:
                first, last = words[position], words[position + length - 1]
                value = self._phrases[tuple(w for w, *_ in words[position : position + length])]
                found.append(
                    {
                        "entity": self._entity_of[value],
                        "value": value,
                        "start": first[1],
                        "end": last[2],
                    }
                )
            position += length or 1
        return found

    def _match(self, words: list[tuple[str, int, int]], position: int) -> int:
        for length in range(min(self._longest, len(words) - position), 0, -1):
            if tuple(w for w, *_ in words[position : position + length]) in self._phrases:
                return length
        return 0


def _words(normalized: str) -> list[str]:
    """Return the words of a normalised text, without a possessive s."""
    return [word.removesuffix("'s") for word in words_of(normalized)]
