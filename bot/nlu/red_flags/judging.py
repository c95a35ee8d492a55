"""Decide which rules a reading fulfils, alone or with what earlier messages said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.nlu.red_flags.mentions import Mention, Reading
from bot.nlu.red_flags.rulebook import Rule, Rulebook
from bot.nlu.red_flags.stance import Stance

# A risk further away than this in one long message is not read as belonging to the symptom.
_RISK_REACH_WORDS = 80
# Crossing a sentence counts as this many words.
_SENTENCE_STEP = 4


@dataclass(frozen=True)
class Findings:
    """What one message said, in names of concepts and rules: never in the person's words.

    `risks`: risk concepts said to be so. `asked_risks`: risk concepts only asked about.
    `signs`: ids of rules whose symptoms are there (their risk may still be missing).
    `asked_signs`: ids of rules whose symptoms are only asked about. `heard`: concepts said.
    """

    risks: tuple[str, ...] = ()
    asked_risks: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    asked_signs: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fired:
    """A rule that fired, and the sentence in which its symptom stands."""

    rule: Rule
    sentence: int


def judge(
    rulebook: Rulebook,
    reading: Reading,
    stances: tuple[Stance, ...],
    heard: Collection[str] = (),
) -> tuple[Findings, tuple[Fired, ...], tuple[Fired, ...]]:
    """Apply every rule to one message.

    Args:
        rulebook: the rules.
        reading: sentences and mentions.
        stances: one for each sentence.
        heard: concepts of the last messages.

    Returns:
        The findings to remember; the rules that fire by themselves; the rules whose
        symptoms are there but whose risk is not named in this message.
    """
    confirmed = any(stance.confirms for stance in stances)
    said = [
        m
        for m in reading.mentions
        if m.suppressed is None or (confirmed and m.suppressed == "is_hypothetical")
    ]
    asked = _by_concept(m for m in said if not stances[m.sentence].framed)
    live = _by_concept(m for m in said if confirmed or not stances[m.sentence].informational)
    risks = {m.concept: m for m in said if rulebook.concepts[m.concept].risk}
    fired, waiting = [], []
    asked_signs = set()
    for rule in rulebook.rules:
        found = _symptoms(rule, asked if rule.asked else live, heard, _at(rule, asked))
        if found is None:
            if _symptoms(rule, asked, (), _at(rule, asked)) is not None:
                asked_signs.add(rule.id)
            continue
        where = Fired(rule, found.sentence)
        if not rule.risk or _risk_near(rule, said, found):
            fired.append(where)
        else:
            waiting.append(where)
    findings = Findings(
        risks=tuple(sorted(c for c in risks if c in live)),
        asked_risks=tuple(sorted(c for c in risks if c not in live)),
        signs=tuple(sorted({f.rule.id for f in waiting})),
        asked_signs=tuple(sorted(asked_signs)),
        heard=tuple(sorted(live)),
    )
    return findings, tuple(fired), tuple(waiting)


def _risk_near(rule: Rule, said: Iterable[Mention], symptom: Mention) -> bool:
    return any(
        m.concept in rule.risk and abs(m.start - symptom.start) <= _RISK_REACH_WORDS for m in said
    )


def _at(rule: Rule, by_concept: Mapping[str, list[Mention]]) -> set[tuple[int, int]]:
    """Return the places of a rule's risks: one phrase cannot be both risk and sign."""
    return {(m.start, m.end) for name in rule.risk for m in by_concept.get(name, ())}


def _by_concept(mentions: Iterable[Mention]) -> dict[str, list[Mention]]:
    by_concept: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_concept.setdefault(mention.concept, []).append(mention)
    return by_concept


def _symptoms(
    rule: Rule,
    live: dict[str, list[Mention]],
    heard: Collection[str],
    taken: Collection[tuple[int, int]],
) -> Mention | None:
    """Return the mention that completes the symptoms of a rule, or nothing."""
    needs = [n for n in rule.needs if n in live or n not in rule.across or n not in heard]
    if any(name not in live for name in needs):
        return None
    slots = [[m for m in live[name] if (m.start, m.end) not in taken] for name in needs]
    if rule.one_of:
        options = [
            m for name in rule.one_of for m in live.get(name, ()) if (m.start, m.end) not in taken
        ]
        if not options:
            return None
        slots.append(options)
    if not slots:
        return None
    return _together(slots, (), rule.within)


def _together(
    slots: list[list[Mention]], chosen: tuple[Mention, ...], within: int
) -> Mention | None:
    if not slots:
        return chosen[-1]
    for mention in slots[0]:
        if any((m.start, m.end) == (mention.start, mention.end) for m in chosen):
            continue
        if all(_gap(m, mention) <= within for m in chosen):
            found = _together(slots[1:], (*chosen, mention), within)
            if found is not None:
                return found
    return None


def _gap(a: Mention, b: Mention) -> int:
    first, second = (a, b) if a.start <= b.start else (b, a)
    words = max(0, second.start - first.end)
    return words + _SENTENCE_STEP * (second.sentence - first.sentence)
