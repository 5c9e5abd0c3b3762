"""Libraries that only papers need: the extra `papers`."""

from importlib import import_module
from typing import Any

from nms_pv.tables.errors import UserError

# What is imported, and what it is called where it is installed from.
EXTRA = {"great_tables": "great-tables", "docx": "python-docx", "pypdf": "pypdf"}


def needed(module: str) -> Any:
    """A library of the extra.

    Raises
    ------
    UserError
        When it is not installed.

    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        message = f"Files for papers need {EXTRA[module]}, which is not installed. Run `pip install 'nms-pv[papers]'`."
        raise UserError(message) from error
