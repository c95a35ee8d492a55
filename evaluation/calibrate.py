"""Fits the answerability model on the project's own questions: `python -m evaluation.calibrate`.

Logistic regression over the features of `knowledge_base.answerability`, fitted on the
messages of the "tune" set that the sources answer (in scope, follow-ups) and on those they
do not (out of scope). Those of the set "taught" are stored ways to ask by now, and would make it
too sure. Two thresholds come from ten-fold cross-validation: below the lower one
nothing is said, and few answerable messages lie there; from the higher one on the answer stands
by itself, and few unanswerable messages lie there. Between them the nearest line is said as such.
"""

import asyncio
import json
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from tqdm import tqdm

from actions.understanding import question_of
from evaluation.items import DECLINED_KINDS, QUESTIONS_FILE, load_questions
from knowledge_base.answer import shared_answerer
from knowledge_base.answerability import MODEL_FILE, features
from knowledge_base.question import Focus

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor

SET = "tune"
# Inverse penalty; chosen among 1, 3 and 10 by the area under the curve below.
INVERSE_PENALTY = 10.0
FOLDS = 10
# Share of the answerable messages that may get no answer at all.
LOST_AT_MOST = 0.05
# Share of the unanswerable messages that may get an answer without a word of doubt.
ANSWERED_AT_MOST = 0.12
# Any number without a common divisor with the number of openings spreads them.
OPENING_STEP = 7


def main() -> None:
    """Fit, print the figures and write the model."""
    rows, answerable, messages = asyncio.run(_data())
    names = sorted(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", max_iter=5000)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    scores = cross_val_predict(
        model, matrix, answerable, groups=messages, cv=folds, method="predict_proba"
    )[:, 1]
    threshold = round(float(np.quantile(scores[answerable], LOST_AT_MOST)), 3)
    sure = round(float(np.quantile(scores[~answerable], 1 - ANSWERED_AT_MOST)), 3)
    weights = model.fit(matrix, answerable).coef_[0]
    fitted = {
        "made_by": "python -m evaluation.calibrate",
        "made_from": f'{QUESTIONS_FILE.name}, set "{SET}"',
        "answerable": int(answerable.sum()),
        "unanswerable": int((~answerable).sum()),
        "cross_validated_auroc": round(float(roc_auc_score(answerable, scores)), 4),
        "cross_validated_declined": round(float((scores[~answerable] < threshold).mean()), 4),
        "cross_validated_answered": round(float((scores[answerable] >= sure).mean()), 4),
        "threshold": threshold,
        "sure": sure,
        "bias": round(float(model.intercept_[0]), 4),
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
    }
    MODEL_FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1))


async def _data() -> tuple[list[dict[str, float]], npt.NDArray[np.bool_], list[str]]:
    """Return the features, whether the sources answer, and the id of each message."""
    items = [
        item
        for item in load_questions([QUESTIONS_FILE])
        if item.part == SET and (item.is_answerable or item.kind in DECLINED_KINDS)
    ]
    processor = _processor()
    openings = [item.text for item in items if item.kind == "in_scope"]
    rows, answerable, messages = [], [], []
    for number, item in enumerate(tqdm(items, desc="Searching", unit="message")):
        # People leave the subject in the middle of a talk as well: every message that
        # stands alone is also put behind some question that the sources answer.
        opening = openings[number * OPENING_STEP % len(openings)]
        for earlier in [item.earlier] if item.earlier else [(), (opening,)]:
            rows.append(await _features(processor, [*earlier, item.text]))
            answerable.append(item.is_answerable)
            messages.append(item.id)
    return rows, np.array(answerable), messages


async def _features(processor: "MessageProcessor", said: list[str]) -> dict[str, float]:
    """Return the features of the last of a person's messages, read as the running bot does."""
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.core.events import UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    answerer, focus = shared_answerer(), Focus()
    tracker = DialogueStateTracker("calibration", slots=())
    for number, text in enumerate(said, start=1):
        parsed = await processor.parse_message(UserMessage(text), tracker)
        tracker.update(UserUttered(text, parsed["intent"], parse_data=parsed))
        question = question_of(SimpleNamespace(latest_message=parsed))
        if number < len(said):
            focus = answerer.reply_to(question, focus).focus
    return features(question, *answerer.finder.look(question, focus))


def _processor() -> "MessageProcessor":
    """Return what reads messages with the trained model."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rasa.core.agent import Agent

    from bot.__main__ import latest_model
    from bot.serving import configure_logging

    configure_logging()
    return Agent.load(latest_model()).processor


if __name__ == "__main__":
    main()
