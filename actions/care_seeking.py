"""Says how to get care: when to call an ambulance, and whom to ask."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Events, SafeAction
from actions.clinic import contacts
from actions.compose import told
from actions.reply import Reply, Role, Texts, cited, lines_of
from actions.understanding import INTENT_RESPONSE_KEY, focus_of, question_of
from knowledge_base.answer import shared_answerer
from knowledge_base.outcome import Outcome
from knowledge_base.search import shared_searcher
from knowledge_base.wording import speaks_of_someone

AMBULANCE, WHOM = "care_seeking/ambulance", "care_seeking/whom"


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
