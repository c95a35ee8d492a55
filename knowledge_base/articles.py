"""Article files: front matter that names the source, and sections of traced lines.

An article is Markdown with YAML front matter. Under each ``## <topic>`` heading every
line says one thing; its trailing comment names the fact that it carries and, at most, one
standing note that must go with it. ``keep 2`` names a sentence that is never left out, because
it limits what another one says. The line may be followed by the same in easier words:

    - Blood thinners such as warfarin can cause it. <!-- iliopsoas-17 medicine -->
    > Drugs that keep blood from clotting, such as warfarin, can bring it on.
    - The patient did well. The source does not say for how long. <!-- ossified-11 keep 2 -->
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import frontmatter
import yaml

from knowledge_base.errors import KnowledgeBaseError

ARTICLES_DIR = Path(__file__).parent / "articles"

TOPICS = ("overview", "causes", "symptoms", "diagnosis", "treatment", "prevention", "outlook")
SITES = ("spinal", "iliopsoas", "ossified")
KINDS = ("patient_article", "case_report", "wiki_summary")
DISCLAIMER_ORIGINS = ("source", "default")
# The more serious a note, the earlier it stands: of several, the first is said.
NOTES = (
    "urgent",
    "medicine",
    "painkiller",
    "care_team",
    "surgeon",
    "procedure",
    "results",
    "one_patient",
    "rare",
    "lump",
)
NOT_STATED = "not stated"
NO_STORY = "none"

_HEADING = re.compile(r"^## (?P<topic>.+)$")
_LINE = re.compile(r"^(?:- )?(?P<said>[^<>|]*)<!-- (?P<trace>[^<>]*?)(?: keep (?P<keep>\d))? -->$")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_FACT_ID = re.compile(r"^(?P<article>[a-z_]+)-\d+$")
_EASIER = "> "
_COMPLETE = re.compile(r"^[^#\-*].*[.!?]$")
_SAFETY = re.compile(
    r"\b(?:is|needs?) (?:an emergency|emergency care)|\bemergency (?:care|sign)|\bon your own\b|"
    r"\b(?:ask|call|tell|see) (?:a|the|your) (?:doctor|nurse|pharmacist|care team)\b",
    re.IGNORECASE,
)
_CHOICES = {"site": SITES, "kind": KINDS, "disclaimer_origin": DISCLAIMER_ORIGINS}


@dataclass(frozen=True)
class Line:
    """One thing an article says, complete in itself.

    Attributes:
        text: what the reader sees, without bullet and trace.
        fact: id of the fact that it carries.
        note: the key out of `NOTES` that must be said with it, or "".
        kept: number of the sentence that is never left out, from 1; 0 for none.
        easier: the same in easier words, for who did not understand; "" if nobody wrote it.
    """

    text: str
    fact: str
    note: str = ""
    kept: int = 0
    easier: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the text, in order."""
        return tuple(_SENTENCE_END.split(self.text))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all sentences, from 1."""
        return tuple(range(1, len(self.sentences) + 1))

    @property
    def in_short(self) -> str:
        """The first sentence of the easier words; all of them, if one of the text's is kept."""
        return self.easier if self.kept else _SENTENCE_END.split(self.easier)[0]

    def said(self, numbers: Sequence[int]) -> str:
        """Return some sentences of the text, in the order given, and the one that is kept.

        Args:
            numbers: which, from 1; none for the whole text.
        """
        if not numbers:
            return self.text
        kept = (self.kept,) if self.kept else ()
        return " ".join(self.sentences[n - 1] for n in dict.fromkeys((*numbers, *kept)))


@dataclass(frozen=True)
class Section:
    """All lines of an article on one topic, the leading line first."""

    topic: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Source:
    """The front matter of an article: where it comes from and what it asks of readers.

    ``story`` holds the ids of the facts that, one after the other, tell of its patient; or "none".
    """

    id: str
    title: str
    site: str
    kind: str
    author: str
    publisher: str
    published: str
    reviewed: str
    url: str
    licence_note: str
    disclaimer: str
    disclaimer_origin: str
    story: str

    @property
    def story_facts(self) -> tuple[str, ...]:
        """Ids of the facts of the story, in order; none if there is no story."""
        return () if self.story == NO_STORY else tuple(self.story.split())


