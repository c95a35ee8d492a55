"""Errors of the evaluation that a person can act on."""


class EvaluationError(Exception):
    """A file, the bot or an option is wrong; the message says what, where and what to do."""
