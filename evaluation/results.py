"""Everything one run measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluation.ask import Reply
from evaluation.judge import Verdict
from evaluation.quality import Quality, middle
from evaluation.readability import body, grade
from evaluation.retrieval import Ranked
from evaluation.safety import AlarmVerdict


@dataclass(frozen=True)
class Results:
    """What one run measured.

    Attributes:
        systems: the bot first, then the baselines.
        retrieval: ranks by passage set, e.g. "articles alone".
        threshold: the answerability from which on the bot answers.
        wording: what each fact says, for the table of failures.
        files: names of the question files.
    """

    verdicts: tuple[Verdict, ...]
    alarms: tuple[AlarmVerdict, ...]
    systems: tuple[Quality, ...]
    retrieval: dict[str, tuple[Ranked, ...]]
    threshold: float
    wording: dict[str, str]
    files: tuple[str, ...]

    @property
    def replies(self) -> list[Reply]:
        """Every judged reply."""
        return [v.reply for v in self.verdicts] + [a.reply for a in self.alarms]

    @property
    def parts(self) -> list[str]:
        """Names of the sets that the messages are split into, e.g. "held" and "tune"."""
        named = {v.question.part for v in self.verdicts} | {a.item.part for a in self.alarms}
        return sorted(named - {""})

    def only(self, part: str) -> Results:
        """Return the same results with the verdicts of one set alone."""
        return replace(
            self,
            verdicts=tuple(v for v in self.verdicts if v.question.part == part),
            alarms=tuple(a for a in self.alarms if a.item.part == part),
        )


@dataclass(frozen=True)
class Reading:
    """Reading grades of some different replies.

    Attributes:
        sent: grade of each text as it was sent.
        own: grade of each without its source line and disclaimer.
    """

    sent: tuple[float, ...]
    own: tuple[float, ...]

    @property
    def middle(self) -> float | None:
        """Median grade of the texts as sent."""
        return middle(self.sent)

    @property
    def highest(self) -> float | None:
        """Highest grade of the texts as sent."""
        return max(self.sent) if self.sent else None


def reading(replies: Sequence[Reply]) -> Reading:
    """Grade replies; the same text counts once, however often it was sent."""
    different = {reply.text: reply for reply in replies if reply.text.strip()}.values()
    return Reading(
        tuple(grade(reply.text) for reply in different),
        tuple(grade(own_words(reply)) for reply in different),
    )


def own_words(reply: Reply) -> str:
    """Return a reply without its source line and disclaimer."""
    titles = [str(source.get("title") or "") for source in reply.sources]
    return body(reply.text, tuple(filter(None, [reply.disclaimer, *titles])))
