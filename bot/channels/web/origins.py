"""Which websites may talk to the channel, and the headers that tell browsers so."""

from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.channels.refusals import Refusal
from bot.setting_kinds import USUAL_PORT

API_PREFIX = "/webhooks/web/"


class Origins:
    """The clinic's allow-list of websites; the bot's own pages are always on it."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = frozenset(allowed)

    def check(self, request: Request) -> None:
        """Refuse a request made by a page of another website."""
        origin = request.headers.get("origin")
        if origin is None:
            # Browsers name the origin of every POST and DELETE; without one this is not a
            # page. Sec-Fetch-Site still gives away a browser that hides it.
            if request.headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
                return
        elif self.allows(origin, request.headers.get("host", "")):
            return
        raise Refusal("wrong_origin")

    def allows(self, origin: str, host: str) -> bool:
        """Whether pages of that origin may talk to the channel reached under that host."""
        if origin.lower() in self._allowed:
            return True
        scheme, _, authority = origin.lower().partition("://")
        if scheme not in USUAL_PORT or not authority:
            return False
        return _without_usual_port(authority, scheme) == _without_usual_port(host.lower(), scheme)

    def mark(self, request: Request, response: BaseHTTPResponse) -> None:
        """Set the CORS headers of a channel response, replacing whatever else set them."""
        for name in {name.lower() for name in response.headers}:
            if name.startswith("access-control-"):
                del response.headers[name]
        response.headers["Vary"] = "Origin"
        origin = request.headers.get("origin")
        if origin is None or not self.allows(origin, request.headers.get("host", "")):
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "POST, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"


def _without_usual_port(authority: str, scheme: str) -> str:
    return authority.removesuffix(":" + USUAL_PORT[scheme])
