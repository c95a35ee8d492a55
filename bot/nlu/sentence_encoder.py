"""Featurizer: one sentence vector per message, read in its context."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import trained
from bot.nlu.context import CONTEXT_KEY, context_of
from knowledge_base.encoder import shared_encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the vector of the message; who needs it later finds it in the encoder's memory."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)  # by this name Rasa knows where features come from

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What else the result depends on (see parent class)."""
        return trained.fingerprint()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        """Create the component (see parent class)."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Any config will do."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurize all examples in one batch."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        self._featurize(examples, "")
        return training_data

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Add a sentence feature to each message that has text, read in the conversation before."""
        before = context_of(tracker)
        spoken = [m for m in messages if m.get(TEXT)]
        for message in spoken:
            message.set(CONTEXT_KEY, before, add_to_output=True)
        self._featurize(spoken, before)
        return messages

    def _featurize(self, messages: list[Message], before: str) -> None:
        means = shared_encoder().means([m.get(TEXT) for m in messages], before)
        for message, mean in zip(messages, means, strict=True):
            message.add_features(
                Features(mean[None], FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
            )
