"""Serves the trained model with Rasa, with the actions in the same process."""

import gc
import logging
import warnings
from typing import Any

import rasa.core.run
import rasa.utils.common
from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import UserMessage
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from bot.bounded_http import bound_rasa
from bot.channels.metrics import timed
from bot.channels.stored_conversation import forget_on_time
from bot.channels.turn import WholeOutput
from bot.conversation_store import FILE, ConversationStore
from bot.errors import StartError
from bot.logs import log_events, withhold_words
from bot.rasa_changes import patches
from bot.settings import get_settings
from knowledge_base.outcome import Outcome

# A question, a follow-up that leans on it, small talk, a danger sign: each goes another way.
TALK = (
    "What are the symptoms of a spinal hematoma?",
    "How is it treated?",
    "Hello, who are you?",
    "I cannot feel my legs since this morning.",
)
_OURSELVES = "warm-up"


class InProcessActions(EndpointConfig):
    """An action endpoint that is a function call: an HTTP one costs a round trip at each turn."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action that Rasa asks for (see parent class)."""
        with timed("action"):
            return await self._executor.run(kwargs["json"])


def configure_logging(level: int = logging.WARNING) -> None:
    """Set up Rasa's logging; without it structlog prints every message it is given."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    configure_structlog(level)
    rasa.utils.common.configure_logging_and_warnings(level)


def configure() -> None:
    """Set up logging, and change in Rasa what we change."""
    configure_logging()
    patches.apply()


async def ready_agent(model: str, endpoints: AvailableEndpoints, loop: Any) -> Agent:
    """Return Rasa's agent with the trained model at a path loaded and warm.

    Raises:
        StartError: the model cannot be loaded, or cannot answer.
    """
    agent = await load_agent(model, endpoints=endpoints, loop=loop)
    if not agent.is_ready():
        raise StartError("The model cannot be loaded; the lines above say why.")
    await warm_up(agent)
    return agent


async def warm_up(agent: Any) -> None:
    """Answer a few messages that nobody sent, so that nothing is slow for the first patient.

    They go past the channels, which count turns, into a store of their own.

    Raises:
        StartError: a message gets no answer.
    """
    processor = agent.processor
    store = processor.tracker_store
    own = processor.tracker_store = ConversationStore(agent.domain, file=":memory:")
    try:
        for text in TALK:
            output = WholeOutput()
            await processor.handle_message(UserMessage(text, output, _OURSELVES))
            if output.reply is None or output.reply.outcome is Outcome.UNAVAILABLE:
                raise StartError(
                    "The bot cannot answer; the lines above say why. Try `make train`."
                )
    finally:
        processor.tracker_store = store
        own.close()
    # What has been loaded stays for good: no need to look through it for garbage again.
    gc.collect()
    gc.freeze()


def serve(model: str, interface: str, port: int) -> None:
    """Serve the trained model at a path until stopped.

    Raises:
        StartError: the model cannot be served.
    """
    configure()
    log_events(get_settings().log_format)
    bound_rasa()
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    endpoints.action = InProcessActions()
    _require_usable(endpoints.tracker_store)
    problems: list[StartError] = []

    async def load(model: str, endpoints: Any, _: object, app: Sanic, loop: Any) -> None:
        try:
            agent = await ready_agent(model, endpoints, loop)
        except StartError as error:
            problems.append(error)
            app.stop()
            return
        withhold_words()
        # From here on /ready says yes.
        app.ctx.agent = agent
        forget_on_time(app)

    async def say_ready(app: Sanic, _: object) -> None:
        if not problems:
            if unset := get_settings().unset_contacts:
                print(f"Not set: {' and '.join(unset)}. Patients read examples instead.")
            host = f"[{interface}]" if ":" in interface else interface
            print(f"Ready: open http://{host}:{port}/ (stop with Ctrl+C)", flush=True)

    rasa.core.run.load_agent_on_start = load
    rasa.core.run.serve_application(
        model,
        interface=interface,
        port=port,
        credentials="credentials.yml",
        endpoints=endpoints,
        enable_api=False,
        server_listeners=[(say_ready, "after_server_start")],
    )
    if problems:
        raise problems[0]


def _require_usable(store: EndpointConfig | None) -> None:
    """Open and close the file of our own store.

    Rasa opens it when the server is half up; what breaks then prints a page of errors.
    """
    if store is not None and str(store.type).endswith(f".{ConversationStore.__name__}"):
        ConversationStore(None, file=store.kwargs.get("file", FILE)).close()
