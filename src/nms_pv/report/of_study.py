"""A study folder -> its report, under the settings that are given."""

from pathlib import Path
from typing import Literal

from nms_pv.report.build import write_report
from nms_pv.spec.definition_files import load_definitions
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import Params
from nms_pv.spec.source import load_faers
from nms_pv.tables.errors import UserError

Build = Literal["auto", "internal", "shareable"]
# What `dvc repro` writes, within the folder of the study.
REPORTS = Path("reports")


class NotRunError(UserError):
    """A layer that the report reads has not been run."""


class OthersFilesError(UserError):
    """A folder holds files that no earlier run wrote."""


def write_report_of(project: Path, out: Path, params: Params) -> None:
    """Write the report of `project/data` and `project/study` into a folder.

    Raises
    ------
    NotRunError
        When a layer before has not been run.
    """
    study = project / "study"
    drugs, faers, definitions = load_drugs(study), load_faers(study), load_definitions(study)
    try:
        write_report(project / "data", out, params, drugs, faers, definitions, study)
    except FileNotFoundError as error:
        raise NotRunError(f"{error.filename}: is missing. Run `dvc repro`, or `dvc pull` if a remote has it.") from error


def with_build(params: Params, build: Build) -> Params:
    """The settings under another build of the report."""
    return params.model_copy(update={"leaving": params.leaving.model_copy(update={"build": build})})


def for_others(params: Params) -> Params:
    """The settings under the build for people outside: an internal one would show them small counts of people."""
    return with_build(params, "auto") if params.leaving.build == "internal" else params


def refuse_others_files(out: Path, run: Path, written_by_us: str) -> None:
    """Refuse a folder with files of something else, since what is stale in it is removed.

    Parameters
    ----------
    out
        The folder; it need not exist.
    run
        The folder that `dvc repro` writes.
    written_by_us
        Name of a file in every folder that an earlier run wrote.

    Raises
    ------
    OthersFilesError
        When it is no folder, or that of the run, or has files but not that one.
    """
    if out.resolve() == run.resolve():
        raise OthersFilesError(f"{out}: is what `dvc repro` writes. Name another folder.")
    if out.exists() and not out.is_dir():
        raise OthersFilesError(f"{out}: is a file. Name a folder.")
    if out.exists() and any(out.iterdir()) and not (out / written_by_us).exists():
        raise OthersFilesError(
            f"{out}: has files, but no {written_by_us} of an earlier run. Name an empty folder, or one that does not exist yet."
        )
