"""A reply: one message of the bot, from the action that makes it to the channel that sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from knowledge_base.articles import NOT_STATED, Source
from knowledge_base.outcome import Outcome

Button = Mapping[str, str]


class Texts:
    """The patient-facing texts of the domain."""

    def __init__(self, domain: Mapping[str, Any]) -> None:
        """Take the domain as Rasa sends it to an action."""
        self._responses = domain["responses"]

    def __call__(self, name: str, **values: str) -> str:
        """Return the text of ``utter_<name>`` with its placeholders filled."""
        text = str(self._responses[f"utter_{name}"][0]["text"])
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        return text

    def has(self, name: str) -> bool:
        """Tell whether the domain has ``utter_<name>``."""
        return f"utter_{name}" in self._responses


class Role(str, Enum):
    """What a line of a reply is."""

    PLAIN = "plain"
    LEAD = "lead"  # introduces the lines after it
    PASSAGE = "passage"
    ALARM = "alarm"
    NOTE = "note"
    SOURCE = "source"
    DISCLAIMER = "disclaimer"


# What ends a reply; no part of it is said without them.
ENDING = frozenset({Role.NOTE, Role.SOURCE, Role.DISCLAIMER})


class Line(NamedTuple):
    """One line of a reply, and what it is."""

    text: str
    role: Role


def lines_of(role: Role, *texts: str) -> tuple[Line, ...]:
    """Return texts as lines of one role, without blank ones."""
    return tuple(Line(s, role) for text in texts for s in text.splitlines() if s.strip())


@dataclass(frozen=True)
class Reply:
    """One message of the bot. One that says something medical needs its source and disclaimer.

    Attributes:
        outcome: how the turn ends.
        lines: what is said; the first one leads.
        buttons: what can be asked next, each with its title and its payload.
        sources: what is cited, the leading source first, each as data.
        data: what else clients that read JSON are told, by its name.

    Raises:
        ValueError: source line or disclaimer is missing.
    """

    outcome: Outcome
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        is_medical = self.sources or self.part(Role.PASSAGE)
        if is_medical and not (self.part(Role.SOURCE) and self.part(Role.DISCLAIMER)):
            raise ValueError("A medical reply needs its source line and its disclaimer.")

    @property
    def text(self) -> str:
        """The whole message."""
        return "\n".join(line.text for line in self.lines)

    @property
    def is_alarm(self) -> bool:
        """Whether it answers a danger."""
        return bool(self.part(Role.ALARM))

    def part(self, role: Role) -> str:
        """Return the lines of one role, "" if there are none."""
        return "\n".join(line.text for line in self.lines if line.role is role)

    def public(self) -> dict[str, Any]:
        """Return what clients that read JSON get (docs/openapi.yml)."""
        custom = {"outcome": self.outcome.value, **self.data}
        if self.sources:
            custom |= {
                "source": self.sources[0],
                "sources": list(self.sources),
                "note": self.part(Role.NOTE),
                "disclaimer": self.part(Role.DISCLAIMER),
            }
        said: dict[str, Any] = {"text": self.text, "custom": custom}
        return {**said, "buttons": list(self.buttons)} if self.buttons else said

    def to_message(self) -> dict[str, Any]:
        """Return it as a message that Rasa carries; `from_message` makes a reply of that again."""
        message = self.public()
        message["custom"]["roles"] = [line.role.value for line in self.lines]
        return message

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> "Reply":
        """Return the reply in a message; the lines of one that is not ours are plain."""
        custom = dict(message.get("custom") or {})
        for derived in ("source", "note", "disclaimer"):
            custom.pop(derived, None)
        texts = str(message["text"]).strip().split("\n")
        roles = custom.pop("roles", [Role.PLAIN] * len(texts))
        return cls(
            Outcome(custom.pop("outcome", Outcome.SMALLTALK)),
            tuple(Line(text, Role(role)) for text, role in zip(texts, roles, strict=True)),
            tuple(
                {"title": str(button["title"]), "payload": str(button["payload"])}
                for button in message.get("buttons") or ()
            ),
            tuple(custom.pop("sources", ())),
            custom,
        )


def source_line(texts: Texts, sources: tuple[Source, ...]) -> str:
    """Return the line that names some sources; none stands for the glossary."""
    if not sources:
        return texts("source_glossary")
    return " ".join(
        texts("source_unnamed", title=source.title)
        if source.publisher == NOT_STATED
        else texts(
            "source", title=source.title, publisher=source.publisher, published=source.published
        )
        for source in sources
    )


def cited(
    outcome: Outcome,
    lines: tuple[Line, ...],
    texts: Texts,
    sources: tuple[Source, ...],
    note: str = "",
    buttons: tuple[Button, ...] = (),
    **data: Any,
) -> Reply:
    """Return a reply that ends with a note, its source line and what the sources ask of readers.

    Args:
        outcome: how the turn ends.
        lines: what is said before that.
        texts: the domain's texts.
        sources: those cited, the leading one first; none stands for the glossary.
        note: the warning that must go with the passages, or "".
        buttons: what can be asked next.
        data: see `Reply`.
    """
    named = source_line(texts, sources)
    disclaimers = dict.fromkeys(source.disclaimer for source in sources)
    ending = (
        *lines_of(Role.NOTE, note),
        *lines_of(Role.SOURCE, named),
        *lines_of(Role.DISCLAIMER, " ".join(disclaimers) or texts("default_disclaimer")),
    )
    told = tuple(
        {
            "article": source.id,
            "title": source.title,
            **{
                name: None if (value := getattr(source, name)) == NOT_STATED else value
                for name in ("publisher", "published", "url")
            },
        }
        for source in sources
    ) or ({"title": named.partition(": ")[2].rstrip(".")},)
    return Reply(outcome, (*lines, *ending), buttons, told, data)
