"""Serves the trained model with Rasa, with the actions in the same process."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import rasa.core.run
import rasa.utils.common
from rasa.core.utils import AvailableEndpoints
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic

from bot import rasa_changes
from bot.in_process_actions import InProcessActions


def configure_logging() -> None:
    """Set up Rasa's logging; without it structlog prints every message it is given."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    configure_structlog(logging.WARNING)
    rasa.utils.common.configure_logging_and_warnings(logging.WARNING)


def serve(model: str, interface: str, port: int, **arguments: Any) -> None:
    """Serve until stopped.

    Args:
        model: path of the trained model.
        interface: address to listen on.
        port: port to listen on.
        arguments: more for `rasa.core.run.serve_application`.
    """
    configure_logging()
    rasa_changes.apply()
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    endpoints.action = InProcessActions()

    async def say_ready(app: Sanic, _: object) -> None:
        print(f"Ready: open http://{interface}:{port}/ (stop with Ctrl+C)", flush=True)

    rasa.core.run.serve_application(
        model,
        interface=interface,
        port=port,
        endpoints=endpoints,
        enable_api=False,
        server_listeners=[(say_ready, "after_server_start")],
        **arguments,
    )
