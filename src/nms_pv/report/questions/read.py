"""The topics of layer 6, read once: numbers, curves, the grid and the reasons of zeros."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.report.inputs import Digest, digest
from nms_pv.tables.contract import Table
from nms_pv.tables.grid import GRID, GRID_SUMMARY
from nms_pv.tables.measures import CURVES, RESULTS
from nms_pv.tables.why_zero import WHY_ZERO

FOLDER = {"reports": "6_measures", "cohort": "6_measures/cohort"}
WITH_RESULTS = {
    "reports": (
        "adjusted",
        "after",
        "bias",
        "calibration",
        "comparison",
        "course",
        "ebgm",
        "interaction",
        "onset",
        "presentation",
        "reporting_rate",
        "reporting_trend",
    ),
    "cohort": ("after", "bias", "course", "joinpoint", "onset", "own_control", "presentation"),
}
PUBLISHED = "6_measures/published/results.parquet"
WITH_CURVES = {"reports": ("onset", "reporting_trend"), "cohort": ("after", "course", "joinpoint", "onset", "own_control")}


@dataclass(frozen=True)
class Topics:
    """What the topics of one arm have written."""

    results: pl.DataFrame
    curves: pl.DataFrame
    grid: pl.DataFrame
    grid_summary: pl.DataFrame
    zeros: pl.DataFrame
    digests: list[Digest]


def read_topics(data: Path, arm: str) -> Topics:
    """Read the topics of an arm; the published numbers of people stand with those of the cohort.

    Raises
    ------
    ContractError
        When one of them is missing, or not as declared.

    """
    folder = data / FOLDER[arm]
    results = [folder / topic / "results.parquet" for topic in WITH_RESULTS[arm]]
    results += [data / PUBLISHED] if arm == "cohort" else []
    curves = [folder / topic / "curves.parquet" for topic in WITH_CURVES[arm]]
    others = [
        folder / "grid" / "grid.parquet",
        folder / "grid" / "grid_summary.parquet",
        folder / "why_zero" / "why_zero.parquet",
    ]
    return Topics(
        results=_all(RESULTS, results),
        curves=_all(CURVES, curves),
        grid=GRID.scan(others[0]).collect(),
        grid_summary=GRID_SUMMARY.scan(others[1]).collect(),
        zeros=WHY_ZERO.scan(others[2]).collect(),
        digests=[digest(path, path.relative_to(data).as_posix()) for path in (*results, *curves, *others)],
    )


def _all(table: Table, paths: list[Path]) -> pl.DataFrame:
    return pl.concat(table.scan(path).collect() for path in paths)
