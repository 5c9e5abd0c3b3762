"""`nms-pv add omop`: a snapshot of a common data model, recorded and put under DVC; all of it or nothing."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from nms_pv.sources.omop.open import open_source
from nms_pv.sources.omop.select import Needed
from nms_pv.sources.omop.take import take_snapshot
from nms_pv.sources.tracked import RegisterError, require_dvc, staging, switch_input, track, undone_on_failure
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.contract import ContractError, replacing
from nms_pv.tables.snapshot import read_snapshot_record

OMOP = Path("data/1_sources/omop")
RECORD = Path("study/sources/omop_snapshot.csv")


@dataclass(frozen=True)
class Taken:
    """What adding did: the record of the snapshot, whether it was there already, what to know about it, settings changed."""

    record: pl.DataFrame
    unchanged: bool
    warnings: list[str]
    switched: list[str]


def add_omop(source: str, schema: str | None, project: Path, today: date) -> Taken:
    """Take a snapshot of the tables that are read, and make it the cohort of a study.

    After an error the project is as it was.

    Raises
    ------
    CdmError, ContractError, RegisterError, StudyError
        When the source or the project cannot be used, or another snapshot is there.

    """
    try:
        return _add(source, schema, project, today)
    except OSError as error:
        raise RegisterError(f"{error.filename or project}: {error.strerror or error}. Nothing was added.") from error


def _add(source: str, schema: str | None, project: Path, today: date) -> Taken:
    require_dvc(project)
    load_params(project / "params.yaml")
    needed = needed_by(project / "study")
    target = project / OMOP
    with staging(target) as staged, closing(open_source(source, schema)) as opened:
        warnings = take_snapshot(opened, staged, needed, today)
        record = read_snapshot_record(staged)
        unchanged = target.exists()
        if unchanged:
            record = _same(target, record)
        with undone_on_failure(project, target, project / RECORD, [] if unchanged else [target]):
            if not unchanged:
                staged.rename(target)
            _write_record(record, project / RECORD)
            if not unchanged or not target.with_suffix(".dvc").exists():
                track(project, OMOP)
            switched = switch_input(project / "params.yaml", "cohort", "omop")
    return Taken(record, unchanged, warnings, switched)


def needed_by(study: Path) -> Needed:
    """The rows that a study needs: by the names and ATC codes of its drugs, and the codes of its concept sets."""
    drugs = load_drugs(study)
    codes: dict[str, list[str]] = {"ATC": list(drugs.ingredients_of_atc)}
    for concept in load_concept_sets(study):
        codes.setdefault(concept.vocabulary, []).append(concept.code)
    return Needed([name.lower() for name in drugs.ingredients_of_name], codes)


def _same(target: Path, record: pl.DataFrame) -> pl.DataFrame:
    """The record of the snapshot that is there, if its rows are those just read."""
    try:
        there = read_snapshot_record(target)
    except ContractError as error:
        raise RegisterError(f"{error} Or delete {OMOP}, and add it again.") from error
    content = ["table", "rows", "content_sha256"]
    changed = record.select(content).join(there.select(content), on=content, how="anti", nulls_equal=True)["table"].to_list()
    if changed or there.height != record.height:
        raise RegisterError(
            f"{OMOP}: a snapshot with other rows is already in the study (table {', '.join(changed)}). To replace it, delete "
            f"that folder and {RECORD}, then add the new one; git and DVC keep the old one if they were committed."
        )
    return there


def _write_record(record: pl.DataFrame, path: Path) -> None:
    with replacing(path) as partial:
        SNAPSHOT.check(record).write_csv(partial)
