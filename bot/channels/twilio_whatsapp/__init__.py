"""WhatsApp through Twilio."""

from bot.channels.twilio_whatsapp.channel import TwilioWhatsAppInput

__all__ = ["TwilioWhatsAppInput"]
