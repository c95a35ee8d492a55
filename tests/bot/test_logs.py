"""One event is one line, and what libraries quote is left out of it."""

from __future__ import annotations

import json
import logging

import pytest

from bot.logs import EventFormatter


def record(name: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "folder/file.py", 7, "I said %s", ("ow",), info)


def line_of(event: logging.LogRecord, withholds: bool, as_json: bool = True) -> str:
    formatter = EventFormatter(as_json)
    formatter.withholds = withholds
    return formatter.format(event)


def test_a_line_says_when_how_bad_where_and_what() -> None:
    """Whoever reads a log finds the same four things in every line, and each event on one."""
    event = record("bot.turn")
    event.created = 1_700_000_000.25
    plain = line_of(event, withholds=True, as_json=False)
    assert plain == "2023-11-14T22:13:20.250Z ERROR bot.turn: I said ow"
    event.args = ("ow\nno event",)
    assert "\n" not in line_of(event, withholds=True, as_json=False)


@pytest.mark.parametrize("name", ["rasa.core", "asyncio", "root", "botany"])
def test_libraries_are_not_quoted_once_patients_write(name: str) -> None:
    """Before, one reads in full why a model does not load; then only where it was said."""
    assert json.loads(line_of(record(name), False))["event"] == "I said ow"
    assert json.loads(line_of(record(name), True))["event"] == "file.py:None:7"


@pytest.mark.parametrize("as_json", [True, False])
def test_of_an_error_its_kind_and_place_are_logged(as_json: bool) -> None:
    """An error's text may quote a patient; it stays out whoever logs it."""
    with pytest.raises(ValueError, match="hurts") as caught:
        int("it hurts")
    line = line_of(record("bot.turn", caught.value), True, as_json)
    assert "ValueError in test_logs.py:test_of_an_error" in line
    assert "hurts" not in line
    assert "hurts" in line_of(record("rasa.core", caught.value), False, as_json)
