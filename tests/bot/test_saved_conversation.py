"""A conversation is written down as a test that says what was understood and done."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.saved_conversation import CannotSaveError, save

SITE = {"entity": "site", "value": "spinal", "start": 10, "end": 15}
TALK = [
    UserUttered("what is a spine bleed?\n\nmy  #1: question", {"name": "ask_overview"}, [SITE]),
    ActionExecuted("action_answer"),
    SlotSet("focus", {"site": "spinal"}),
    BotUttered("An answer."),
    ActionExecuted("action_listen"),
    UserUttered('/ask_causes{"site": "spinal"}', {"name": "ask_causes"}),
    ActionExecuted("action_answer"),
]


def test_each_line_stands_with_what_was_understood(tmp_path: Path) -> None:
    """Messages, intents and actions are kept; what follows from them is not."""
    path = save("one_two", TALK, tmp_path)
    assert path == tmp_path / "test_one_two.yml"
    (story,) = yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    asked = 'what is a [spine]{"entity": "site", "value": "spinal"} bleed?\n\nmy  #1: question'
    assert story["story"] == "one two"
    assert story["steps"] == [
        {"user": asked, "intent": "ask_overview"},
        {"action": "action_answer"},
        {"user": '/ask_causes{"site": "spinal"}', "intent": "ask_causes"},
        {"action": "action_answer"},
    ]


def test_a_file_name_will_do_as_a_name(tmp_path: Path) -> None:
    """Nobody gets test_test_x.yml.yml."""
    assert save("test_x.yml", TALK, tmp_path).name == "test_x.yml"


def test_an_existing_file_stays(tmp_path: Path) -> None:
    """No test is overwritten."""
    (tmp_path / "test_x.yml").write_text("mine")
    with pytest.raises(CannotSaveError, match="exists already: choose another name"):
        save("x", TALK, tmp_path)
    assert (tmp_path / "test_x.yml").read_text() == "mine"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Where there are no tests, a sentence says so."""
    with pytest.raises(CannotSaveError, match=r"test_x\.yml cannot be written"):
        save("x", TALK, tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["", "A", "a b", "a__b", "_a", "../a", "a/b", "a.b", "é", "a" * 61]
)
def test_bad_names_are_refused(tmp_path: Path, name: str) -> None:
    """The sentence shows a good one."""
    with pytest.raises(CannotSaveError, match="/save asks_about_the_spine"):
        save(name, TALK, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_said_is_not_saved(tmp_path: Path) -> None:
    """An empty test would pass for ever."""
    with pytest.raises(CannotSaveError, match="nothing to save"):
        save("x", [], tmp_path)
