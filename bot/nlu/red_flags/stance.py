"""Tell for each sentence whether it reports something or only asks about it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.red_flags.rulebook import Rulebook

# In a longer text "in my novel" says nothing about a sentence further away than this.
_FRAME_REACH = 1
_SHORT_MESSAGE = 4
# Stands where a figure of speech was.
FIGURE = "figureofspeech"


@dataclass(frozen=True)
class Stance:
    """How one sentence is meant."""

    informational: bool
    personal: bool
    own: bool
    proxy: bool
    now: bool
    confirms: bool
    framed: bool


class StanceReader:
    """Reads sentences by the word lists of wording.yml."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Keep the word lists."""
        self._lists = rulebook.stance

    def figures_removed(self, text: str) -> str:
        """Return the text without figures of speech ("dying to know")."""
        return self._lists["figures"].sub(FIGURE, text)

    def __call__(self, sentences: tuple[str, ...]) -> tuple[Stance, ...]:
        """Judge each sentence.

        Args:
            sentences: normalised sentences of one message.

        Returns:
            One stance for each.
        """
        framed = [bool(self._lists["frames"].search(s)) for s in sentences]
        reach = len(sentences) if len(sentences) <= _SHORT_MESSAGE else _FRAME_REACH
        return tuple(
            self._judge(sentence, any(framed[max(0, i - reach) : i + reach + 1]))
            for i, sentence in enumerate(sentences)
        )

    def _judge(self, sentence: str, framed: bool) -> Stance:
        lists = self._lists
        bare = lists["wish_to_know"].sub(" ", sentence)
        asks = bool(lists["asks"].search(sentence)) or bare != sentence
        heading = bool(lists["topic"].search(bare)) or bool(lists["asks_later"].search(sentence))
        personal = bool(lists["personal"].search(bare))
        own = bool(lists["own_body"].search(bare))
        proxy = bool(lists["proxy"].search(bare))
        now = bool(lists["now"].search(bare))
        if framed:
            informational = not (own and now)
        elif asks:
            about_report = not own and not now and bool(lists["about_report"].search(bare))
            informational = about_report or not personal
        else:
            informational = heading and not (personal or now)
        confirms = bool(lists["confirms"].search(sentence))
        return Stance(informational, personal, own, proxy, now, confirms, framed)
