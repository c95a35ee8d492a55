"""The chat in a terminal, for staff: what patients read, numbered choices, and why it was said."""

import asyncio
import os
import re
import secrets
import signal
import sys
import time
from typing import Any

from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.events import Event

from actions.reply import Reply
from bot.channels import incoming
from bot.channels.metrics import shared_metrics
from bot.channels.refusals import Refusal
from bot.channels.requests import ChannelRequest, request_in
from bot.channels.turn import Turns
from bot.conversation_store import ConversationStore
from bot.saved_conversation import CannotSaveError, save
from bot.serving import InProcessActions, configure, ready_agent
from bot.settings import get_settings
from bot.terminal import prepare, read, show, show_reply
from bot.why import reasons

CHANNEL = "shell"
GREETING = "Write as a patient would. /help lists what else you can do here; Ctrl+D ends."
HELP = """\
- A number picks a choice under the last reply; anything else is a message.
- /why tells how the last reply came about.
- /save NAME keeps this conversation as a test, in tests/conversations/test_NAME.yml.
- /reset forgets this conversation and starts a new one.
- /quit ends, as do Ctrl+D and Ctrl+C."""

_COMMAND = re.compile(r"/(why|reset|help|quit|stop|exit|save)(?:(?<=save)\s+(.+))?")
_LEAVE = ("quit", "stop", "exit")


def chat(model: str) -> None:
    """Chat with the trained model at a path until whoever is at the terminal leaves.

    Nothing said is kept.

    Raises:
        StartError: the model cannot be used.
    """
    configure()
    asyncio.run(_chat(model))


async def _chat(model: str) -> None:
    store = ConversationStore(None, file=":memory:")
    endpoints = AvailableEndpoints(action=InProcessActions(), tracker_store=store)
    try:
        agent = await ready_agent(model, endpoints, asyncio.get_running_loop())
        await Shell(agent).talk()
    finally:
        store.close()


class Shell:
    """One person at a terminal, and the bot: Rasa's agent, with its model loaded."""

    def __init__(self, agent: Any) -> None:
        self._agent = agent
        metrics, most = shared_metrics(), get_settings().max_text
        self._turns = Turns(CHANNEL, agent.handle_message, lambda: agent, metrics, most)
        self._begin()

    def _begin(self) -> None:
        self._id = secrets.token_hex(16)
        self._events: list[Event] = []
        self._focus: dict[str, Any] | None = None
        self._said: Reply | None = None

    async def talk(self) -> None:
        """Read and answer until Ctrl+C, or the end of what is typed or piped in."""
        prepare()
        # Until here, whoever left while it loaded left at once, or a server took Ctrl+C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            show(GREETING)
            # Its one user waits for each answer, so that nothing else needs the loop meanwhile.
            while (typed := read()) is not None:
                text = incoming.clean_text(typed)
                command = _COMMAND.fullmatch(text)
                if command and command[1] in _LEAVE:
                    return
                await (self._obey(*command.groups("")) if command else self._hear(text))
        except KeyboardInterrupt:
            print()
        except BrokenPipeError:
            # Whoever read along has left; Python would complain when it closes the pipe.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    async def _obey(self, command: str, argument: str) -> None:
        try:
            if command == "why":
                lines = await reasons(self._agent, self._id, self._said, self._focus)
                show("\n".join(lines))
            elif command == "save":
                show(f"Saved as {save(argument, self._events)}.")
            elif command == "reset":
                await self._turns.erase(self._id)
                self._begin()
                show("This is a new conversation.")
            else:
                show(HELP)
        except CannotSaveError as error:
            show(str(error))
        except Refusal as refusal:
            show(refusal.text)

    async def _hear(self, text: str) -> None:
        if not text:
            return
        choices = self._said.buttons if self._said else ()
        number = int(text) if re.fullmatch("[0-9]{1,2}", text) else 0
        if 0 < number <= len(choices):
            show(f"({choices[number - 1]['title']})")
            text = choices[number - 1]["payload"]
        try:
            self._said = await self._answer(incoming.required(text))
        except Refusal as refusal:
            show(refusal.text)
            return
        show_reply(self._said)

    async def _answer(self, text: str) -> Reply:
        tracker = await self._agent.tracker_store.retrieve(self._id)
        self._focus = tracker.get_slot("focus") if tracker else None
        asked = time.time()
        said = await self._turns.answer(text, self._id)
        if request_in(text) is ChannelRequest.ERASE:
            self._begin()
        # For `/save`, turn by turn: the store keeps the last ones only.
        tracker = await self._agent.tracker_store.retrieve(self._id)
        self._events += [e for e in tracker.events if e.timestamp >= asked] if tracker else []
        return said
