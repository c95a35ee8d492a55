"""What keeps the bot from starting."""


class StartError(Exception):
    """The bot cannot start; the message says what to do."""
