"""The parts of a report, rendered as HTML and as Markdown from one description."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        rows: cells in the order of the columns; the first cell names the row.
        marks: per row "good", "bad" or "" (colours the row's last cell).
        wide: holds long texts, so the page may let it wrap and scroll.
        brief: whether the Markdown summary shows it too.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    marks: tuple[str, ...] = ()
    wide: bool = False
    brief: bool = False

    def markdown(self) -> str:
        """Render as a Markdown table."""
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        body = "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
        return f"**{self.title}**\n\n{body}" + (f"\n\n{self.note}" if self.note else "")


@dataclass(frozen=True)
class Figure:
    """A plot with the words that tell a reader who cannot see it what it shows."""

    title: str
    svg: str
    caption: str

    @property
    def data_uri(self) -> str:
        """The plot as an address that a page can hold in itself."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()


@dataclass(frozen=True)
class Chapter:
    """One part of the report."""

    title: str
    intro: str = ""
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = field(default=())

    @property
    def anchor(self) -> str:
        """The chapter's name in an address."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())


def markdown(title: str, intro: str, chapters: Sequence[Chapter]) -> str:
    """Render the brief tables of all chapters as one Markdown text."""
    parts = [f"# {title}", intro]
    for chapter in chapters:
        brief = [table.markdown() for table in chapter.tables if table.brief]
        if brief:
            parts += [f"## {chapter.title}", *brief]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
