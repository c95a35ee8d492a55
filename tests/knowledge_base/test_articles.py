"""Article files: what they hold, how they are cut, and what is said when one is malformed."""

from pathlib import Path

import pytest

from knowledge_base.articles import NOTES, SITES, TOPICS, load_article, load_articles
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index import Index
from knowledge_base.passages import passages_of
from tests.knowledge_base.conftest import BODY, FRONT_MATTER, Files, article_text


def test_an_article_is_cut_into_sections_and_lines(files: Files) -> None:
    """A patient reads the words of a topic or of one fact, never the trace behind them."""
    path = files.articles / "spinal.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # as a Windows editor does
    (article,) = load_articles(files.articles)
    passages = [(p.id, p.kind, p.text, p.facts, p.lines[-1].note) for p in passages_of(article)]
    first, second = "A bleed near the spine.", "It is rare."
    fall = "A fall can cause it."
    assert passages == [
        ("spinal/overview", "section", f"{first} {second}", ("spinal-01", "spinal-02"), "rare"),
        ("spinal/overview/1", "fact", first, ("spinal-01",), ""),
        ("spinal/overview/2", "fact", second, ("spinal-02",), "rare"),
        ("spinal/causes", "section", fall, ("spinal-03",), "urgent"),
        ("spinal/causes/1", "fact", fall, ("spinal-03",), "urgent"),
    ]
    assert article.source.title == "A title"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *((name, None, f'"{name}"') for name in FRONT_MATTER),
        ("title", '"  "', '"title"'),
        ("site", "knee", "spinal, iliopsoas, ossified"),
        ("kind", "blog", "patient_article"),
        ("disclaimer_origin", "mine", "source, default"),
        ("id", "other", "spinal"),
        ("story", "spinal-09", "no line carries"),
    ],
)
def test_it_says_which_values_a_field_may_have(
    files: Files, name: str, value: str | None, expected: str
) -> None:
    """Whoever writes an article learns what is missing, or which values are right."""
    path = files.articles / "spinal.md"
    path.write_text(article_text(**{name: value}), encoding="utf-8")
    with pytest.raises(KnowledgeBaseError) as error:
        load_articles(files.articles)
    assert all(part in str(error.value) for part in ("spinal.md", name, expected))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("A line too early.\n" + BODY, "A line too early."),
        (BODY + "\n## gossip\nA line.\n", "## gossip"),
        (BODY + "# symptoms\n\nPain. <!-- spinal-04 -->", "# symptoms"),
        ("## overview\nA line. <!-- spinal-01 hurry -->", "at most one note"),
        ("## overview\n- <!-- spinal-01 -->", "whole sentences"),
        ("## overview\nA line. <!-- spinal-01 spinal-02 -->", "exactly one fact"),
        ("## overview\nA line. <!-- other-01 -->", "exactly one fact"),
        ("## overview\nA line.", "end it with <!-- spinal-1 -->"),
        # As a word processor writes it.
        ("## overview\nA line. ‹!– spinal-01 rare –›", "end it with <!-- spinal-1 -->"),
        ("## overview\nA line that\ngoes on. <!-- spinal-01 -->", "A line that"),
        ("## overview\nNew pain is an emergency. <!-- spinal-01 -->", "use a note"),
        ("## overview\nRare. None. <!-- spinal-01 rare keep 3 -->", "it has 2 sentences"),
        ("## overview\n> Easier words.", "easier words follow"),
        ("## overview\nRare. <!-- spinal-01 -->\n> Few. <b>", "without markup"),
    ],
)
def test_it_names_the_place_in_a_malformed_body(files: Files, body: str, named: str) -> None:
    """Whoever writes an article is led to the line that is wrong."""
    path = files.articles / "spinal.md"
    path.write_text(article_text(body), encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match=r"spinal\.md") as error:
        load_article(path)
    assert named in str(error.value)


def test_a_line_is_said_in_part_or_in_easier_words(files: Files) -> None:
    """A sentence that limits another one is never left out."""
    body = "## overview\nRare. No number is given. Ask. <!-- spinal-01 rare keep 2 -->\n> Few."
    path = files.articles / "spinal.md"
    path.write_text(article_text(body), encoding="utf-8")
    (line,) = load_article(path).lines
    assert line.said(()) == line.text == "Rare. No number is given. Ask."
    assert line.said((3, 1)) == "Ask. Rare. No number is given."
    assert (line.said((2,)), line.note, line.easier) == ("No number is given.", "rare", "Few.")


def test_it_names_a_file_or_folder_that_cannot_be_read(files: Files, tmp_path: Path) -> None:
    """A file saved in the wrong way, or a wrong folder, ends in a sentence."""
    for content in (b"\xff\xfe\x00broken", b"---\ntitle: [unclosed\n---\nA.\n", b"no front matter"):
        (files.articles / "spinal.md").write_bytes(content)
        with pytest.raises(KnowledgeBaseError, match=r"spinal\.md"):
            load_articles(files.articles)
    with pytest.raises(KnowledgeBaseError, match=r"no article"):
        load_articles(tmp_path)


def test_our_own_articles_name_their_source_and_keep_to_the_format(index: Index) -> None:
    """Each says where it comes from and what it asks of its readers, at both grains the same."""
    articles = load_articles()
    assert [a.source.id for a in articles] == ["iliopsoas", "iliopsoas_case", "ossified", "spinal"]
    assert {a.source.site for a in articles} == set(SITES)
    for article in articles:
        assert {section.topic for section in article.sections} <= set(TOPICS)
        assert {line.note for line in article.lines} - {""} <= set(NOTES)
    passages = index.passages.values()
    for section in (p for p in passages if p.kind == "section"):
        lines = [p.text for p in passages if p.kind == "fact" and p.section == section.id]
        assert " ".join(lines) == section.text
        assert not any("<!--" in line or "-->" in line or line.startswith("-") for line in lines)
