"""The pages, the widget script, the health checks, and the headers that keep them safe."""

import asyncio
import base64
import hashlib
import hmac
import html
import ipaddress
import logging
import re
from functools import partial
from typing import Any

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse, empty, raw
from sanic.response import json as json_response

from bot.channels.metrics import CONTENT_TYPE, Metrics
from bot.channels.refusals import Refusal
from bot.channels.stored_conversation import innermost
from bot.channels.web.origins import API_PREFIX, Origins
from bot.channels.web.script import FOLDER, WidgetFile, widget_files
from bot.logs import place_of
from bot.settings import Settings

logger = logging.getLogger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
_CODE_OF = {404: "not_found", 405: "wrong_method", 413: "too_big"}
# What proxies add: a request with one of these was not made on this machine.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def page_policy(page: str, frame_ancestors: str) -> str:
    """The Content-Security-Policy of one page: our script, this page's style, nothing else."""
    (style,) = _STYLE.findall(page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; "
        f"style-src 'sha256-{digest}'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {frame_ancestors}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


class Pages:
    """Everything the server shows that is not the chat itself."""

    def __init__(self, settings: Settings, origins: Origins, metrics: Metrics) -> None:
        self._settings = settings
        self._origins = origins
        self._metrics = metrics
        self._home = self._read_page("index.html")
        self._frame = self._read_page("frame.html")

    def _read_page(self, name: str) -> str:
        """A page, with the emergency number the clinic has set where it speaks of one."""
        page = (FOLDER / name).read_text(encoding="utf-8")
        number = self._settings.emergency_number
        if not number:
            return page
        dialled = "".join(sign for sign in number if sign in "+0123456789")
        call = f'<a href="tel:{dialled}">{html.escape(number)}</a>'
        return page.replace("your local emergency number", call)

    def attach(self, app: Sanic) -> None:
        """Serve the pages from the root of the app, whoever made it.

        Rasa has taken the route "/" for a greeting of its own; a request middleware answers
        before that route is asked. The response middleware is put last when the server
        starts, so that what Rasa's own CORS extension set does not stand.
        """
        # Of X-Forwarded-For Sanic believes what so many proxies have added at its right end.
        app.config.PROXIES_COUNT = self._settings.trusted_proxies
        self._metrics.watch("unsaved_conversations", lambda: _unsaved(app))
        app.register_middleware(self._home_first, "request")
        health = {"status": "ok", "unset": self._settings.unset_contacts}
        for path, page in (
            ("/frame", self._serve_frame),
            *(
                (path, partial(self._serve_file, file))
                for path, file in widget_files(self._settings.emergency_number or "").items()
            ),
            ("/favicon.ico", lambda request: empty()),
            ("/health", lambda request: json_response(health)),
            ("/ready", self._ready),
            ("/metrics", self._serve_metrics),
        ):
            app.add_route(page, path, methods=("GET", "HEAD"), name=f"guide {path}")
        # Sanic's own errors are named: Rasa handles some of them in its own way.
        app.exception(Refusal, SanicException, Exception)(self._refused)

        async def protect_last(running: Sanic, _: Any) -> None:
            running.response_middleware.append(self._protect)

        app.register_listener(protect_last, "before_server_start")

    async def _home_first(self, request: Request) -> HTTPResponse | None:
        if request.path != "/" or request.method not in ("GET", "HEAD"):
            return None
        return self._page(self._home, "'self'")

    async def _serve_frame(self, request: Request) -> HTTPResponse:
        ancestors = " ".join(("'self'", *self._settings.frame_origins))
        response = self._page(self._frame, ancestors)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def _page(self, page: str, frame_ancestors: str) -> HTTPResponse:
        response = raw(page.encode(), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = page_policy(page, frame_ancestors)
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def _serve_file(self, file: WidgetFile, request: Request) -> HTTPResponse:
        same = request.headers.get("if-none-match") == file.tag
        accepted = {
            coding.partition(";")[0].strip()
            for coding in request.headers.get("accept-encoding", "").split(",")
        }
        coding = next(name for name in file.encoded if name in {*accepted, "identity"})
        response = raw(
            b"" if same else file.encoded[coding],
            status=304 if same else 200,
            content_type=file.content_type,
        )
        response.headers.update(
            {
                "ETag": file.tag,
                "Cache-Control": "public, max-age=300",
                "Vary": "Accept-Encoding",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Access-Control-Allow-Origin": "*",
            }
        )
        if coding != "identity" and not same:
            response.headers["Content-Encoding"] = coding
        return response

    async def _ready(self, request: Request) -> HTTPResponse:
        status = "ready"
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            status = "the bot has no trained model loaded yet"
        elif _unsaved(request.app):
            status = "conversations cannot be saved; the log says why"
        return json_response({"status": status}, status=200 if status == "ready" else 503)

    async def _serve_metrics(self, request: Request) -> HTTPResponse:
        if not may_read_metrics(request, self._settings):
            raise Refusal("not_found")
        # Some levels are asked of a database: not in the event loop.
        text = await asyncio.to_thread(self._metrics.render)
        return raw(text.encode(), content_type=CONTENT_TYPE)

    async def _refused(self, request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, Refusal):
            refusal = error
        elif 400 <= getattr(error, "status_code", 500) < 500:
            refusal = Refusal(_CODE_OF.get(error.status_code, "bad_request"))  # type: ignore[attr-defined]
        else:
            refusal = Refusal("broken")
            # The text of an error may quote the patient: log only its kind and place.
            # So may a path: log only the pattern that it matches.
            pattern = request.uri_template if request.route else "no address of ours"
            kind = type(error).__name__
            logger.error("%s in %s while answering %s.", kind, place_of(error), pattern)
        self._metrics.add("refusals_total", channel="web", reason=refusal.code)
        return refusal.to_response()

    async def _protect(self, request: Request, response: BaseHTTPResponse) -> None:
        if request.path.startswith(API_PREFIX):
            self._origins.mark(request, response)
        elif response.headers.get("access-control-allow-origin", "*") in ("", "*"):
            # Rasa's CORS extension speaks of credentials even where no origin may send any.
            response.headers.pop("access-control-allow-credentials", None)
            response.headers.pop("access-control-expose-headers", None)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if "frame-ancestors 'none'" not in response.headers["Content-Security-Policy"]:
            # X-Frame-Options cannot name several sites; frame-ancestors says it all.
            response.headers.pop("X-Frame-Options", None)


def _unsaved(app: Sanic) -> int:
    """How many conversations could not be saved yet."""
    agent = getattr(app.ctx, "agent", None)
    stores = innermost(agent.tracker_store) if agent is not None else []
    return sum(getattr(store, "unsaved", 0) for store in stores)


def may_read_metrics(request: Request, settings: Settings) -> bool:
    """Whether the setting lets this caller read the metrics."""
    if settings.metrics_access == "token":
        given = request.headers.get("authorization", "").encode(errors="replace")
        return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())
    if settings.metrics_access != "loopback":
        return settings.metrics_access == "open"
    try:
        address = ipaddress.ip_address(request.ip)
    except ValueError:
        return False
    called = getattr(address, "ipv4_mapped", None) or address
    return called.is_loopback and not any(name in request.headers for name in _FORWARDED)
