"""Errors that a person can act on."""


class KnowledgeBaseError(Exception):
    """Something is wrong with an article, the index or a setting; the message says what to do."""
