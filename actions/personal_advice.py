"""What nobody can decide from afar: declines, and says whom to ask and when to call."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Events, SafeAction
from actions.clinic import contacts
from actions.compose import compose, told
from actions.reply import Reply, Role, Texts, cited, lines_of
from actions.understanding import INTENT_RESPONSE_KEY, focus_of, question_of
from knowledge_base.answer import shared_answerer
from knowledge_base.outcome import Outcome
from knowledge_base.search import shared_searcher
from knowledge_base.wording import asked_for, speaks_of_someone

AMBULANCE, WHOM = "care_seeking/ambulance", "care_seeking/whom"
ANY_ADVICE = "personal_advice/other"
# What a request asks for tells more than the likeliest of the advice intents.
ADVICE_ON = {"hurts": "personal_advice/hurts", "how_often": "personal_advice/how_often"}


class ActionPersonalAdvice(SafeAction):
    """Declines to decide for a person, and says whom to ask.

    A question that speaks of nobody is only worded like a request for advice, or taken for one
    after others: what the sources cover is answered if it names its site and is near to a known
    question; what they do not cover is declined by its name.
    """

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        question = question_of(tracker)
        if not speaks_of_someone(question.text):
            answer = shared_answerer().answer(question, focus_of(tracker))
            if question.sites and shared_answerer().is_clear(question.text):
                return told(answer, texts)
            if answer.outcome is Outcome.NOT_FOUND and answer.missing:
                return compose(answer, texts, shared_searcher().index), []
        likeliest = tracker.latest_message.get(INTENT_RESPONSE_KEY) or ANY_ADVICE
        return declined(ADVICE_ON.get(asked_for(question.text), likeliest), texts), []


def declined(key: str, texts: Texts) -> Reply:
    """Return the words that decline to advise, and say whom to ask.

    Args:
        key: the name of the response.
        texts: the domain's texts.
    """
    said = (texts(key), texts("personal_advice_worse"), texts("default_disclaimer"))
    return Reply(Outcome.PERSONAL_ADVICE, lines_of(Role.PLAIN, *said))


class ActionCareSeeking(SafeAction):
    """Answers "should I call an ambulance?", with the signs of the kind that is spoken of."""

    def reply(self, tracker: Tracker, texts: Texts) -> tuple[Reply, Events]:
        """See `SafeAction.reply`."""
        question = question_of(tracker)
        key = tracker.latest_message.get(INTENT_RESPONSE_KEY) or AMBULANCE
        if key == WHOM and question.site and not speaks_of_someone(question.text):
            # "Which specialists are brought in for it?" is told by a source.
            answer = shared_answerer().answer(question, focus_of(tracker))
            if answer.outcome is Outcome.ANSWER and not answer.unsure:
                return told(answer, texts)
        site = question.site or focus_of(tracker).site
        lines = lines_of(Role.PLAIN, texts(key, **contacts(texts)))
        if site is None:
            lines += lines_of(Role.PLAIN, texts("default_disclaimer"))
            return Reply(Outcome.PERSONAL_ADVICE, lines), []
        sources = (shared_searcher().index.sources[site],)
        note = texts(f"note_urgent_{site}")
        return cited(Outcome.PERSONAL_ADVICE, lines, texts, sources, note), []
