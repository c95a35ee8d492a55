"""Find what a message mentions, and whether it is said to be so, now.

medspaCy's target matcher finds the concepts of rules.yml; its ConText (Harkema et al.
2009, J Biomed Inform 42:839) marks those that are denied, hypothetical or long past.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from bot.nlu.red_flags.medspacy_light import (
    ConText,
    ConTextRule,
    TargetMatcher,
    TargetRule,
    spacy,
)
from bot.nlu.red_flags.rulebook import ContextPhrases, Rulebook, pattern_of

_SENTENCE_ENDS = frozenset(".!?;\n")
_NEGATED = "NEGATED_EXISTENCE"
_OR = re.compile(r"(?<!\w)(?:or|nor|and no|and not)(?!\w)")
_SUPPRESSING = ("is_negated", "is_hypothetical", "is_historical", "is_family")


@dataclass(frozen=True)
class Mention:
    """One concept at one place: words `start` to `end` of sentence number `sentence`."""

    concept: str
    start: int
    end: int
    sentence: int
    suppressed: str | None


@dataclass(frozen=True)
class Reading:
    """A message as the rules see it."""

    sentences: tuple[str, ...]
    mentions: tuple[Mention, ...]
    words: int


class MentionFinder:
    """Runs target matcher and ConText over normalised text."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Compile the rule files.

        Args:
            rulebook: the parsed rule files.
        """
        # Its matcher for token patterns stays empty here, and says so for every message. Not
        # said at import: Rasa puts its own rules for warnings before those that it finds.
        warnings.filterwarnings("ignore", message=r"\[W036\]")
        self._nlp = spacy.blank("en")
        self._targets = TargetMatcher(self._nlp, result_type="group", prune=False)
        self._targets.add(
            [
                TargetRule(concept.name, concept.name, pattern=pattern_of(concept.patterns))
                for concept in rulebook.concepts.values()
            ]
        )
        self._context = ConText(
            self._nlp,
            rules=None,
            input_span_type="group",
            # "cannot feel" is itself the symptom: its "cannot" denies nothing.
            prune_on_target_overlap=True,
        )
        self._context.add([_context_rule(phrases) for phrases in rulebook.context])

    def __call__(self, text: str) -> Reading:
        """Read one message.

        Args:
            text: normalised text.

        Returns:
            Its sentences and mentions.
        """
        words = text.split(" ") if text else ["."]
        starts = [i == 0 or words[i - 1] in _SENTENCE_ENDS for i in range(len(words))]
        doc = spacy.tokens.Doc(self._nlp.vocab, words=words, sent_starts=starts)
        doc = self._context(self._targets(doc))
        number: list[int] = []
        for start in starts:
            number.append((number[-1] + 1 if start else number[-1]) if number else 0)
        sentences = tuple(sentence.text for sentence in doc.sents)
        denied = _denied(doc)
        mentions = tuple(
            Mention(
                concept=span.label_,
                start=span.start,
                end=span.end,
                sentence=number[span.start],
                suppressed=_suppressed(span, denied),
            )
            for span in doc.spans["medspacy_spans"]
        )
        return Reading(sentences, mentions, len(words))


def _context_rule(phrases: ContextPhrases) -> ConTextRule:
    return ConTextRule(
        literal=phrases.category,
        category=phrases.category,
        pattern=pattern_of(phrases.phrases),
        direction=phrases.direction,
        max_scope=phrases.words,
        allowed_types=set(phrases.only) or None,
        excluded_types=set(phrases.spares) or None,
    )


def _denied(doc: spacy.tokens.Doc) -> set[tuple[int, int]]:
    """Return the places that a denial truly reaches.

    "No fever, legs weak" denies the fever only; "no fever, weakness or numbness" denies all.
    """
    reached = set()
    for span, modifier in doc._.context_graph.edges:
        if modifier.category != _NEGATED:
            continue
        start, end = modifier.modifier_span
        between = doc[end : span.start] if end <= span.start else doc[span.end : start]
        if "," not in between.text or _OR.search(doc[end : span.sent.end].text):
            reached.add((span.start, span.end))
    return reached


def _suppressed(span: spacy.tokens.Span, denied: set[tuple[int, int]]) -> str | None:
    for name in _SUPPRESSING:
        if getattr(span._, name) and (name != "is_negated" or (span.start, span.end) in denied):
            return name
    return None
