from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.nlu.red_flags import rulebook
from bot.nlu.red_flags.report import REPORT_FILE, plain, report
from bot.nlu.red_flags.rulebook import RulebookError, expand, load_rulebook


def test_every_group_names_its_source_and_has_a_rule() -> None:
    """A clinician can check every group of rules against a published guideline."""
    rules = load_rulebook()
    for group in rules.groups.values():
        assert group.sources
        assert any(rule.group == group.id for rule in rules.rules)


def test_every_phrase_is_a_valid_expression() -> None:
    """No wording is silently lost to a typing mistake in the rule file."""
    for concept in load_rulebook().concepts.values():
        for pattern in concept.patterns:
            assert re.compile(pattern)


@pytest.mark.parametrize(
    ("phrase", "text"), [("numb~", "numbness"), ("cant .. feel", "cant really even feel")]
)
def test_the_notation_means_what_it_says(phrase: str, text: str) -> None:
    """What a clinician reads in the rule file is what is matched."""
    assert re.fullmatch(expand(phrase), text)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("group", "nowhere", "no group"),
        ("all", ["nothing"], "no concept"),
        ("all", [], "must name a concept"),
        ("risk", ["pain"], "risk: true"),
    ],
)
def test_it_refuses_a_wrong_rule(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    field: str,
    value: object,
    complaint: str,
) -> None:
    """A rule that cannot fire stops the build instead of staying silent in an emergency."""
    rules = yaml.safe_load(rulebook.RULES_FILE.read_text("utf-8"))
    rules["rules"][0][field] = value
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump(rules), "utf-8")
    monkeypatch.setattr(rulebook, "RULES_FILE", file)
    load_rulebook.cache_clear()
    try:
        with pytest.raises(RulebookError, match=complaint):
            load_rulebook()
    finally:
        load_rulebook.cache_clear()


def test_the_page_for_clinicians_is_up_to_date() -> None:
    """The page that a clinician signs shows the rules that run."""
    assert REPORT_FILE.read_text("utf-8") == report(load_rulebook())


def test_nobody_is_named_as_reviewer_by_the_generator() -> None:
    """The line for the reviewing clinician stands empty until a real one signs."""
    assert re.search(r"Reviewed by \(name, registration, date\): _+\n", report(load_rulebook()))


@pytest.mark.parametrize(
    ("phrase", "shown"),
    [("numb~", "numb-"), ("cant (even )?(feel|sense) .. it", "cant feel ... it")],
)
def test_phrases_are_shown_in_plain_words(phrase: str, shown: str) -> None:
    """A clinician need not read regular expressions."""
    assert plain(phrase) == shown
