"""Rasa NLU component that overrules the intent when a message tells of danger.

The one place where danger is decided: the tuned encoder reads the message in its context, and
a linear head over its vector and the message's n-grams gives each kind of danger its probability
(`training/`). Beside it stand a few plain sentences that alarm whatever the head says. What was
found is put under the message key "danger" (ids only, never text). Any error alarms.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.context import CONTEXT_KEY, overrule, spoken
from bot.nlu.language_detector import LANGUAGE_KEY, is_readable
from bot.nlu.trained import Trained
from knowledge_base.encoder import OnnxEncoder, Vectors, in_context, shared_encoder
from knowledge_base.normalize import fold, words_of
from knowledge_base.weights import Weights, shared_weights

DANGER_KEY = "danger"
# What is raised when the check itself fails.
ON_ERROR = "urgent"
ALWAYS_FILE = Path(__file__).parent / "always_alarm.yml"

# In another language the head is less sure of what is no danger: it takes a greeting in Swedish
# for one. Of 323 dangers one lies below this; of 30 plain messages 27 do, and 22 below the
# thresholds for English. The reply to them begins with when to call for help.
ELSEWHERE = 0.8

# Of a message of more words also its parts are read, so that one sentence in many is not
# averaged away; they grow with the message, so that a turn stays quick.
_LONGEST_WHOLE = 120
_SHORTEST_PART, _OVERLAP, _MOST_PARTS = 30, 10, 16
_SENTENCE = re.compile(r"[^.!?\n]+")
_FILE = "resembled.npz"

# One in so many dangerous messages can be named as what an alarm resembles: all of them would take
# half a minute of training.
NAMED_OF = 4


@dataclass(frozen=True)
class Danger:
    """An alarm."""

    kind: str  # one of those that the head tells apart
    probability: float  # of that kind and all others together, 0 to 1
    source: str  # id of the training message or plain sentence it resembles most, or "error"
    group: str  # what kind of danger that one tells of


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DangerDetector(Trained):
    """Checks every message and overrules its intent with the kind of danger."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._weights: Weights = shared_weights()
        self._encoder: OnnxEncoder = shared_encoder()
        self._always = always_alarming()
        self._ids: list[str] = []
        self._groups: list[str] = []
        self._vectors: Vectors = np.empty((0, 0), dtype=np.float32)

    def read(self, folder: Path) -> None:
        """Take the vectors of the training messages."""
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            self._ids, self._groups = stored["ids"].tolist(), stored["groups"].tolist()
            self._vectors = stored["vectors"].astype(np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Encode the dangerous messages of the training data, to name the nearest later."""
        from training.data import NO_DANGER, dangers

        told = [e for e in dangers() if e.danger != NO_DANGER][::NAMED_OF]
        vectors = self._encoder.encode(
            [e.text for e in told], [in_context(e.context) for e in told]
        )
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                folder / _FILE,
                ids=np.array([e.id for e in told]),
                groups=np.array([e.group or str(e.danger) for e in told]),
                vectors=vectors.astype(np.float16),
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Check messages, each after what it is read after, and overrule their intent."""
        for message in spoken(messages):
            if not is_readable(message.get(TEXT)):
                # The reply to another language begins with when to call for help.
                continue
            danger = self.examine(message.get(TEXT), message.get(CONTEXT_KEY) or "")
            is_foreign = message.get(LANGUAGE_KEY) is not None
            if danger is not None and (not is_foreign or danger.probability >= ELSEWHERE):
                message.set(DANGER_KEY, asdict(danger), add_to_output=True)
                overrule(message, danger.kind)
        return messages

    def examine(self, text: str, before: str = "") -> Danger | None:
        """Return the alarm of a message, as written, read after others; an error is an alarm."""
        try:
            return self._examine(text, before)
        except Exception:
            # Nothing is logged here, for a traceback could carry the person's words.
            return Danger(ON_ERROR, 1.0, "error", "unknown")

    def _examine(self, text: str, before: str) -> Danger | None:
        for sentence in (text, *_SENTENCE.findall(text)):
            if signed := self._always.get(_plain(sentence)):
                return Danger(signed["kind"], 1.0, signed["id"], signed["group"])
        texts = [text, *_parts(text)]
        rows = self._encoder.means(texts, before)
        chances = self._weights.danger_of(rows, texts, before)
        row = int(np.argmin(chances[:, 0]))
        kind, chance = self._weights.kind_of(chances[row])
        if kind is None:
            return None
        source, group = self._resembled(rows[row])
        return Danger(kind, round(chance, 4), source, group)

    def _resembled(self, mean: Vectors) -> tuple[str, str]:
        if not self._ids:
            return "", ""
        nearest = int(np.argmax(self._vectors @ mean))
        return self._ids[nearest], self._groups[nearest]


def _parts(text: str) -> list[str]:
    """Return overlapping parts of a long message; none of a short one."""
    words = text.split()
    if len(words) <= _LONGEST_WHOLE:
        return []
    step = max(_SHORTEST_PART, -(-len(words) // _MOST_PARTS))
    starts = range(0, len(words), step)
    return [" ".join(words[start : start + step + _OVERLAP]) for start in starts]


def _plain(sentence: str) -> str:
    return " ".join(words_of(fold(sentence))).replace("cannot", "can't")


@lru_cache(maxsize=1)
def always_alarming() -> dict[str, dict[str, str]]:
    """Return the plain sentences that always alarm, folded, with id, kind and group.

    Raises:
        ValueError: two of them are the same, or one has no guideline.
    """
    content = yaml.load(ALWAYS_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    found: dict[str, dict[str, str]] = {}
    for block in content:
        for number, sentence in enumerate(block["sentences"], start=1):
            key = _plain(sentence)
            if key in found or not block["guideline"]:
                raise ValueError(
                    f"{ALWAYS_FILE.name}: {json.dumps(sentence)} stands there twice, "
                    "or without a guideline."
                )
            found[key] = {
                "id": f"always-{block['group']}-{number}",
                "kind": block["kind"],
                "group": block["group"],
            }
    return found
