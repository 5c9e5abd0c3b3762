"""Layers 2, 4 and 5 of one arm -> who the cases are, and those beside them, as far as the build may tell."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from nms_pv.report.baseline.cohort import of_cohort
from nms_pv.report.baseline.counts import with_shares
from nms_pv.report.baseline.reports import of_reports
from nms_pv.report.definitions.read import folder_digest
from nms_pv.report.inputs import Digest, digest
from nms_pv.report.rounding import Numbers, SmallCells
from nms_pv.spec.params import Params
from nms_pv.tables.canonical import REPORT_OUTCOMES
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.labels import scan_met
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, RESULTS
from nms_pv.tables.person_time import PERSON_TIME

SHARES = (("n", "of"),)
FILE = {"reports": "baseline", "cohort": "cohort_baseline"}
LEAVING = {
    "reports": Numbers(counts=("n", "of"), shares=SHARES),
    # Episodes and person-years come from the results, which hide what would give a small count away.
    "cohort": Numbers(counts=("n", "of"), harmless=("episodes", "person_years"), shares=SHARES),
}


@dataclass(frozen=True)
class BaselinePart:
    """The characteristics of one arm: an exact table, and what it was read from."""

    arm: str
    params: Params
    exact: pl.DataFrame
    digests: list[Digest]

    @cached_property
    def cells(self) -> SmallCells:
        """How numbers leave."""
        return SmallCells(self.params.smallest_cell(self.arm))

    @cached_property
    def leaving(self) -> pl.DataFrame:
        """The table as it may leave; shares come from what is left, so that they give no more away."""
        return with_shares(self.cells.leave(self.exact, LEAVING[self.arm]))

    @property
    def files(self) -> dict[str, pl.DataFrame]:
        """The table beside the page, by file name."""
        return {FILE[self.arm]: self.cells.as_file(self.leaving, LEAVING[self.arm])}


def read_baseline(data: Path, arm: str, params: Params) -> BaselinePart:
    """Count the characteristics of one arm under its main setting.

    Raises
    ------
    ContractError
        When a layer before has not been run.

    """
    read = {"reports": _read_reports, "cohort": _read_cohort}[arm]
    return BaselinePart(arm, params, *read(data, params))


def _read_reports(data: Path, params: Params) -> tuple[pl.DataFrame, list[Digest]]:
    universe, outcomes = data / "5_exposure" / "universe", data / "2_canonical" / "report_outcomes"
    is_case = scan_met(data / "4_labels" / "verdicts", [params.main.definition]).select("subject_id", is_case=True)
    counted = pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[params.main.duplicates])
    reports = (
        UNIVERSE.scan(universe)
        .filter(counted)
        .join(is_case, on="subject_id", how="left")
        .with_columns(pl.col("is_case").fill_null(False))
    )
    table = of_reports(reports, REPORT_OUTCOMES.scan(outcomes))
    return table, [folder_digest(folder, data) for folder in (universe, outcomes)]


def _read_cohort(data: Path, params: Params) -> tuple[pl.DataFrame, list[Digest]]:
    paths = data / "5_exposure" / "cohort" / "person_time.parquet", data / "6_measures" / "cohort" / "results.parquet"
    here = {"definition": params.main.definition, "analysis": params.cohort.main_analysis}
    person_time = PERSON_TIME.scan(paths[0]).filter(**here).collect()
    rates = RESULTS.scan(paths[1]).filter(pl.col("measure").cast(pl.String) == "incidence_rate", **here).collect()
    hides = not SmallCells(params.smallest_cell("cohort")).is_open
    table = of_cohort(person_time, rates.with_columns(suppressed=pl.col("suppressed") & hides))
    return table, [digest(path, path.relative_to(data).as_posix()) for path in paths]
