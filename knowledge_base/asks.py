"""How a message asks: for which passage, with what answer to yes or no, for which sentences.

Phrases that ask alike make a class of their own, and linear discriminant analysis with a shrunken
covariance (Hastie, Tibshirani & Friedman 2009, "The Elements of Statistical Learning", sections
4.3 and 4.3.1) tells the classes apart by what several layers of the encoder see. It errs elsewhere
than the nearest phrases do.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import Vectors

Scores = npt.NDArray[np.float64]

# Share of a covariance that is the same in all directions.
SHRINKAGE = 0.05
# The features are many and go together, so the log odds come out some twenty times too high: on
# 466 fresh questions, this makes what they say of facts and verdicts likeliest.
TEMPERATURE = 20.0


class Asked(NamedTuple):
    """What a class of phrases asks for.

    Attributes:
        passage: id of the passage that answers.
        verdict: what that answers to a yes/no question: "yes", "no" or "depends"; "" if it is none.
        sentences: numbers of the passage's sentences that answer, the first one to say in front.
    """

    passage: str
    verdict: str
    sentences: tuple[int, ...]


class AskClassifier:
    """Tells how likely a message asks for what, as linear log odds."""

    def __init__(self, classes: Sequence[Asked], weights: Vectors) -> None:
        """Take what `fit` found.

        Args:
            classes: what may be asked for.
            weights: shape (classes, features + 1), the last column added to every log odds.

        Raises:
            ValueError: classes and weights do not belong together.
        """
        if len(classes) != len(weights):
            raise ValueError(f"{len(classes)} classes, but weights for {len(weights)}.")
        self.classes = tuple(classes)
        self.weights = weights
        self._rows_of: dict[str, list[int]] = {}
        for row, asked in enumerate(self.classes):
            self._rows_of.setdefault(asked.passage, []).append(row)

    def chances(self, layers: Vectors) -> Scores:
        """Return the probability of each class; they add up to 1.

        Args:
            layers: a message, as `Encoder.layers` reads it, shape (features,).
        """
        return _shares(self.weights, layers)

    def asked(self, passage: str, layers: Vectors) -> list[tuple[Asked, float]]:
        """Return the classes that ask for one passage, and their shares, which add up to 1."""
        rows = self._rows_of[passage]
        shares = _shares(self.weights[rows], layers).tolist()
        return [(self.classes[row], share) for row, share in zip(rows, shares, strict=True)]


def fit(asked: Sequence[Asked], layers: Vectors) -> AskClassifier:
    """Learn to tell classes apart.

    Args:
        asked: what each phrase asks for.
        layers: the phrases, shape (phrases, features).
    """
    counts = Counter(asked)
    classes = sorted(counts)
    number_of = {name: number for number, name in enumerate(classes)}
    of_phrase = np.array([number_of[name] for name in asked])
    sizes = np.array([counts[name] for name in classes], dtype=np.float32)
    features = layers.shape[1]
    means = np.zeros((len(classes), features), dtype=np.float32)
    np.add.at(means, of_phrase, layers)
    means /= sizes[:, None]
    deviations = layers - means[of_phrase]
    covariance = deviations.T @ deviations / len(layers)
    # A library of a few phrases has no deviations.
    everywhere = SHRINKAGE * np.trace(covariance) / features + 1e-6
    covariance = covariance * (1 - SHRINKAGE) + everywhere * np.eye(features)
    directions = np.linalg.solve(covariance, means.T).T
    offsets = np.log(sizes) - (means * directions).sum(1) / 2
    weights = np.column_stack([directions, offsets]) / TEMPERATURE
    return AskClassifier(classes, weights.astype(np.float32))


def _shares(weights: Vectors, layers: Vectors) -> Scores:
    """Return the probabilities of some classes, which add up to 1."""
    log_odds = weights[:, :-1] @ layers + weights[:, -1]
    raised = np.exp(log_odds.astype(np.float64) - log_odds.max())
    return np.asarray(raised / raised.sum())
