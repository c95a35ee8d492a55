"""What is said in fixed words: small talk, whom to call, and what nobody can say from afar."""

from rasa_sdk import Tracker

from actions.clinic import contacts
from actions.compose import site_buttons
from actions.reply import Reply, Role, Texts, cited, lines_of
from actions.understanding import full_intent_of, intent_of, question_of
from knowledge_base.outcome import CareAdvice, Declined, SmallTalk
from knowledge_base.search import shared_searcher
from knowledge_base.wording import asks_to_stop

AMBULANCE = "care_seeking/ambulance"
ADVICE, ANY_ADVICE = "personal_advice/", "personal_advice/other"
# Its words fit whatever else is asked of a home treatment.
HOME = "personal_advice/home"
MEDICINE = "personal_advice/medicine"
# "Her hip is sore, should she skip her pill?" asks of the pill.
OF_A_MEDICINE = (MEDICINE, "hurts")
# What is asked for tells more than the likeliest of the other advice intents.
ADVICE_ON = {name: ADVICE + name for name in ("hurts", "how_often", "results")}
# After these, no topic is offered.
_NOTHING_TO_OFFER = "thank say_goodbye ask_language other_language fear grief violence".split()


def declined(answer: Declined, tracker: Tracker, texts: Texts) -> Reply:
    """Decline to decide for a person, and say whom to ask."""
    full = full_intent_of(tracker)
    text = tracker.latest_message.get("text") or ""
    unsure = MEDICINE if asks_to_stop(text) else ANY_ADVICE
    likeliest = full if full.startswith(ADVICE) else unsure
    fits = likeliest == HOME or (likeliest, answer.on) == OF_A_MEDICINE
    key = likeliest if fits else ADVICE_ON.get(answer.on, likeliest)
    said = (texts(key), texts("personal_advice_worse"), texts("default_disclaimer"))
    return Reply(answer.outcome, lines_of(Role.PLAIN, *said))


def care_advice(answer: CareAdvice, tracker: Tracker, texts: Texts) -> Reply:
    """Say when and whom to call, with the signs of the kind that is spoken of."""
    full = full_intent_of(tracker)
    site = question_of(tracker).site or answer.focus.site
    lines = lines_of(Role.PLAIN, texts(full if "/" in full else AMBULANCE, **contacts(texts)))
    if site is None:
        return Reply(answer.outcome, (*lines, *lines_of(Role.PLAIN, texts("default_disclaimer"))))
    sources = (shared_searcher().index.sources[site],)
    return cited(answer.outcome, lines, texts, sources, texts(f"note_urgent_{site}"))


def small_talk(answer: SmallTalk, tracker: Tracker, texts: Texts) -> Reply:
    """Say the response that is named like the intent, in the message's language if it can."""
    name = intent_of(tracker)
    in_language = f"{name}_{tracker.latest_message.get('language')}"
    text = texts(in_language if texts.has(in_language) else name, **contacts(texts))
    buttons = () if name in _NOTHING_TO_OFFER else site_buttons(texts, "ask_overview")
    return Reply(answer.outcome, lines_of(Role.PLAIN, text), buttons)
