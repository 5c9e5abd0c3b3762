"""Errors that the user can put right."""

import sys
from collections.abc import Callable


class UserError(ValueError):
    """The message names what is wrong, what was allowed, and what to do next; it is told without a trace."""


def run(main: Callable[[], None]) -> None:
    """Run a script; what the user can put right is told in one message, anything else keeps its trace."""
    try:
        main()
    except UserError as error:
        sys.exit(f"Error: {error}")
