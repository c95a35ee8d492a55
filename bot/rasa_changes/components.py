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
    """Refuse, with a LeftOutError, a trained model that cannot be served without TensorFlow."""
    with tarfile.open(model) as archive:
        description = archive.extractfile("metadata.json")
        nodes = json.load(description)["predict_schema"]["nodes"] if description else {}
    used = {node["uses"].rpartition(".") for node in nodes.values()}
    if heavy := sorted(name for module, _, name in used if module in BRING_TENSORFLOW):
        raise LeftOutError(f"{', '.join(heavy)} in config.yml needs TensorFlow, which")
