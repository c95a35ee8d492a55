"""One event is one line, and what libraries quote is left out of it."""

import json
import logging

import pytest

from bot.logs import EventFormatter


def line_of(name: str, error: BaseException | None, withholds: bool, as_json: bool = False) -> str:
    """The line of an event that quotes a patient, in two lines."""
    info = (type(error), error, error.__traceback__) if error else None
    said = ("ow\nno event",)
    event = logging.LogRecord(name, logging.ERROR, "folder/file.py", 7, "I said %s", said, info)
    event.created = 1_700_000_000.25
    formatter = EventFormatter(as_json)
    formatter.withholds = withholds
    return formatter.format(event)


@pytest.mark.parametrize("name", ["rasa.core", "asyncio", "root", "botany"])
def test_libraries_are_not_quoted_once_patients_write(name: str) -> None:
    """Before, one reads in full why a model does not load; then only where it was said."""
    plain = line_of(name, None, withholds=False)
    assert plain == f"2023-11-14T22:13:20.250Z ERROR {name}: I said ow no event"
    assert json.loads(line_of(name, None, True, True))["event"] == "file.py:None:7"


@pytest.mark.parametrize("as_json", [True, False])
def test_of_an_error_its_kind_and_place_are_logged(as_json: bool) -> None:
    """An error's text may quote a patient; it stays out whoever logs it."""
    with pytest.raises(ValueError, match="hurts") as caught:
        raise ValueError("it hurts")
    line = line_of("bot.turn", caught.value, True, as_json)
    assert "ValueError in test_logs.py:test_of_an_error" in line
    assert "hurts" not in line
    assert "hurts" in line_of("rasa.core", caught.value, False, as_json)
