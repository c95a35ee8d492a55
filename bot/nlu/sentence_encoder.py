"""Featurizer: one MiniLM sentence vector per message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge_base.dense import views_of
from knowledge_base.encoder import shared_encoder
from knowledge_base.search import shared_searcher


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the vector of the normalised message; search later finds it in the encoder's memory."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Keep the node's name, by which Rasa knows where features come from."""
        super().__init__(name, config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure beyond what every featurizer has."""
        return {**DenseFeaturizer.get_default_config()}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Create the component (see parent class)."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Any config will do."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurize all examples in one batch."""
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add a sentence feature of shape (1, 384) to each message that has text."""
        spoken = [message for message in messages if message.get(TEXT)]
        normalize = shared_searcher().normalize
        texts = [normalize(m.get(TEXT)) for m in spoken]
        # Search will ask for more than one view of a patient's message, and the red-flag check
        # for the message as it was typed: one pass gives all.
        asked = [*views_of(texts[0]), spoken[0].get(TEXT)] if len(texts) == 1 else texts
        vectors = shared_encoder().encode(asked)[: len(texts)]
        for message, vector in zip(spoken, vectors, strict=True):
            message.add_features(
                Features(vector[None], FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
            )
        return messages
