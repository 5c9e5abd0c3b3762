"""The common ground of all settings: frozen, unknown keys refused, errors that name the file."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from nms_pv.tables.errors import UserError


class StudyError(UserError):
    """A file of the study that cannot be used as it is."""


class Strict(BaseModel):
    """Settings that are frozen and refuse unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Settings = TypeVar("Settings", bound=Strict)


def load_yaml(path: Path, model: type[Settings]) -> Settings:
    """Read one YAML file into its model.

    Raises
    ------
    StudyError
        Naming the file, every offending key, its value and what was expected.

    """
    return validated(path, read_yaml(path), model)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read one YAML file that holds keys and values.

    Raises
    ------
    StudyError
        Naming the file, when it is not YAML or holds no keys.

    """
    try:
        # The safe loader in C: nine times as fast.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise StudyError(f"{path}: cannot be read as YAML: {error}") from error
    if not isinstance(content, dict):
        raise StudyError(f"{path}: top level: it must hold keys and values (found {content!r})")
    return content


def validated(path: Path, content: dict[str, Any], model: type[Settings]) -> Settings:
    """The content of a file as its model.

    Raises
    ------
    StudyError
        Naming the file, every offending key, its value and what was expected.

    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, p['loc'])) or 'top level'}: {p['msg']} (found {p['input']!r})" for p in error.errors()
        )
        raise StudyError(f"{path}: {problems}") from error
