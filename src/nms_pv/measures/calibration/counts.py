"""Cases and reports of each control drug under the main setting."""

from collections.abc import Sequence

import polars as pl

from nms_pv.measures.reports.main_parts import MainPart
from nms_pv.spec.controls import Control


def count_part(part: MainPart, named: pl.DataFrame, controls: Sequence[Control]) -> pl.DataFrame:
    """Columns name, a, n1 (cases and reports that name the control), cases and reports (all of the part).

    Parameters
    ----------
    part
        Reports, and the ingredients of the drug table that they name.
    named
        Columns subject_id, name and counted: reports that name a control which the drug table does not list.
    """
    listed = part.ingredients.select("subject_id", "counted", name="ingredient")
    exposed = pl.concat([listed, named.select("subject_id", "counted", "name")]).filter("counted")
    counts = (
        part.reports.select("subject_id", "is_case")
        .join(exposed.select("subject_id", "name").unique(), on="subject_id")
        .group_by("name")
        .agg(a=pl.col("is_case").sum().cast(pl.Int64), n1=pl.len().cast(pl.Int64))
    )
    names = pl.DataFrame({"name": [control.name for control in controls]}, schema={"name": pl.String})
    return names.join(counts, on="name", how="left").with_columns(
        pl.col("a", "n1").fill_null(0),
        cases=pl.lit(part.reports["is_case"].sum(), pl.Int64),
        reports=pl.lit(part.reports.height, pl.Int64),
    )


def add_up(parts: Sequence[pl.DataFrame], controls: Sequence[Control]) -> pl.DataFrame:
    """Columns kind, name, a, n1, c, n0 of every control, in order of kind and name."""
    kinds = pl.DataFrame([(control.name, control.kind) for control in controls], schema=["name", "kind"], orient="row")
    summed = pl.concat(parts).group_by("name").agg(pl.col("a", "n1", "cases", "reports").sum())
    return (
        kinds.join(summed, on="name")
        .select("kind", "name", "a", "n1", c=pl.col("cases") - pl.col("a"), n0=pl.col("reports") - pl.col("n1"))
        .sort("kind", "name")
    )
