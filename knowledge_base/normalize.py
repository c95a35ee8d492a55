"""Query normalisation: spelling variants, abbreviations, typing slips."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from knowledge_base.encoder import model_dir

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_BRITISH = [
    (re.compile(pattern), american)
    for pattern, american in (
        (r"haem", "hem"),
        (r"anaem", "anem"),
        (r"anaesth", "anesth"),
        (r"oedema", "edema"),
        (r"orthopaed", "orthoped"),
        (r"tumour", "tumor"),
        (r"colour", "color"),
        (r"leukaem", "leukem"),
        (r"centre\b", "center"),
        (r"diarrhoea", "diarrhea"),
    )
]
# Slips that are English words themselves, so that no spelling check finds them.
_MISHEARD = [
    (re.compile(r"\blumber (?=puncture|tap|spine|drain)"), "lumbar "),
    (re.compile(r"\bplate lets\b"), "platelets"),
    (re.compile(r"\bso as muscle\b"), "psoas muscle"),
]
_COURTESY = re.compile(
    r"^(?:(?:i see|thanks?|thank you|ta|cheers|ok|okay|great|right|lovely|brilliant|hello|hi|hey|"
    r"good (?:morning|afternoon|evening|day)|sorry|please)\b[^.?!,;\n]{0,25}[.!,;]+\s+)+"
    r"(?=\S+\s+\S+)",
    re.IGNORECASE,
)
_NAME = (
    r"(?:love|dear|pet|mate|hun|hon|darling|doc|sugar|buddy|pal|bro|sir|ma'?am|madam|sweetheart|"
    r"duck|hen|dude|folks|pray|my friend)"
)
_THANKS = r"(?:pls|plz|please|kindly|thanks|thank you|ty|ta|cheers|innit|eh|lol|haha)"
# "What brings it on, love?" is asked as "what brings it on" is.
_ADDRESS = re.compile(
    rf"^(?:(?:oh|yo|hi|hello|hey|{_NAME}|{_THANKS})\b[\s,.!]+)+(?=\S+\s+\S+)"
    rf"|(?<!\bthe)(?<!\bmy)(?<!\ba)(?<!\bold)[\s,]+(?:{_NAME}|{_THANKS})\b(?=\W*$|,)",
    re.IGNORECASE,
)
# "Thank you, love, please."
_MOST_COURTESIES = 3
# A word of so many letters or more can be known as a slip by one letter.
_LONG = 8
_MANY_TIMES = 5
_SHORT_FORMS = {
    "lp": "lumbar puncture",
    "oih": "ossified intramuscular hematoma",
    "hb": "hemoglobin",
    "bp": "blood pressure",
    "op": "operation",
    "meds": "medicines",
    "docs": "doctors",
    "doc": "doctor",
    "dr": "doctor",
    "physio": "physiotherapy",
    "aetiology": "causes",
    "etiology": "causes",
    "dx": "diagnosis",
    "rx": "treatment",
    "tx": "treatment",
    "sx": "symptoms",
    "xray": "x-ray",
    "vwd": "von willebrand disease",
    "avm": "arteriovenous malformation",
    "u": "you",
    "ur": "your",
    "pls": "please",
    "wat": "what",
    "wot": "what",
    "wht": "what",
    "wich": "which",
    "bcz": "because",
    "hv": "have",
    "abt": "about",
    "w": "with",
    "cos": "because",
    "coz": "because",
}
_SHORTEST_CORRECTED = 5
_EDITS_PER_LETTERS = 5


def fold(text: str) -> str:
    """Return the text in lower case, compatibility-folded, with American spelling."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").lower()
    folded = _DOTTED.sub(lambda match: match[0].replace(".", ""), folded)
    for pattern, american in (*_BRITISH, *_MISHEARD):
        folded = pattern.sub(american, folded)
    return folded


def without_courtesy(text: str) -> str:
    """Return a message without greeting, thanks and pet names around what it asks."""
    text = _COURTESY.sub("", text)
    for _ in range(_MOST_COURTESIES):
        text = _ADDRESS.sub("", text)
    return text


def canonical(text: str) -> str:
    """Return the folded text without words of courtesy, and with short forms written out."""
    asked = fold(without_courtesy(text))
    return _WORD.sub(lambda match: _SHORT_FORMS.get(match[0], match[0]), asked)


def words_of(text: str) -> list[str]:
    """Return the words of a folded text."""
    return _WORD.findall(text)


@lru_cache(maxsize=1)
def english_words() -> dict[str, int]:
    """Whole English words that the encoder's tokenizer knows, with their rank by frequency."""
    vocabulary = (model_dir() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return {w: rank for rank, w in enumerate(vocabulary) if w.isascii() and w.isalpha()}


class QueryNormalizer:
    """Rewrites a message into the words of the knowledge base, where that is safe.

    Only words that neither English nor the knowledge base knows are corrected, and only
    to a word of the knowledge base that is one edit away per five letters (optimal string
    alignment, so that swapped letters count once).
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """Take the words that the knowledge base uses, folded."""
        self.vocabulary = frozenset(vocabulary)
        self._targets = [w for w in self.vocabulary if len(w) >= _SHORTEST_CORRECTED]

    def __call__(self, text: str) -> str:
        """Return the message with variants, short forms and slips put right."""
        return _WORD.sub(lambda match: self._word(match[0]), canonical(text))

    def knows(self, word: str) -> bool:
        """Tell whether the knowledge base uses this folded word."""
        return word in self.vocabulary

    def _word(self, word: str) -> str:
        if (
            len(word) < _SHORTEST_CORRECTED
            or word in self.vocabulary
            or word in english_words()
            or not word.isalpha()
        ):
            return word
        return self._corrected(word)

    @lru_cache(maxsize=1024)  # noqa: B019  (one normaliser lives as long as the process)
    def _corrected(self, word: str) -> str:
        near = process.extract(
            word,
            self._targets,
            scorer=OSA.distance,
            score_cutoff=1 + len(word) // (2 * _EDITS_PER_LETTERS),
        )
        if not near:
            return word
        fewest = near[0][1]
        equal = [target for target, edits, _ in near if edits == fewest]
        return max(equal, key=lambda target: JaroWinkler.similarity(word, target))


def is_slip(word: str, told: set[str], asked: Mapping[str, int]) -> bool:
    """Tell whether a word is a slip, often made, of a long word that the sources use.

    Args:
        word: what people write.
        told: the words of the sources.
        asked: how many passages' questions use each word; 0 for others.
    """
    if len(word) < _LONG or word in told:
        return False
    return any(
        OSA.distance(word, right, score_cutoff=1) == 1 and asked[right] > _MANY_TIMES * asked[word]
        for right in told
        if len(right) >= _LONG and not right.startswith(word) and not word.startswith(right)
    )
