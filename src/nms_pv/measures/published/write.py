"""Writes what published studies say, each and together."""

from pathlib import Path

import polars as pl

from nms_pv.measures.published.rows import DEFINITION, GROUP_KIND, pool_rows, pools, study_rows
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.literature import PublishedProportion
from nms_pv.spec.params import Params

PEOPLE = "people, as published"
WITHOUT_INTERVAL = ("heterogeneity_i2", "heterogeneity_lrt_p", "heterogeneity_wald_p")


def write_published(proportions: list[PublishedProportion], out: Path, params: Params, version: str) -> None:
    """Write `published/results.parquet` below `out`, from the rows of study/literature.csv."""
    write_results(published_results(proportions, params.level), out / "published" / "results.parquet", version)


def published_results(proportions: list[PublishedProportion], level: float) -> pl.DataFrame:
    """Rows of `measures/results`, but for the data version."""
    of_studies = study_rows(proportions, level)
    together = [row for pool in pools(proportions) for row in pool_rows(pool, level)]
    frame = pl.concat([of_studies, pl.DataFrame(together, schema=of_studies.schema)])
    frame = frame.with_columns(definition=pl.lit(DEFINITION), group_kind=pl.lit(GROUP_KIND))
    return pl.concat(
        result_rows(
            rows,
            str(measure),
            arm="literature",
            unit=PEOPLE,
            method=pl.col("method"),
            level=None if measure in WITHOUT_INTERVAL else level,
        )
        for (measure,), rows in sorted(frame.partition_by("measure", as_dict=True).items())
    )
