"""Quality of answering, the same figures for the bot and for every baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from evaluation.abstention import Scored, area_under, auroc, risk_coverage
from evaluation.baselines import BaselineRun
from evaluation.intervals import Mean, Rate
from evaluation.items import ANSWERED_KINDS, DECLINED_KINDS, Question
from evaluation.judge import ANSWERING, Judge, Verdict
from evaluation.readability import grade

NEAR_MISS = "near miss"
ON_TOPIC = "on topic, not in the sources"
FAR = "far"
DECLINED_GROUPS = (NEAR_MISS, ON_TOPIC, FAR)


def declined_group(question: Question) -> str:
    """Name the kind of out-of-scope question, from its label and note."""
    if question.kind == "out_of_scope_other":
        return FAR
    return ON_TOPIC if question.note.startswith("on topic") else NEAR_MISS


@dataclass(frozen=True)
class Quality:
    """How well one system answers.

    Attributes:
        fact_in_scope: share of in-scope questions with a right fact in the answer.
        fact_followup: the same of follow-ups.
        article: share of both with the right article.
        wrong_site: share of both, where a source is cited, that cite another site.
        handled: share of all these messages that were handled rightly: right fact from a
            right article, or declined where the sources have nothing.
        declined: share of out-of-scope questions declined, by group.
        auroc: how well the score parts them from answerable ones, by group.
        aurc: area under the risk-coverage curve; lower is better.
        words: median length of what was answered.
        grade: median reading grade of what was answered.
    """

    name: str
    fact_in_scope: Rate
    fact_followup: Rate
    article: Rate
    wrong_site: Rate
    handled: Rate
    declined: dict[str, Rate]
    declined_all: Rate
    auroc: dict[str, Mean]
    aurc: float | None
    words: float | None
    grade: float | None
    scored: tuple[Scored, ...]


def of_bot(verdicts: Sequence[Verdict]) -> Quality:
    """Sum up the verdicts on the bot's replies."""
    asked = [v for v in verdicts if v.question.kind in ANSWERED_KINDS + DECLINED_KINDS]
    given = [v.reply.text for v in asked if v.reply.outcome in ANSWERING]
    scored = tuple(scored_reply(verdict) for verdict in asked)
    return Quality(
        name="Hematoma Guide",
        fact_in_scope=Rate.of(v.fact for v in asked if v.question.kind == "in_scope"),
        fact_followup=Rate.of(v.fact for v in asked if v.question.kind == "followup"),
        article=Rate.of(v.article for v in asked),
        wrong_site=Rate.of(v.wrong_site for v in asked),
        handled=Rate.of(bool(v.right or v.declined) for v in asked),
        declined=_by_group([(v.question, bool(v.declined)) for v in asked]),
        declined_all=Rate.of(v.declined for v in asked),
        auroc=_aurocs(scored),
        aurc=area_under(risk_coverage(scored)),
        words=middle([float(len(text.split())) for text in given]),
        grade=middle([grade(text) for text in given]),
        scored=scored,
    )


def scored_reply(verdict: Verdict) -> Scored:
    """See one reply as abstention does.

    The score is the bot's own "answerability". A reply without it counts as surely answered
    (1) or surely declined (0), by its outcome. A declined question that could be answered
    counts as wrong, since nobody saw the answer.
    """
    question, reply = verdict.question, verdict.reply
    score = reply.answerability
    if score is None:
        score = 1.0 if reply.outcome in ANSWERING else 0.0
    answerable = question.kind in ANSWERED_KINDS
    return Scored(score, answerable, verdict.right, group_of(question))


def group_of(question: Question) -> str:
    """Name the group that abstention counts a question in."""
    return question.kind if question.kind in ANSWERED_KINDS else declined_group(question)


def of_baseline(run: BaselineRun, judge: Judge) -> Quality:
    """Sum up one baseline run."""
    answers = run.answers
    suffix = "" if run.threshold is None else ", best threshold"
    wrong_sites = [
        judge.wrong_site(a.question, (a.chunk.article,))
        for a in answers
        if a.answered and a.question.kind in ANSWERED_KINDS
    ]
    given = [a.chunk.text for a in answers if a.answered]
    scored = tuple(
        Scored(s.score, s.answerable, s.right, group_of(a.question))
        for s, a in zip(run.scored, answers, strict=True)
    )
    return Quality(
        name=run.name + suffix,
        fact_in_scope=Rate.of(a.fact for a in answers if a.question.kind == "in_scope"),
        fact_followup=Rate.of(a.fact for a in answers if a.question.kind == "followup"),
        article=Rate.of(a.article for a in answers),
        wrong_site=Rate.of(wrong_sites),
        handled=Rate.of(
            bool(a.fact and a.article) or (a.question.kind in DECLINED_KINDS and not a.answered)
            for a in answers
        ),
        declined=_by_group([(a.question, not a.answered) for a in answers]),
        declined_all=Rate.of(not a.answered for a in answers if a.question.kind in DECLINED_KINDS),
        auroc=_aurocs(scored),
        aurc=area_under(risk_coverage(scored)),
        words=middle([float(len(text.split())) for text in given]),
        grade=middle([grade(text) for text in given]),
        scored=scored,
    )


def _by_group(outcomes: Sequence[tuple[Question, bool]]) -> dict[str, Rate]:
    outside = [(declined_group(q), held) for q, held in outcomes if q.kind in DECLINED_KINDS]
    return {
        group: Rate.of(held for named, held in outside if named == group)
        for group in DECLINED_GROUPS
    }


def _aurocs(scored: Sequence[Scored]) -> dict[str, Mean]:
    inside = [one.score for one in scored if one.answerable]
    outside = [one for one in scored if not one.answerable]
    areas = {
        group: auroc(inside, [one.score for one in outside if one.group == group])
        for group in DECLINED_GROUPS
    }
    return {"all": auroc(inside, [one.score for one in outside]), **areas}


def middle(values: Sequence[float]) -> float | None:
    """Return the median, or None of nothing."""
    return median(values) if values else None
