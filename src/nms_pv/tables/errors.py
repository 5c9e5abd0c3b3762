"""Errors that the user can put right."""


class UserError(ValueError):
    """The message names what is wrong, what was allowed, and what to do next; it is told without a trace."""
