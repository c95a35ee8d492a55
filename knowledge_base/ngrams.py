"""Words and letters of messages, hashed: what danger is read from beside the sentence vector.

The mean over a message's tokens can lose one word among many; a linear model over n-grams cannot,
and it errs on other messages than the encoder does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from scipy.sparse import csr_matrix, hstack

_BITS = 16
NGRAMS = 2 * 2**_BITS


def ngrams_of(texts: Sequence[str], before: str | Sequence[str] = "") -> csr_matrix:
    """Return the n-grams of messages: one or two words, and two to four letters of one word.

    Args:
        texts: the messages.
        before: what was said before them (`knowledge_base.encoder.in_context`): one for all, or
            one for each.

    Returns:
        matrix of shape (len(texts), NGRAMS); each half of a row has length 1.
    """
    befores = [before] * len(texts) if isinstance(before, str) else before
    read = [f"{earlier} | {text}" for earlier, text in zip(befores, texts, strict=True)]
    return hstack([vectorizer.transform(read) for vectorizer in _vectorizers()]).tocsr()


@lru_cache(maxsize=1)
def _vectorizers() -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(
        n_features=2**_BITS,
        ngram_range=(1, 2),
        token_pattern=r"(?u)\b\w+\b",  # noqa: S106
    )
    letters = HashingVectorizer(n_features=2**_BITS, ngram_range=(2, 4), analyzer="char_wb")
    return words, letters
