"""Words and letters of messages, hashed: what danger is read from beside the sentence vector.

The mean over a message's tokens can lose one word among many; a linear model over n-grams cannot,
and it errs on other messages than the encoder does. scikit-learn's HashingVectorizer does much
the same, but would cost a running bot its import.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import sqrt
from zlib import crc32

import numpy as np
import numpy.typing as npt

_HALF = 2**16
NGRAMS = 2 * _HALF
_LETTERS = range(2, 5)
_WORD = re.compile(r"\w+")

Row = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]


def ngrams_of(texts: Sequence[str], before: str | Sequence[str] = "") -> list[Row]:
    """Return the n-grams of messages: one or two words, and two to four letters of one word.

    Args:
        texts: the messages.
        before: what was said before them (`knowledge_base.encoder.in_context`): one for all, or
            one for each.

    Returns:
        for each message the columns, below `NGRAMS`, of its n-grams, and how much each counts;
        those of words and those of letters both have length 1.
    """
    befores = [before] * len(texts) if isinstance(before, str) else before
    return [_row(f"{earlier} | {text}") for earlier, text in zip(befores, texts, strict=True)]


def _row(text: str) -> Row:
    words = _WORD.findall(text.lower())
    halves = (Counter(_columns(_of_words(words))), Counter(_columns(_of_letters(words))))
    columns = [column + _HALF * n for n, half in enumerate(halves) for column in half]
    values = [
        count / sqrt(sum(c * c for c in half.values()))
        for half in halves
        for count in half.values()
    ]
    return np.array(columns, dtype=np.int64), np.array(values, dtype=np.float32)


def _columns(ngrams: Iterator[str]) -> Iterator[int]:
    return (crc32(ngram.encode()) % _HALF for ngram in ngrams)


def _of_words(words: list[str]) -> Iterator[str]:
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))


def _of_letters(words: list[str]) -> Iterator[str]:
    for word in (f" {word} " for word in words):
        for length in _LETTERS:
            yield from (word[at : at + length] for at in range(max(1, len(word) - length + 1)))
