"""Everything one run measured, and how it is written down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tqdm import tqdm

from evaluation import EvaluationError
from evaluation.ask import Bot, Reply
from evaluation.figures import Figure
from evaluation.items import Question, RedFlag
from evaluation.judge import AlarmVerdict, AnswerVerdict, shared_articles
from knowledge_base.search import shared_searcher

# Ranks beyond this count as not found.
DEPTH = 20


@dataclass(frozen=True)
class Results:
    """What one run measured.

    Attributes:
        answers: verdicts on the replies to questions.
        alarms: verdicts on the replies to red flags.
        ranks: for each in-scope question, by its id, at which rank search by itself finds the
            first passage that carries one of its facts; None if among `DEPTH` there is none.
    """

    answers: tuple[AnswerVerdict, ...] = ()
    alarms: tuple[AlarmVerdict, ...] = ()
    ranks: tuple[tuple[Question, int | None], ...] = ()

    @property
    def verdicts(self) -> tuple[AnswerVerdict | AlarmVerdict, ...]:
        """All verdicts."""
        return (*self.answers, *self.alarms)

    @property
    def replies(self) -> list[Reply]:
        """Every judged reply."""
        return [verdict.reply for verdict in self.verdicts]

    def only(self, part: str) -> "Results":
        """Return the same results with the verdicts of one set alone."""
        return replace(
            self,
            answers=tuple(v for v in self.answers if v.item.part == part),
            alarms=tuple(v for v in self.alarms if v.item.part == part),
        )


@dataclass(frozen=True)
class Table:
    """One table of the report: a name and cells for each row."""

    title: str
    columns: tuple[str, ...]
    rows: Mapping[str, Sequence[Figure | str]]
    note: str = ""

    def markdown(self) -> str:
        """Write it as Markdown."""
        lines = [("", *self.columns), ("---", *("---" for _ in self.columns))]
        lines += [(name, *map(str, cells)) for name, cells in self.rows.items()]
        body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"## {self.title}\n\n{body}" + (f"\n\n{self.note}" if self.note else "")


def run(url: str, questions: list[Question], red_flags: list[RedFlag]) -> Results:
    """Put every message to a running bot in a conversation of its own, and judge the replies.

    Raises:
        EvaluationError: the bot does not answer, or a label names an unknown fact.
    """
    known = shared_articles().line_of
    for question, fact in ((q, fact) for q in questions for fact in q.facts if fact not in known):
        raise EvaluationError(f"question {question.id}: no article line carries {fact}.")
    bot = Bot(url)
    return Results(
        tuple(AnswerVerdict(q, bot.ask(q.text, q.earlier)) for q in tqdm(questions, "Questions")),
        tuple(AlarmVerdict(f, bot.ask(f.text, f.earlier)) for f in tqdm(red_flags, "Red flags")),
        tuple((q, rank_of(q)) for q in questions if q.kind == "in_scope"),
    )


def rank_of(question: Question) -> int | None:
    """Return at which rank search finds the first passage with one of a question's facts."""
    hits = shared_searcher().evidence(question.text).hits[:DEPTH]
    wanted = set(question.facts)
    return next((n for n, hit in enumerate(hits, 1) if wanted & set(hit.passage.facts)), None)


def write(results: Results, tables: Sequence[Table], intro: str, folder: Path) -> str:
    """Write report.md (the tables), failures.md and results.json.

    Args:
        results: what a run measured.
        tables: what to show of it.
        intro: says what was run.
        folder: where to; it is made.

    Returns:
        the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = ["# Hematoma Guide: evaluation", intro, *(table.markdown() for table in tables)]
    report = "\n\n".join(parts) + "\n"
    (folder / "report.md").write_text(report, encoding="utf-8")
    failed = [verdict for verdict in results.verdicts if verdict.failures]
    title = f"# {len(failed)} of {len(results.verdicts)} replies have a failure"
    pieces = "\n\n".join([title, *map(_failure, failed)]) + "\n"
    (folder / "failures.md").write_text(pieces, encoding="utf-8")
    content = {
        "tables": [asdict(table) for table in tables],
        "verdicts": [{**asdict(v), "failures": v.failures} for v in results.verdicts],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    return report


def _failure(verdict: AnswerVerdict | AlarmVerdict) -> str:
    item, reply = verdict.item, verdict.reply
    if isinstance(item, Question):
        line_of = shared_articles().line_of
        label, wanted = item.kind, [line_of[fact].text for fact in item.facts] or [item.note]
    else:
        label, wanted = item.group, [item.label]
    asked = " / ".join((*item.earlier, item.text))
    return (
        f"## {item.id} ({label}): {'; '.join(verdict.failures)}\n"
        f"- asked: {asked}\n- wanted: {'; '.join(wanted)}\n"
        f"- said [{reply.outcome}; {', '.join(reply.cited) or 'no source'}]: {reply.text}"
    )
