"""Tells staff how a reply came about: what was understood, weighed, found and left out."""

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa_sdk import Tracker

from actions.reply import Reply
from actions.understanding import question_of
from bot.nlu.context import CONTEXT_KEY, is_payload
from bot.nlu.danger_detector import DANGER_KEY
from knowledge_base.answer import shared_answerer
from knowledge_base.answerability import features, shared_model
from knowledge_base.encoder import shared_encoder
from knowledge_base.outcome import Outcome
from knowledge_base.question import Focus, Question
from knowledge_base.weights import shared_weights

_SEARCHED = (Outcome.ANSWER, Outcome.CLARIFY, Outcome.NOT_FOUND)
_INTENTS = 3
# How many passages are named that were found but not said.
_LEFT_OUT = 4


async def reasons(
    agent: Any, conversation_id: str, said: Reply | None, focus: Mapping[str, Any] | None
) -> list[str]:
    """Say how the last reply came about, a line for each reason; never a button's payload.

    `focus` is what the conversation was about before that reply.
    """
    tracker = await agent.tracker_store.retrieve(conversation_id)
    if not said or tracker is None or not tracker.latest_message.text:
        return ["There is no reply yet to explain."]
    parsed = tracker.latest_message.parse_data
    lines = [f"outcome:  {said.outcome.value}", f"intent:   {_intents(parsed)}"]
    if is_payload(tracker.latest_message.text):
        lines.append("danger:   not looked for, as a choice was picked")
    else:
        lines.append(f"danger:   {_danger(tracker.latest_message.text, parsed)}")
    if said.outcome in _SEARCHED:
        lines += _search(tracker, said, Focus.from_dict(focus))
    return lines


def _intents(parsed: Mapping[str, Any]) -> str:
    ranking = parsed.get("intent_ranking") or [parsed["intent"]]
    return ", ".join(f"{i['name']} {i['confidence']:.2f}" for i in ranking[:_INTENTS])


def _danger(text: str, parsed: Mapping[str, Any]) -> str:
    if found := parsed.get(DANGER_KEY):
        likest = f"; likest message: {found['source']} ({found['group']})"
        return f"{found['kind']} {found['probability']:.3f}{likest}"
    weights, before = shared_weights(), parsed.get(CONTEXT_KEY) or ""
    chances = weights.danger_of(shared_encoder().means([text], before), [text], before)[0]
    kind = weights.dangers[1 + int(chances[1:].argmax())]
    threshold = weights.thresholds[kind]
    return f"{1 - chances[0]:.3f}, under the {threshold:.3f} that alarms for {kind}"


def _search(tracker: DialogueStateTracker, said: Reply, focus: Focus) -> list[str]:
    used = said.data.get("passages", [])
    lines = [f"said:     {p['id']}, similarity {p['similarity']:.2f}" for p in used]
    known = Tracker.from_dict(tracker.current_state(EventVerbosity.NONE))
    question = question_of(known)
    # What only asks for more of the same is not searched for.
    for part in question.parts or (question,) if question.text else ():
        lines += _found(part, focus, {p["id"] for p in used}, bool(question.parts))
    return lines


def _found(question: Question, focus: Focus, used: set[str], is_part: bool) -> list[str]:
    """Say what search finds for a question, and how surely the sources answer it."""
    alone, evidence = shared_answerer().finder.look(question, focus)
    model = shared_model()
    score = model.score(features(question, alone, evidence))
    verdict = "unsure" if score < model.sure else "sure"
    verdict = "not answered" if score < model.threshold else verdict
    lines = [f"question: {question.text}"] if is_part else []
    lines.append(
        f"answer:   {verdict} at {score:.2f}; under {model.threshold:.2f} nothing is said, "
        f"from {model.sure:.2f} on it is sure"
    )
    left = [hit for hit in evidence.hits if hit.passage.id not in used][:_LEFT_OUT]
    lines += [
        f"left out: {h.passage.id}, similarity {h.similarity:.2f}, score {h.score:.2f}"
        for h in left
    ]
    if evidence.not_covered:
        thing, similarity = evidence.not_covered
        lines.append(f"outside:  {thing.id}, similarity {similarity:.2f}: no source covers it")
    return lines
