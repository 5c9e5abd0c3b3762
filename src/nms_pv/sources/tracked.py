"""Adding to a study: staged beside, renamed into place, recorded, put under DVC and made its input; all of it or nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nms_pv.spec.params import load_params
from nms_pv.tables.contract import replacing
from nms_pv.tables.errors import UserError


class RegisterError(UserError):
    """Something that cannot be added to the study as it is."""


def require_dvc(project: Path) -> None:
    """Refuse a project whose added files could not be tracked.

    Raises
    ------
    RegisterError
        When it is no DVC repository.

    """
    if not (project / ".dvc").is_dir():
        raise RegisterError(
            f"{project.resolve()}: is no DVC repository, so added files could not be tracked. Run `dvc init` there first."
        )


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """A folder on the same disk as `target`, where files are completed before they are renamed into place."""
    folder = target.with_name(f"{target.name}.partial")
    new = [parent for parent in (folder.parent, folder.parent.parent) if not parent.exists()]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for parent in new:
            if not any(parent.iterdir()):
                parent.rmdir()


@contextmanager
def undone_on_failure(project: Path, target: Path, record: Path, added: list[Path]) -> Iterator[None]:
    """Put the project back as it was if anything fails: the folders in `added`, the record, DVC's files and the settings."""
    touched = [target.with_suffix(".dvc"), target.parent / ".gitignore", record, project / "params.yaml"]
    before = {path: path.read_bytes() if path.exists() else None for path in touched}
    new = not target.exists()
    try:
        yield
    except BaseException:
        for folder in added:
            shutil.rmtree(folder, ignore_errors=True)
        for path, content in before.items():
            _restore(path, content)
        if new and target.exists():
            target.rmdir()
        raise


def track(project: Path, target: Path) -> None:
    """Put a folder of the project under DVC.

    Raises
    ------
    RegisterError
        When DVC refuses.

    """
    command = [sys.executable, "-m", "dvc", "add", str(target)]
    done = subprocess.run(command, cwd=project, env={**os.environ, "DVC_NO_ANALYTICS": "1"}, capture_output=True, text=True)
    if done.returncode:
        said = " ".join(done.stderr.partition("ERROR: ")[2].split()) or done.stderr
        raise RegisterError(f"`dvc add {target}` failed, and nothing was added: {said}")


def switch_input(params: Path, arm: str, name: str) -> list[str]:
    """Make `name` the input of an arm (`reports` or `cohort`), and say what changed.

    A simulated input of the other arm becomes `none`: simulated and real input are never mixed. Only these lines of the file are
    changed, so that the comments stay.

    Raises
    ------
    RegisterError
        When the lines are not found.

    """
    inputs = load_params(params).inputs
    wanted = {arm: name}
    other = "cohort" if arm == "reports" else "reports"
    if getattr(inputs, other).startswith("simulated"):
        wanted[other] = "none"
    changes = {key: value for key, value in wanted.items() if getattr(inputs, key) != value}
    text = params.read_bytes().decode("utf-8")
    for key, value in changes.items():
        text = re.sub(rf"(?m)^(inputs:.*\n(?:[ \t]+.*\n)*?[ \t]+{key}:[ \t]*)[\"']?\w+[\"']?", rf"\g<1>{value}", text, count=1)
    expected = inputs.model_copy(update=changes)
    with replacing(params) as partial:
        partial.write_bytes(text.encode("utf-8"))
        if load_params(partial).inputs != expected:
            by_hand = ", ".join(f"`{key}: {value}`" for key, value in changes.items())
            raise RegisterError(f"{params}: found no lines to change below `inputs:`. Set {by_hand} there by hand.")
    return [f"inputs.{key}: {getattr(inputs, key)} -> {value}" for key, value in changes.items()]


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != content:
        with replacing(path) as partial:
            partial.write_bytes(content)
