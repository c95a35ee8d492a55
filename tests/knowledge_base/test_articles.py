"""Article files: what they hold, and what is said when one is malformed."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.articles import NOTES, SITES, TOPICS, load_article, load_articles
from knowledge_base.errors import KnowledgeBaseError
from tests.knowledge_base.conftest import BODY, FRONT_MATTER, Files, article_text


def test_a_line_keeps_its_words_fact_and_note_apart(files: Files) -> None:
    """A patient reads the words alone, never the bullet or the trace behind them."""
    (article,) = load_articles(files.articles)
    overview, causes = article.sections
    assert [line.text for line in overview.lines] == ["A bleed near the spine.", "It is rare."]
    assert [(line.fact, line.note) for line in overview.lines] == [
        ("spinal-01", ""),
        ("spinal-02", "rare"),
    ]
    assert [(line.fact, line.note) for line in causes.lines] == [("spinal-03", "urgent")]
    assert article.source.title == "A title"


@pytest.mark.parametrize("name", FRONT_MATTER)
@pytest.mark.parametrize("value", [None, "", '"  "'])
def test_it_names_the_file_and_the_missing_field(
    files: Files, name: str, value: str | None
) -> None:
    """Whoever writes an article learns which field of which file is missing."""
    path = files.articles / "spinal.md"
    path.write_text(article_text(**{name: value}), encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match=rf'spinal\.md.*"{name}"'):
        load_articles(files.articles)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("site", "knee", "spinal, iliopsoas, ossified"),
        ("kind", "blog", "patient_article"),
        ("disclaimer_origin", "mine", "source, default"),
        ("id", "other", "spinal"),
        ("story", "spinal-09", "no line carries"),
    ],
)
def test_it_says_which_values_a_field_may_have(
    files: Files, name: str, value: str, expected: str
) -> None:
    """A wrong value is shown together with the right ones."""
    path = files.articles / "spinal.md"
    path.write_text(article_text(**{name: value}), encoding="utf-8")
    with pytest.raises(KnowledgeBaseError) as error:
        load_articles(files.articles)
    assert all(part in str(error.value) for part in ("spinal.md", name, value, expected))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("", "section"),
        ("## overview\n\n", "section"),
        ("## overview\nA line. <!-- spinal-01 -->\n## causes\n", "section"),
        ("A line too early.\n" + BODY, "A line too early."),
        (BODY + "\n## gossip\nA line.\n", "## gossip"),
        (BODY + "\n## causes\nA line.\n", "## causes"),
        ("## overview\nA line. <!-- spinal-01 hurry -->", "at most one note"),
        ("## overview\nA line. <!-- spinal-01 urgent rare -->", "at most one note"),
        ("## overview\n- <!-- spinal-01 -->", "whole sentences"),
        ("## overview\nA line. <!-- spinal-01 spinal-02 -->", "exactly one fact"),
        ("## overview\nA line. <!-- urgent -->", "exactly one fact"),
        ("## overview\nA line. <!-- other-01 -->", "exactly one fact"),
        ("## overview\nA line.", "end it with <!-- spinal-1 -->"),
        ("## overview\nA line. ‹!– spinal-01 rare –›", "end it with <!-- spinal-1 -->"),
        ("## overview\nA line. <!-- spinal-01 rare", "end it with <!-- spinal-1 -->"),
        ("## overview\nA line that\ngoes on. <!-- spinal-01 -->", "A line that"),
        ("## overview\n| a | table | <!-- spinal-01 -->", "without markup"),
        ("## overview\n<script>x</script> <!-- spinal-01 -->", "without markup"),
        (BODY + "# symptoms\n\nPain. <!-- spinal-04 -->", "# symptoms"),
        ("## overview\nNew pain is an emergency. <!-- spinal-01 -->", "use a note"),
        ("## overview\nAsk your doctor about it. <!-- spinal-01 -->", "use a note"),
    ],
    ids=[
        "no section",
        "empty section",
        "empty last section",
        "text before heading",
        "unknown heading",
        "heading twice",
        "unknown note",
        "two notes",
        "trace without text",
        "two facts",
        "no fact",
        "another article's fact",
        "no trace",
        "trace in a word processor's characters",
        "trace without end",
        "line cut in two",
        "table",
        "markup",
        "heading of another level",
        "emergency in the text",
        "advice in the text",
    ],
)
def test_it_names_the_place_in_a_malformed_body(files: Files, body: str, named: str) -> None:
    """Whoever writes an article is led to the line that is wrong."""
    path = files.articles / "spinal.md"
    path.write_text(article_text(body), encoding="utf-8")
    with pytest.raises(KnowledgeBaseError) as error:
        load_article(path)
    assert "spinal.md" in str(error.value)
    assert named in str(error.value)


def test_a_byte_order_mark_does_no_harm(files: Files) -> None:
    """What a Windows editor puts on top of a file is not part of it."""
    path = files.articles / "spinal.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_article(path).source.id == "spinal"


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00broken", b"---\ntitle: [unclosed\n---\n## overview\nA.\n", b"no front matter"],
    ids=["not UTF-8", "not YAML", "no front matter"],
)
def test_it_names_a_file_that_cannot_be_read(files: Files, content: bytes) -> None:
    """A file saved in the wrong way ends in a sentence, not in a stack trace."""
    path = files.articles / "spinal.md"
    path.write_bytes(content)
    with pytest.raises(KnowledgeBaseError, match=r"spinal\.md"):
        load_articles(files.articles)


def test_it_says_when_a_folder_holds_no_article(tmp_path: Path) -> None:
    """A wrong folder is named, instead of an empty bot being built."""
    with pytest.raises(KnowledgeBaseError, match=r"no article"):
        load_articles(tmp_path)


def test_our_own_articles_name_their_source_and_keep_to_the_format() -> None:
    """Each of the four articles says where it comes from and what it asks of its readers."""
    articles = load_articles()
    assert [a.source.id for a in articles] == ["iliopsoas", "iliopsoas_case", "ossified", "spinal"]
    assert {a.source.site for a in articles} == set(SITES)
    for article in articles:
        assert {section.topic for section in article.sections} <= set(TOPICS)
        notes = {line.note for section in article.sections for line in section.lines}
        assert notes - {""} <= set(NOTES)
