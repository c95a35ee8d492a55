"""Rasa's own commands find our tests alone, and chat as our terminal does."""

from __future__ import annotations

import inspect
from pathlib import Path

import rasa.core.run
import rasa.core.test
import rasa.shared.data
from rasa.core.channels import console

from bot.rasa_changes import own_commands

find = rasa.shared.data._find_data_files_in_directory


def test_hidden_folders_are_left_out(tmp_path: Path) -> None:
    """The tests of packages in `.venv` are theirs; Rasa still takes them for ours."""
    for name in ("tests/a.yml", "tests/b.txt", ".venv/lib/tests/c.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    ours = own_commands._files(str(tmp_path), lambda path: True)
    assert ours == {str(tmp_path / "tests" / "a.yml")}
    assert find(str(tmp_path), lambda path: True) == ours | {
        str(tmp_path / ".venv" / "lib" / "tests" / "c.yml")
    }


def test_a_hidden_folder_that_is_asked_for_is_searched(tmp_path: Path) -> None:
    """Who keeps the whole project in one still finds its tests."""
    folder = tmp_path / ".hidden"
    folder.mkdir()
    (folder / "a.yml").touch()
    assert own_commands._files(str(folder), lambda path: True) == {str(folder / "a.yml")}


def test_rasa_still_chats_where_we_take_its_place() -> None:
    """When the server no longer calls this, `rasa shell` is Rasa's own again."""
    assert "await console.record_messages(" in inspect.getsource(rasa.core.run.configure_app)
    assert "questionary.select(" in inspect.getsource(console.print_buttons)


def test_rasa_still_reads_test_messages_alone() -> None:
    """When `rasa test` reads a message in its conversation, our way can go."""
    source = inspect.getsource(rasa.core.test._predict_tracker_actions)
    assert "processor.parse_message(UserMessage(event.text))" in source
    assert "event, predicted, partial_tracker, fail_on_prediction_errors" in source
