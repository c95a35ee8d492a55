"""What the bot writes about itself: one line for each event, and never a patient's word.

What this project logs is written with care. What Rasa, Sanic and other libraries log quotes
messages, addresses and errors, so that once patients can write, only the place in the library
and the kind of an error are taken from it.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

_OURS = ("bot", "actions", "knowledge_base")

logger = logging.getLogger(__name__)


class EventFormatter(logging.Formatter):
    """Makes a line of an event: a JSON object, or words for a terminal."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json
        self.withholds = False  # whether only the place is passed on of what libraries say

    def format(self, record: logging.LogRecord) -> str:
        """Return the line (see parent class)."""
        event = {
            "time": _utc(record.created),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if self.withholds and record.name.partition(".")[0] not in _OURS:
            event["event"] = f"{record.filename}:{record.funcName}:{record.lineno}"
        if record.exc_info and (error := record.exc_info[1]) is not None:
            event["error"] = f"{type(error).__name__} in {place_of(error)}"
            if not self.withholds:
                event["error"] += f": {error}"
        if self.as_json:
            return json.dumps(event, ensure_ascii=False)
        line = "{time} {level} {logger}: {event}".format(**event)
        return " ".join([line, *filter(None, [event.get("error")])]).replace("\n", " ")


def log_events(log_format: str) -> None:
    """Write every event as one line, whatever logs it; call it after Rasa has set up its own.

    The format is "plain", "json", or "auto": plain in a terminal and JSON elsewhere.
    """
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter(as_json))
    for known in list(logging.root.manager.loggerDict.values()):
        if isinstance(known, logging.Logger):
            known.handlers.clear()
    logging.root.handlers[:] = [handler]
    # For loggers that Rasa cuts off from the root, such as Sanic's.
    logging.lastResort = handler
    # A line that cannot be written would be printed with all that was to be in it.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    threading.excepthook = _report
    sys.unraisablehook = _report


def withhold_words() -> None:
    """From now on patients may write: pass on nothing more of what libraries say."""
    for handler in logging.root.handlers:
        if isinstance(handler.formatter, EventFormatter):
            handler.formatter.withholds = True


def place_of(error: BaseException) -> str:
    """Return the file and the function that an error comes from."""
    places = [*traceback.walk_tb(error.__traceback__)]
    if not places:
        return "?"
    frame, line = places[-1]
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_name}:{line}"


def _report(lost: Any) -> None:
    """Log an error that nobody caught, as Python's own hooks would print it with its text."""
    place = place_of(lost.exc_value) if lost.exc_value is not None else "?"
    logger.error("%s in %s was caught by nobody.", lost.exc_type.__name__, place)


def _utc(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
