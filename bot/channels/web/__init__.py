"""The website channel: signed sessions, one answer a message, pages and health checks."""

from bot.channels.web.channel import WebInput

__all__ = ["WebInput"]
