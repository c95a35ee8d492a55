"""Write the rules as a page that a clinician can read and sign.

`python -m bot.nlu.red_flags.report` writes docs/red-flag-rules.md from rules.yml and
exemplars.yml. Nobody has signed it until a name stands in the line at its top.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.nlu.red_flags.rulebook import Rule, Rulebook, load_rulebook
from bot.nlu.red_flags.similarity import EXEMPLARS_FILE

REPORT_FILE = Path(__file__).resolve().parents[3] / "docs" / "red-flag-rules.md"

_HEAD = """# Red-flag rules

Made from `bot/nlu/red_flags/rules.yml` and `exemplars.yml` by `make safety-report`; do not edit.

Reviewed by (name, registration, date): ______________________________________________

No clinician has reviewed these rules until the line above is filled in.

A message that fires a rule gets the fixed emergency message (group "crisis": the crisis
message) instead of any answer. Words that are denied, hypothetical, long past, or part of a
question about the thing in general do not count. A risk also counts when it was named in an
earlier message of the same conversation. When the detector fails, it alarms.
"""
_EXAMPLES = 12


def plain(phrase: str) -> str | None:
    """Turn a phrase of the rule file into words a reader can read.

    Args:
        phrase: one phrase in the notation of rules.yml.

    Returns:
        The phrase with its first choices, or None when it is too involved to show.
    """
    phrase = phrase.replace("<cannot>", "cannot").replace("<none>", "no").replace("~", "-")
    phrase = re.sub(r"\\w[*+]|\(\?[^)]*\)|\\s\?|\{[^}]*\}|\[[^\]]*\][+*]?|[$^]", "", phrase)
    # First the innermost choices, so that what encloses them becomes innermost in turn.
    while (
        shorter := re.sub(r"\(([^()|]*)(?:\|[^()]*)?\)([?*])?", _first_choice, phrase)
    ) != phrase:
        phrase = shorter
    phrase = re.sub(r"(\w)\?", r"\1", phrase).replace(" .. ", " ... ")
    phrase = re.sub(r"\s+", " ", phrase).strip(" .?*+")
    return phrase if re.fullmatch(r"[a-z0-9 .-]{3,60}", phrase) else None


def _first_choice(found: re.Match[str]) -> str:
    return "" if found.group(2) else found.group(1)


def rules_of(rulebook: Rulebook, group: str) -> list[str]:
    """Return the table rows of one group's rules."""
    says = {name: concept.says for name, concept in rulebook.concepts.items()}

    def words(names: tuple[str, ...], joint: str) -> str:
        return joint.join(says[name] for name in names)

    def row(rule: Rule) -> str:
        signs = words(rule.needs, " AND ")
        if rule.one_of:
            signs += (" AND " if signs else "") + "(" + words(rule.one_of, " OR ") + ")"
        return f"| `{rule.id}` | {rule.says} | {words(rule.risk, ' OR ')} | {signs} |"

    return [row(rule) for rule in rulebook.rules if rule.group == group]


def report(rulebook: Rulebook) -> str:
    """Return the whole page.

    Args:
        rulebook: the parsed rule files.

    Returns:
        Markdown text.
    """
    exemplars = yaml.safe_load(EXEMPLARS_FILE.read_text("utf-8"))["alarm"]
    lines = [_HEAD]
    for group in rulebook.groups.values():
        lines += [f"## {group.title}", ""]
        lines += [f"- Source: {source}" for source in group.sources]
        lines += ["", "| Rule | What it means | Risk named | Signs |", "|---|---|---|---|"]
        lines += [*rules_of(rulebook, group.id), ""]
        lines += ["Also alarms when a message is much like one of these:", ""]
        lines += [f"- {text}" for text in exemplars[group.id][:_EXAMPLES]]
        lines += [f"- and {len(exemplars[group.id]) - _EXAMPLES} more in `exemplars.yml`"]
        lines += [""]
    lines += [
        "## How people say it",
        "",
        "Wordings that count (a hyphen stands for any ending).",
        "",
    ]
    for concept in rulebook.concepts.values():
        # Of medicines and procedures every name matters; of wordings a few show the kind.
        most = None if concept.risk else _EXAMPLES
        shown = list(dict.fromkeys(filter(None, map(plain, concept.phrases))))[:most]
        lines.append(f"- **{concept.says}**: {', '.join(shown)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    REPORT_FILE.parent.mkdir(exist_ok=True)
    REPORT_FILE.write_text(report(load_rulebook()), "utf-8")


if __name__ == "__main__":
    main()