@dataclass(frozen=True)
class Article:
    """One source article in our own plain words."""

    source: Source
    sections: tuple[Section, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all sections, in order."""
        return tuple(line for section in self.sections for line in section.lines)


def load_articles(folder: Path = ARTICLES_DIR) -> list[Article]:
    """Read and check every article of a folder.

    Args:
        folder: the folder with ``<id>.md`` files.

    Returns:
        the articles in the order of their file names.

    Raises:
        KnowledgeBaseError: the folder has no article, or a file breaks the format;
            the message names the file, the field or line, and what is expected.
    """
    paths = sorted(folder.glob("*.md"))
    if not paths:
        raise KnowledgeBaseError(f"{folder} holds no article (*.md).")
    return [load_article(path) for path in paths]


def load_article(path: Path) -> Article:
    """Read and check one article file; see `load_articles`."""
    try:
        post = frontmatter.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeBaseError(
            f"{path.name}: not UTF-8 text with YAML on top: {error}"
        ) from error
    source = _source(path, post.metadata)
    article = Article(source, _sections(path, post.content))
    told = {line.fact for line in article.lines}
    for fact in source.story_facts:
        if fact not in told:
            raise KnowledgeBaseError(
                f'{path.name}: field "story" names "{fact}", which no line carries.'
            )
    return article


def _source(path: Path, metadata: dict[str, Any]) -> Source:
    names = [field.name for field in fields(Source)]
    values = {name: str(metadata.get(name) or "").strip() for name in names}
    for name in names:
        if not values[name]:
            raise KnowledgeBaseError(
                f'{path.name}: field "{name}" is missing or empty in the front matter '
                f'(write "{NOT_STATED}" if the source does not say).'
            )
    for name in sorted(set(metadata) - set(names)):
        raise KnowledgeBaseError(f'{path.name}: unknown field "{name}" in the front matter.')
    for name, allowed in _CHOICES.items():
        if values[name] not in allowed:
            raise KnowledgeBaseError(
                f'{path.name}: field "{name}" is "{values[name]}"; use one of {", ".join(allowed)}.'
            )
    if values["id"] != path.stem:
        raise KnowledgeBaseError(
            f'{path.name}: field "id" is "{values["id"]}" but the file is named "{path.stem}".'
        )
    return Source(**values)


def _sections(path: Path, body: str) -> tuple[Section, ...]:
    lines: dict[str, list[Line]] = {}
    topic = None
    for text in filter(None, map(str.strip, body.splitlines())):
        heading = _HEADING.match(text)
        if heading:
            topic = heading["topic"].strip()
            if topic not in TOPICS or topic in lines:
                raise KnowledgeBaseError(
                    f'{path.name}: heading "## {topic}" is unknown or stands twice; '
                    f"use each of {', '.join(TOPICS)} at most once."
                )
            lines[topic] = []
        elif topic is None:
            raise _wrong(path, text, "put it below a heading such as ## overview")
        elif text.startswith(_EASIER):
            _require_plain(path, text[len(_EASIER) :])
            if not lines[topic] or lines[topic][-1].easier:
                raise _wrong(path, text, "easier words follow the one line that they say again")
            lines[topic][-1] = replace(lines[topic][-1], easier=text[len(_EASIER) :])
        else:
            lines[topic].append(_line(path, text))
    if not lines or not all(lines.values()):
        raise KnowledgeBaseError(f"{path.name}: a section is empty, or there is none.")
    return tuple(Section(topic, tuple(content)) for topic, content in lines.items())


def _line(path: Path, text: str) -> Line:
    match = _LINE.match(text)
    if not match:
        raise _wrong(
            path,
            text,
            "write one line of plain words for each fact, without markup, and end it with "
            f"<!-- {path.stem}-1 --> (the fact's id, then at most one note)",
        )
    said, trace = match["said"].strip(), match["trace"].split()
    facts = [fact for word in trace if (fact := _FACT_ID.match(word))]
    notes = [word for word in trace if not _FACT_ID.match(word)]
    if len(facts) != 1 or facts[0]["article"] != path.stem:
        raise _wrong(path, text, f"a line carries exactly one fact, such as {path.stem}-1")
    if len(notes) > 1 or not set(notes) <= set(NOTES):
        raise _wrong(path, text, f"a line takes at most one note, out of {', '.join(NOTES)}")
    _require_plain(path, said)
    line = Line(said, facts[0][0], notes[0] if notes else "", int(match["keep"] or 0))
    if line.kept > len(line.sentences):
        raise _wrong(path, text, f"it has {len(line.sentences)} sentences: keep one of them")
    return line


def _require_plain(path: Path, said: str) -> None:
    if not _COMPLETE.match(said) or re.search("[<>|]", said):
        raise _wrong(path, said, "a line is made of whole sentences without markup")
    if _SAFETY.search(said):
        raise _wrong(path, said, "what people should do is no part of the source: use a note")


def _wrong(path: Path, text: str, remedy: str) -> KnowledgeBaseError:
    return KnowledgeBaseError(f'{path.name}: "{text[:60]}": {remedy}.')
