"""canonical -> exposure: the reports that name a control drug which the drug table does not list."""

from collections.abc import Sequence

import polars as pl

from nms_pv.exposure.reports.ingredients import strongest_role
from nms_pv.spec.controls import Control
from nms_pv.tables.canonical import NOT_ADMINISTERED
from nms_pv.tables.exposure import REPORT_CONTROLS


def report_controls(universe: pl.DataFrame, drugs: pl.DataFrame, controls: Sequence[Control]) -> pl.DataFrame:
    """The rows of `exposure/report_controls`: however often a report names a control, it is one row.

    Parameters
    ----------
    universe
        Rows of `exposure/universe`.
    drugs
        Rows of `canonical/report_drugs`: subject_id, ingredient_reported and role.
    controls
        The controls of the study; those that the drug table lists are passed over.

    """
    names = [(known, control.name) for control in controls if not control.is_listed for known in control.names]
    known = pl.DataFrame(names, schema={"known": pl.String, "name": pl.String}, orient="row")
    return (
        drugs.filter(pl.col("role") != NOT_ADMINISTERED)
        .with_columns(pl.col("ingredient_reported").str.to_uppercase())
        .join(known, left_on="ingredient_reported", right_on="known")
        .join(universe, on="subject_id", how="semi")
        .with_columns(strongest_role().cast(REPORT_CONTROLS.types["role"]))
        .group_by("subject_id", "name")
        .agg(pl.col("role").min())
    )
