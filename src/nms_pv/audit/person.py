"""Everything the tables hold about one person of the cohort, read lazily and from the person's own part only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.audit.case import UnknownCaseError
from nms_pv.audit.text import on
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.cohort import OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.labels import DIFFERENTIAL, VERDICTS
from nms_pv.tables.parts import part_names
from nms_pv.tables.person_time import CASES, ERAS

LOOKS_LIKE = (
    "Ids look like omop:123, person_id 123 of the common data model, or omop:123#1, the first candidate episode of that person. "
    "Persons are those of the common data model under observation: with at least one observation period that is believed."
)
ID = re.compile(r"omop:(-?[0-9]{1,18})(?:#([0-9]{1,9}))?")


@dataclass(frozen=True)
class Person:
    """One person: the row of `canonical/persons` as a dictionary, and the rows of every other table.

    Evidence, verdicts and cases are those of `episodes`, which may be the one episode that was asked for; `all_episodes` are all.
    """

    person: dict[str, object]
    periods: pl.DataFrame
    eras: pl.DataFrame
    all_episodes: pl.DataFrame
    episodes: pl.DataFrame
    findings: pl.DataFrame
    exposures: pl.DataFrame
    verdicts: pl.DataFrame
    cases: pl.DataFrame


def is_of_cohort(subject_id: str) -> bool:
    """Whether an id is one of the cohort arm."""
    return subject_id.startswith("omop:")


def read_person(subject_id: str, data: Path) -> Person:
    """Read one person, with all episodes or the one that the id names.

    Raises
    ------
    UnknownCaseError
        Saying what ids look like, or which episodes the person has.
    ContractError
        When the cohort arm has not been run.
    """
    person_id, episode_no = _numbers(subject_id)
    canonical, evidence, labels, exposure = (
        data / layer / "cohort" for layer in ("2_canonical", "3_evidence", "4_labels", "5_exposure")
    )
    part, person = _person(canonical / "persons", person_id, subject_id)
    episodes = _rows(EPISODES, evidence / "episodes" / part, pl.col("person_id") == person_id)
    chosen = episodes if episode_no is None else episodes.filter(pl.col("episode_no") == episode_no)
    if episode_no is not None and chosen.is_empty():
        raise UnknownCaseError(
            f"person omop:{person_id} has {episodes.height} candidate episodes, and no number {episode_no}. "
            f"`nms-pv explain omop:{person_id}` shows all."
        )
    of_person, of_episodes = pl.col("person_id") == person_id, pl.col("subject_id").is_in(chosen["subject_id"].to_list())
    return Person(
        person=person,
        periods=_rows(OBSERVATION_PERIODS, canonical / "observation_periods" / part, of_person),
        eras=_rows(ERAS, exposure / "eras" / part, of_person),
        all_episodes=episodes,
        episodes=chosen,
        findings=_rows(FINDINGS, evidence / "findings" / part, of_episodes),
        exposures=_rows(EXPOSURES, evidence / "exposures" / part, of_episodes),
        verdicts=pl.concat(
            [
                _rows(table, labels / folder / part, of_episodes)
                for table, folder in ((VERDICTS, "verdicts"), (DIFFERENTIAL, "differential"))
            ]
        ),
        cases=_rows(CASES, exposure / "cases.parquet", of_episodes),
    )


def snapshot_rows(source_id: str, lines: list[int], data: Path) -> dict[int, str]:
    """The cells of a table of the common data model that hold something, by row; without the rows that it does not have."""
    table = source_id.removeprefix("omop:")
    path = data / "1_sources" / "cohort" / f"{table}.parquet"
    if table not in CDM_TABLES or not path.exists():
        return {}
    found = _rows(CDM_TABLES[table], path, pl.col("source_line").is_in(lines))
    return {row.pop("source_line"): _cells(row) for row in found.iter_rows(named=True)}


def _numbers(subject_id: str) -> tuple[int, int | None]:
    match = ID.fullmatch(subject_id)
    if match is None:
        raise UnknownCaseError(f"{subject_id!r} is no id of a person. {LOOKS_LIKE}")
    person_id, episode_no = match.groups()
    return int(person_id), None if episode_no is None else int(episode_no)


def _person(folder: Path, person_id: int, subject_id: str) -> tuple[str, dict[str, object]]:
    for part in part_names(PERSONS, folder):
        found = _rows(PERSONS, folder / part, pl.col("person_id") == person_id)
        if found.height:
            return part, found.row(0, named=True)
    raise UnknownCaseError(f"no person {subject_id!r} is under observation. {LOOKS_LIKE}")


def _rows(table: Table, path: Path, chosen: pl.Expr) -> pl.DataFrame:
    return table.scan(path).filter(chosen).sort(table.key).collect()


def _cells(row: Mapping[str, object]) -> str:
    shown = {column: on(cell, "day") if column.endswith("_date") else cell for column, cell in row.items() if cell is not None}
    return "; ".join(f"{column}={cell}" for column, cell in shown.items())
