"""Intent classifier: logistic regression over the sentence vector, kept as plain arrays."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_RESPONSE_KEY,
    RESPONSE_IDENTIFIER_DELIMITER,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.trained import Trained
from knowledge_base.encoder import in_context, shared_encoder

Array = npt.NDArray[np.float64]

RANKING_LENGTH = 10
# Below this share of all its intent's response keys, one is a guess: words that fit any of them
# are better.
SURE_OF_KEY = 0.65
# Of the solver's gradient: a smaller one takes four times as long and decides nothing else.
TOLERANCE = 0.3

_FILE = "weights.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, Trained):
    """Multinomial logistic regression, trained by scikit-learn, predicted by numpy.

    Rasa's own LogisticRegressionClassifier imports skops at every start. The intents of danger are
    left to the `DangerDetector`.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._intents: list[str] = []
        self._weights: Array = np.empty((0, 0))
        self._bias: Array = np.empty(0)

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs a featurizer before it."""
        return [Featurizer]

    def read(self, folder: Path) -> None:
        """Take the trained weights."""
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            self._intents = stored["intents"].tolist()
            self._weights, self._bias = stored["weights"], stored["bias"]

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the intents' examples, alone and in conversations; store the weights."""
        from sklearn.linear_model import LogisticRegression

        from training.data import DANGERS, intents_in_context

        examples = [
            m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT) not in DANGERS
        ]
        known = {m.get(INTENT) for m in examples}
        turns = [turn for turn in intents_in_context() if _base(str(turn.act)) in known]
        intents = [*(m.get_full_intent() for m in examples), *(str(turn.act) for turn in turns)]
        in_conversation = shared_encoder().means(
            [turn.text for turn in turns], [in_context(turn.context) for turn in turns]
        )
        model = LogisticRegression(class_weight=_balanced(intents), max_iter=1000, tol=TOLERANCE)
        model.fit(np.vstack([_vectors(examples), in_conversation]), intents)
        self._intents = list(model.classes_)
        self._weights, self._bias = model.coef_.T, model.intercept_
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                folder / _FILE,
                intents=np.array(self._intents, dtype=np.str_),
                weights=self._weights,
                bias=self._bias,
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent`, `intent_ranking` and, of a retrieval intent, a sure response key."""
        for message in (m for m in messages if m.get(TEXT)):
            # What came before helps to understand "and then?", but also leads astray: read with it
            # and without, "what can you help me with?" stays what it is.
            both = np.vstack([_vectors([message]), shared_encoder().means([message.get(TEXT)])])
            logits = both.mean(0) @ self._weights + self._bias
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            confidences: dict[str, float] = defaultdict(float)
            for name, chance in zip(self._intents, chances.tolist(), strict=True):
                confidences[_base(name)] += chance
            names = sorted(confidences, key=lambda name: -confidences[name])
            ranking = [
                {"name": name, "confidence": confidences[name]} for name in names[:RANKING_LENGTH]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            keyed = {
                name: chance
                for name, chance in zip(self._intents, chances.tolist(), strict=True)
                if name.startswith(f"{names[0]}/")
            }
            likeliest = max(keyed, key=keyed.__getitem__, default="")
            if likeliest and keyed[likeliest] > SURE_OF_KEY * sum(keyed.values()):
                message.set(INTENT_RESPONSE_KEY, likeliest, add_to_output=True)
        return messages


def _base(intent: str) -> str:
    return intent.partition(RESPONSE_IDENTIFIER_DELIMITER)[0]


def _balanced(intents: list[str]) -> dict[str, float]:
    """Return weights that make all intents count alike, whatever their response keys."""
    times = Counter(map(_base, intents))
    return {name: len(intents) / (len(times) * times[_base(name)]) for name in set(intents)}


def _vectors(messages: list[Message]) -> Array:
    return np.vstack([m.get_dense_features(TEXT)[1].features for m in messages])
