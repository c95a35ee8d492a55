"""Which components of Rasa cannot be served without TensorFlow."""

from __future__ import annotations

import json
import tarfile

from bot.rasa_changes.late_imports import LeftOutError

# Modules of Rasa; a test tells when one no longer needs TensorFlow.
BRING_TENSORFLOW = (
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.extractors.crf_entity_extractor",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "rasa.nlu.selectors.response_selector",
)


def require_light(model: str) -> None:
    """Check that a model can be served without TensorFlow.

    Args:
        model: path of the trained model.

    Raises:
        LeftOutError: it has a component that needs TensorFlow; the message says what to do.
    """
    with tarfile.open(model) as archive:
        description = archive.extractfile("metadata.json")
        nodes = json.load(description)["predict_schema"]["nodes"] if description else {}
    heavy = sorted(
        {
            component.rpartition(".")[2]
            for component in (node["uses"] for node in nodes.values())
            if component.rpartition(".")[0] in BRING_TENSORFLOW
        }
    )
    if heavy:
        raise LeftOutError(
            f"{', '.join(heavy)} in config.yml needs TensorFlow, which `python -m bot` leaves "
            "out to start fast and stay small. Take it out of config.yml and train again, or "
            "start with Rasa's own commands: `rasa run actions` and, beside it, `rasa run`."
        )
