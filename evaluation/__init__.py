"""Measured quality: labelled messages put to the really running bot, and a report on them."""


class EvaluationError(Exception):
    """A file, the bot or an option is wrong; the message says what, where and what to do."""
