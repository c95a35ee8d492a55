"""Fits the part of the reader that reads danger from n-grams (`knowledge_base.ngrams`)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from knowledge_base.encoder import in_context
from knowledge_base.ngrams import NGRAMS, ngrams_of
from training.data import NO_DANGER, Example

_INVERSE_PENALTY = 10.0


def fit(examples: Sequence[Example], share: float) -> npt.NDArray[np.float32]:
    """Return the weights with which n-grams speak for danger, and the bias last.

    Args:
        examples: judged on danger.
        share: by which its log odds count beside those of the encoder's head.
    """
    model = LogisticRegression(
        C=_INVERSE_PENALTY, class_weight="balanced", solver="liblinear", random_state=0
    )
    rows = ngrams_of([e.text for e in examples], [in_context(e.context) for e in examples])
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    matrix = csr_matrix((values, columns, ends), shape=(len(rows), NGRAMS))
    model.fit(matrix, [e.danger != NO_DANGER for e in examples])
    return np.append(model.coef_[0], model.intercept_).astype(np.float32) * np.float32(share)
