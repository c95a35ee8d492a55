"""What is the same in every connector to a messaging platform."""

import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot.channels.messaging.answers import Answers
from bot.channels.messaging.courier import Courier
from bot.channels.messaging.delivery import Delivery
from bot.channels.messaging.inbox import FILE, Inbox
from bot.channels.messaging.transport import Patience, Transport
from bot.channels.metrics import Metrics, shared_metrics
from bot.channels.refusals import STATUS_OF, Refusal
from bot.channels.turn import OnNewMessage, Turns, agent_of
from bot.sealing import shared_sealer
from bot.settings import Settings, get_settings
from bot.storage.database import open_database

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[HTTPResponse]]


class Connector(InputChannel):
    """A channel that takes webhooks of a platform and writes back over the platform's API.

    In ``credentials.yml`` it stands with nothing below it. Without its settings it has no
    address at all.
    """

    platform: ClassVar[str]  # Rasa's name of the channel; also part of its address
    needs: ClassVar[str]  # the setting without which the clinic does not use the platform
    patience = Patience()

    def __init__(self, settings: Settings | None = None, metrics: Metrics | None = None) -> None:
        self.settings = settings or get_settings()
        self.metrics = metrics or shared_metrics()

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return cls.platform

    @abstractmethod
    def transport(self) -> Transport:
        """Make the way to the platform; called in the server's event loop."""

    @abstractmethod
    def routes(self) -> tuple[tuple[str, str, Handler], ...]:
        """The verb, the path and the handler of each address that the platform calls."""

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes, and the courier that starts and stops with the server."""
        blueprint = Blueprint(f"hematoma_guide_{self.name()}")
        if getattr(self.settings, self.needs) is None:
            return blueprint
        for verb, path, handle in self.routes():
            blueprint.add_route(
                partial(self._taken, handle),
                path,
                methods=(verb,),
                stream=verb == "POST",
                name=f"{verb}{path}",
            )

        @blueprint.listener("after_server_start")
        async def start(app: Sanic, _: Any) -> None:
            inbox = Inbox(self.name(), shared_sealer(), open_database(FILE, durable=True))
            agent, most = agent_of(blueprint), self.settings.max_text
            turns = Turns(self.name(), on_new_message, agent, self.metrics, most)
            answers = Answers(turns, inbox, self.settings.turn_seconds)
            self._opened = self.transport()
            delivery = Delivery(self._opened, inbox, answers, self.metrics, self.patience)
            self.courier = Courier(delivery)
            await self.courier.start()
            watch, name = self.metrics.watch, self.name()
            watch("inbox_messages", lambda: inbox.unanswered()[0], channel=name)
            watch("inbox_oldest_seconds", lambda: inbox.unanswered()[1], channel=name)

        @blueprint.listener("before_server_stop")
        async def stop(app: Sanic, _: Any) -> None:
            await self.courier.stop()
            await self._opened.close()

        return blueprint

    async def _taken(self, handle: Handler, request: Request) -> HTTPResponse:
        """Answer the platform: as the handler does, or with the status of what went wrong."""
        try:
            return await handle(request)
        except Refusal as refusal:
            self.metrics.add("refusals_total", channel=self.name(), reason=refusal.code)
            return empty(STATUS_OF[refusal.code])
        except SanicException:
            raise
        except Exception as error:  # not stored: the platform is to bring it again
            # The error's text may quote the patient: log its kind alone.
            logger.error("%s: a webhook was not stored (%s).", self.name(), type(error).__name__)
            self.metrics.add("store_errors_total", operation="inbox")
            return empty(500)
