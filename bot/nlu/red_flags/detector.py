"""The red-flag detector: says of a message whether the emergency answer must come first.

Design, section 5: in doubt, alarm; any error in here alarms too. It keeps no text, logs
nothing, and knows nothing of Rasa. Two ways lead to an alarm: a rule of rules.yml, or
likeness to an exemplar of exemplars.yml for what no rule foresees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.nlu.red_flags.judging import Findings, Fired, judge
from bot.nlu.red_flags.mentions import MentionFinder, Reading
from bot.nlu.red_flags.normalise import Normaliser
from bot.nlu.red_flags.rulebook import CRISIS_GROUP, Rulebook, load_rulebook
from bot.nlu.red_flags.similarity import ExemplarMatcher
from bot.nlu.red_flags.stance import FIGURE, Stance, StanceReader
from knowledge_base.encoder import Encoder
from knowledge_base.normalize import english_words

URGENT = "urgent"
CRISIS = "crisis"

# How long what was said earlier still counts, in messages of the same person.
RISK_TURNS = 20
SIGN_TURNS = 6
HEARD_TURNS = 3

_REMEMBERED = ("risks", "asked_risks", "signs", "asked_signs", "heard")

# Longer texts are read in overlapping pieces of this many words.
_PIECE_WORDS = 400
_PIECE_OVERLAP = 60
# Of a text longer than this many words single sentences are compared, so that one
# sentence in many is not averaged away; and no more than so many, for time.
_LONGEST_WHOLE = 40
_MOST_SENTENCES = 12


@dataclass(frozen=True)
class RedFlag:
    """An alarm.

    `kind` is "urgent" or "crisis"; `source` is the id of the rule or exemplar that fired,
    or "error" when the detector itself failed.
    """

    kind: str
    group: str
    source: str
    proxy: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the alarm for a message's metadata. Holds none of the person's words."""
        return asdict(self)


@dataclass(frozen=True)
class Risks:
    """What earlier messages of a conversation said: concept and rule ids with their age."""

    risks: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    signs: Mapping[str, int] = field(default_factory=dict)
    asked_signs: Mapping[str, int] = field(default_factory=dict)
    heard: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_history(cls, history: Sequence[Mapping[str, Any] | None]) -> Risks:
        """Collect risks and signs that still count.

        Args:
            history: `Check.remembered` of each earlier message, oldest first; None where
                there was none. Age is counted in messages.

        Returns:
            What still counts for the next message.
        """
        limits = {
            "risks": RISK_TURNS,
            "asked_risks": SIGN_TURNS,
            "signs": SIGN_TURNS,
            "asked_signs": 1,
            "heard": HEARD_TURNS,
        }
        kept: dict[str, dict[str, int]] = {key: {} for key in limits}
        for age, remembered in enumerate(reversed(history), start=1):
            for key, limit in limits.items():
                if age <= limit:
                    for name in (remembered or {}).get(key, ()):
                        kept[key].setdefault(str(name), age)
        return cls(*kept.values())


@dataclass(frozen=True)
class Check:
    """The result for one message: an alarm or none, and what to remember of it."""

    flag: RedFlag | None
    remembered: dict[str, list[str]]


@dataclass(frozen=True)
class _Sentence:
    text: str
    stance: Stance
    suppressed: bool

    @property
    def literal(self) -> bool:
        """Neither a figure of speech nor denied, hypothetical or long past."""
        return not self.suppressed and FIGURE not in self.text

    @property
    def about_somebody(self) -> bool:
        return not self.stance.informational and (self.stance.personal or self.stance.now)


