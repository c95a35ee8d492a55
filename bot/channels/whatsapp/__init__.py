"""WhatsApp through Meta's Cloud API."""

from bot.channels.whatsapp.channel import WhatsAppInput

__all__ = ["WhatsAppInput"]
