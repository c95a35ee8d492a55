"""From Rasa's tracker to a question for the knowledge base."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker

from knowledge_base.articles import TOPICS
from knowledge_base.encoder import in_context
from knowledge_base.follow_ups import asks_to_compare
from knowledge_base.question import CASE_REPORT, SITE_NAMES, Focus, Question, Request
from knowledge_base.wording import asking_part, parts_of, tells_a_story

TOPIC_INTENT = "ask_"
# Where Rasa puts the name of a retrieval intent together with its response key.
INTENT_RESPONSE_KEY = "intent_response_key"
_TALK = """ask_bot ask_capabilities ask_human ask_language ask_privacy chitchat complain greet grief
    other_language say_goodbye thank violence"""
# What a message wants that has one of these intents; with any other it asks something.
_INTENTS = {
    Request.WHY: "ask_why",
    Request.OUTSIDE: "out_of_scope_medical",
    Request.OFF_TOPIC: "out_of_scope",
    Request.CHOOSE: "choose_site",
    Request.MORE: "ask_more affirm",
    Request.SHORTER: "ask_shorter",
    Request.DOUBT: "ask_source",
    Request.EXPLAIN: "ask_meaning",
    Request.ADVICE: "personal_advice",
    Request.CARE: "care_seeking",
    Request.WHOM: "care_seeking/whom",
    Request.TALK: _TALK,
    Request.TELL: "tell",
    Request.FEAR: "fear",
    Request.DENY: "deny",
    Request.MISUSE: "manipulate",
}
REQUESTS = {intent: request for request, names in _INTENTS.items() for intent in names.split()}
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
    topics = {name: confidences.get(TOPIC_INTENT + name, 0.0) for name in TOPICS}
    chances = {Request.ASK: sum(topics.values())}
    for name in REQUESTS.keys() & confidences.keys():
        chances[REQUESTS[name]] = max(confidences[name], chances.get(REQUESTS[name], 0.0))
    # "Why?" asks for the reason of what was said, which is seldom a cause of the condition.
    topic = _topic(topics, max(SURE_ENOUGH, chances.get(Request.WHY, 0.0)), entities)
    text = message.get("text") or ""
    if text.startswith("/"):
        named = [SITE_NAMES[site] for site in sites if site in SITE_NAMES]
        text = " ".join([topic or "", *named]).strip()
        bare = topic or ""
    else:
        bare = _bare(text, entities)
    before = message.get("context") or ""
    request = REQUESTS.get(full_intent_of(tracker)) or REQUESTS.get(intent_of(tracker), Request.ASK)
    whole = Question(text, bare, topic, sites, about_case, request, chances, topics, before)
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
        parts.append(replace(part, topic=_named_topic(inside)))
    return tuple(parts)


def focus_of(tracker: Tracker) -> Focus:
    """Return what the conversation was about until now."""
    return Focus.from_dict(tracker.get_slot("focus"))


def intent_of(tracker: Tracker) -> str:
    """Return the name of the latest message's intent, "" if there is none."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def full_intent_of(tracker: Tracker) -> str:
    """Return the intent, of a retrieval intent with its likeliest response key."""
    intent, full = intent_of(tracker), str(tracker.latest_message.get(INTENT_RESPONSE_KEY) or "")
    return full if full.startswith(f"{intent}/") else intent


def _asked_about(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entities of the sentence that asks, if it has any of them, else all.

    In a story other kinds may be spoken of than the one that is asked about: that is the last
    one, unless two are compared.
    """
    start, end = asking_part(text)
    inside = [e for e in entities if start <= e.get("start", -1) < end]
    if _sites(inside):
        return inside
    if not tells_a_story(text) or asks_to_compare(text):
        return entities
    return [e for e in entities if e["entity"] == "site"][-1:]


def _sites(entities: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(e["value"] for e in entities if e["entity"] == "site"))


def _topic(topics: dict[str, float], needed: float, entities: list[dict[str, Any]]) -> str | None:
    likeliest = max(topics, key=lambda topic: topics[topic])
    return likeliest if topics[likeliest] >= needed else _named_topic(entities)


def _named_topic(entities: list[dict[str, Any]]) -> str | None:
    named = list(dict.fromkeys(e["value"] for e in entities if e["entity"] == "topic"))
    return named[0] if len(named) == 1 else None


def _bare(text: str, entities: list[dict[str, Any]]) -> str:
    """Return a text without the names of sites and articles."""
    named = [e for e in entities if e["entity"] in ("site", "article")]
    for entity in sorted(named, key=lambda e: -e.get("start", 0)):
        text = text[: entity["start"]] + text[entity["end"] :]
    return " ".join(text.split())
