"""Does the knowledge base hold an answer? A measured score, never one number alone."""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.question import Question, Request
from knowledge_base.search import Evidence

MODEL_FILE = Path(__file__).parent / "answerability.json"


@dataclass(frozen=True)
class AnswerabilityModel:
    """Logistic regression over a handful of readable features.

    Below ``threshold`` nothing is said; from ``sure`` on the answer stands by itself; between
    them the nearest line is said as such. Weights and thresholds are fitted by ``python -m
    evaluation.calibrate``, which also writes down the data they come from.
    """

    weights: dict[str, float]
    bias: float
    threshold: float
    sure: float

    def score(self, features: dict[str, float]) -> float:
        """Return the probability, 0 to 1, that the sources answer the message."""
        logit = self.bias + sum(
            weight * features.get(name, 0.0) for name, weight in self.weights.items()
        )
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def features(question: Question, evidence: Evidence, in_context: Evidence) -> dict[str, float]:
    """Describe a message for the model.

    Args:
        question: the message.
        evidence: what search found for the message alone.
        in_context: what search found with the conversation taken into account.

    Returns:
        feature name to value, each about 0 to 1.
    """
    best = in_context.similarity(question.sites)
    outside = in_context.not_covered[1] if in_context.not_covered else 0.0
    return {
        "similarity": best,
        "similarity_alone": evidence.similarity(question.sites),
        "outside_margin": best - outside,
        "outside_similarity": outside,
        "near_miss_margin": best - in_context.near_miss,
        "known_share": evidence.known_share,
        "names_outside": float(evidence.named is not None),
        "names_other_kind": float(bool(evidence.other_kind)),
        "names_gap": float(evidence.named_gap is not None),
        "names_site": float(bool(question.sites) or question.about_case),
        "follows_up": float(in_context is not evidence),
        "intent_topic": question.chance(Request.ASK) + question.chance(Request.WHY),
        "intent_other": question.chance(Request.OFF_TOPIC) + question.chance(Request.MISUSE),
        "intent_outside": question.chance(Request.OUTSIDE),
        "answers": in_context.answers / 10,
    }


def load_model(path: Path = MODEL_FILE) -> AnswerabilityModel:
    """Read the fitted model.

    Raises:
        KnowledgeBaseError: the file is missing or damaged.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return AnswerabilityModel(
            stored["weights"], stored["bias"], stored["threshold"], stored["sure"]
        )
    except (OSError, ValueError, KeyError) as error:
        raise KnowledgeBaseError(f"{path.name} cannot be read: {error!r}") from error


@lru_cache(maxsize=1)
def shared_model() -> AnswerabilityModel:
    """Return the one model of this process."""
    return load_model()