class RedFlagDetector:
    """Checks messages. One per process; safe to share."""

    def __init__(self, encoder: Encoder | None, rulebook: Rulebook | None = None) -> None:
        """Compile rules and encode exemplars.

        Args:
            encoder: for likeness to exemplars; None switches that part off.
            rulebook: the rules; those of rules.yml by default.
        """
        self._rulebook = rulebook or load_rulebook()
        self._normalise = Normaliser(
            english_words(),
            self._rulebook.short_forms,
            self._rulebook.spelling_targets,
            self._rulebook.swapped_words,
            self._rulebook.joined_words,
        )
        self._find = MentionFinder(self._rulebook)
        self._stance = StanceReader(self._rulebook)
        self._exemplars = ExemplarMatcher(encoder) if encoder is not None else None

    def check(self, text: object, earlier: Risks | None = None) -> RedFlag | None:
        """Say whether a message must be answered with the emergency message.

        Args:
            text: the message, as written.
            earlier: what earlier messages of the same conversation said.

        Returns:
            The alarm, or None. An error inside the detector is an alarm.
        """
        return self.examine(text, earlier).flag

    def examine(self, text: object, earlier: Risks | None = None) -> Check:
        """Like `check`, and also say what to remember for the messages to come."""
        try:
            # Half of a split emoji cannot be encoded.
            whole = str(text).encode("utf-8", "replace").decode("utf-8")
            return self._examine(whole, earlier or Risks())
        except Exception:
            # Whatever failed, the person must not pay for it: alarm.
            # Nothing is logged here, for a traceback could carry the person's words.
            return Check(RedFlag(URGENT, "unknown", "error"), {})

    def _examine(self, text: str, earlier: Risks) -> Check:
        fired: list[tuple[Fired, Stance]] = []
        remembered: list[Findings] = []
        sentences: list[_Sentence] = []
        for piece in _pieces(self._plain(text)):
            reading = self._find(piece)
            judged = self._stance(reading.sentences)
            findings, alone, waiting = judge(self._rulebook, reading, judged, earlier.heard)
            completed = self._with_earlier(findings, waiting, earlier)
            if any(stance.confirms for stance in judged):
                completed += self._confirmed(earlier)
            fired += [(f, judged[f.sentence]) for f in (*alone, *completed)]
            remembered.append(findings)
            sentences += _sentences(reading, judged)
        memory = {
            key: sorted({name for findings in remembered for name in getattr(findings, key)})
            for key in _REMEMBERED
        }
        flag = self._by_rule(fired)
        return Check(flag or self._by_likeness(text, sentences), memory)

    def _with_earlier(
        self, findings: Findings, waiting: tuple[Fired, ...], earlier: Risks
    ) -> list[Fired]:
        """Return rules completed by an earlier risk, or by an earlier sign and a risk named now."""
        known = set(earlier.risks) | set(earlier.asked)
        completed = [f for f in waiting if known & set(f.rule.risk)]
        completed += [
            Fired(rule, 0)
            for rule in self._rulebook.rules
            if rule.id in earlier.signs and set(rule.risk) & set(findings.risks)
        ]
        return completed

    def _confirmed(self, earlier: Risks) -> list[Fired]:
        """Return rules whose symptoms were asked about just before: "yes, I have those"."""
        known = set(earlier.risks) | set(earlier.asked)
        return [
            Fired(rule, 0)
            for rule in self._rulebook.rules
            if rule.id in earlier.asked_signs and (not rule.risk or known & set(rule.risk))
        ]

    @staticmethod
    def _by_rule(fired: list[tuple[Fired, Stance]]) -> RedFlag | None:
        if not fired:
            return None
        # A wish to die is answered first, whatever else is said; then the rule that says most.
        first, stance = max(
            fired, key=lambda pair: (pair[0].rule.group == CRISIS_GROUP, pair[0].rule.parts)
        )
        rule = first.rule
        return RedFlag(rule.kind, rule.group, rule.id, stance.proxy)

    def likeness_of(self, text: str) -> tuple[float, bool] | None:
        """Return score and time sense of a message's likeness, for calibration.

        Args:
            text: the message, as written.

        Returns:
            (score, whether it is said to go on now); None when likeness is not asked.
        """
        reading = self._find(self._plain(text))
        meant = _meant(_sentences(reading, self._stance(reading.sentences)))
        if self._exemplars is None or not meant:
            return None
        return self._exemplars.likeness(text).score, any(s.stance.now for s in meant)

    def _plain(self, text: str) -> str:
        return self._stance.figures_removed(self._normalise(text))

    def _by_likeness(self, text: str, sentences: Sequence[_Sentence]) -> RedFlag | None:
        if self._exemplars is None:
            return None
        whole = len(text.split()) <= _LONGEST_WHOLE
        # A wish to die often comes without "I" or "today", so less is asked of it.
        wishes = [s for s in sentences if s.literal and not s.stance.framed]
        told = [s.text for s in wishes[:_MOST_SENTENCES]]
        for part in (
            [text, *told] if whole and len(told) > 1 else [text] if whole and told else told
        ):
            hit = self._exemplars.nearest_crisis(part)
            if hit is not None:
                return RedFlag(CRISIS, hit.group, hit.id, any(s.stance.proxy for s in wishes))
        meant = _meant(sentences)
        compared = [(s.text, s.stance.now) for s in meant[:_MOST_SENTENCES]]
        if whole and meant:
            compared = [(text, any(s.stance.now for s in meant))]
        for part, now in compared:
            hit = self._exemplars.nearest_alarm(part, now)
            if hit is not None:
                kind = CRISIS if hit.group == CRISIS_GROUP else URGENT
                return RedFlag(kind, hit.group, hit.id, any(s.stance.proxy for s in meant))
        return None


def _meant(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """Leave out what only asks, or is denied or long past: no likeness makes it an emergency."""
    return [s for s in sentences if s.literal and s.about_somebody]


def _sentences(reading: Reading, stances: tuple[Stance, ...]) -> list[_Sentence]:
    suppressed = {m.sentence for m in reading.mentions if m.suppressed}
    return [
        _Sentence(text, stance, number in suppressed)
        for number, (text, stance) in enumerate(zip(reading.sentences, stances, strict=True))
    ]


def _pieces(plain: str) -> list[str]:
    words = plain.split(" ")
    if len(words) <= _PIECE_WORDS:
        return [plain]
    step = _PIECE_WORDS - _PIECE_OVERLAP
    return [" ".join(words[i : i + _PIECE_WORDS]) for i in range(0, len(words), step)]
