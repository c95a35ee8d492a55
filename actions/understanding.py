"""From Rasa's tracker to a question for the knowledge base."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker

from knowledge_base.articles import TOPICS
from knowledge_base.encoder import in_context
from knowledge_base.question import CASE_REPORT, SITE_NAMES, Focus, Question
from knowledge_base.wording import asking_part, parts_of

TOPIC_INTENT = "ask_"
# Where Rasa puts the name of a retrieval intent together with its response key.
INTENT_RESPONSE_KEY = "intent_response_key"
# Below this confidence an intent does not decide the topic.
SURE_ENOUGH = 0.3
# What stands around a question in a message that asks several.
_AROUND = " ,.;?!"


def question_of(tracker: Tracker) -> Question:
    """Return the latest message as a question."""
    message = tracker.latest_message
    entities = message.get("entities") or []
    sites = _sites(_asked_about(message.get("text") or "", entities))
    about_case = any(e["value"] == CASE_REPORT for e in entities)
    confidences = {
        intent["name"]: float(intent["confidence"])
        for intent in message.get("intent_ranking") or [message["intent"]]
        if intent.get("name")
    }
    topic = _topic(confidences, entities)
    text = message.get("text") or ""
    if text.startswith("/"):
        named = [SITE_NAMES[site] for site in sites if site in SITE_NAMES]
        text = " ".join([topic or "", *named]).strip()
        bare = topic or ""
    else:
        bare = _bare(text, entities)
    before = message.get("context") or ""
    whole = Question(text, bare, topic, sites, about_case, confidences, before)
    return replace(whole, parts=_parts(whole, entities))


def _parts(whole: Question, entities: list[dict[str, Any]]) -> tuple[Question, ...]:
    parts: list[Question] = []
    for start, end in parts_of(whole.text):
        inside = [
            {**e, "start": e["start"] - start, "end": e["end"] - start}
            for e in entities
            if start <= e.get("start", -1) < end
        ]
        # Only one kind is spoken of: it is meant in each question.
        sites = _sites(inside) or ((whole.site,) if whole.site else ())
        text = whole.text[start:end]
        bare = _bare(text, inside).strip(_AROUND)
        said = [whole.before, *(part.text for part in parts)]
        part = replace(
            whole,
            text=text.strip(_AROUND),
            bare=bare,
            sites=sites,
            before=in_context([words for words in said if words]),
        )
        parts.append(replace(part, topic=_topic({}, inside)))
    return tuple(parts)


def focus_of(tracker: Tracker) -> Focus:
    """Return what the conversation was about until now."""
    return Focus.from_dict(tracker.get_slot("focus"))


def intent_of(tracker: Tracker) -> str:
    """Return the name of the latest message's intent, "" if there is none."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def _asked_about(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entities of the sentence that asks, if it has any of them, else all.

    In a story other kinds may be spoken of than the one that is asked about.
    """
    start, end = asking_part(text)
    inside = [e for e in entities if start <= e.get("start", -1) < end]
    return inside if _sites(inside) else entities


def _sites(entities: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e["value"] for e in entities if e["entity"] == "site"))


def _topic(confidences: dict[str, float], entities: list[dict[str, Any]]) -> str | None:
    likeliest = max(TOPICS, key=lambda topic: confidences.get(TOPIC_INTENT + topic, 0.0))
    # "Why?" asks for the reason of what was said, which is seldom a cause of the condition.
    needed = max(SURE_ENOUGH, confidences.get("ask_why", 0.0))
    if confidences.get(TOPIC_INTENT + likeliest, 0.0) >= needed:
        return likeliest
    named = list(dict.fromkeys(e["value"] for e in entities if e["entity"] == "topic"))
    return named[0] if len(named) == 1 else None


def _bare(text: str, entities: list[dict[str, Any]]) -> str:
    """Return a text without the names of sites and articles."""
    named = [e for e in entities if e["entity"] in ("site", "article")]
    for entity in sorted(named, key=lambda e: -e.get("start", 0)):
        text = text[: entity["start"]] + text[entity["end"] :]
    return " ".join(text.split())
