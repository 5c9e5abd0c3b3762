"""Verdicts of definitions against those of reviewers, among the candidates that were judged."""

import polars as pl

from nms_pv.measures.proportions import clopper_pearson
from nms_pv.tables.review import ACCURACY, ADJUDICATED, ADJUDICATED_ACCURACY

METHOD = "Clopper-Pearson"
WARNING = (
    "among judged candidates, who were chosen because their review tells most: no value of the population; nobody whom no "
    "definition finds was judged"
)


def accuracy(verdicts: pl.DataFrame, level: float) -> pl.DataFrame:
    """Sensitivity, specificity and positive predictive value of each definition, the reviewers being right.

    Parameters
    ----------
    verdicts
        Rows of `labels/verdicts` (`subject_id`, `definition`, `verdict`) of judged candidates, the adjudicated ones among them.
        An indeterminate verdict of a definition does not count as met; those of reviewers are left out.
    level
        Nominal coverage of the Clopper-Pearson intervals.

    Returns
    -------
    Rows of `measures/adjudicated_accuracy`; undefined where nobody is in the denominator.

    """
    is_adjudicated = pl.col("definition") == ADJUDICATED
    judged = verdicts.filter(is_adjudicated, pl.col("verdict") != "indeterminate").select(
        "subject_id", is_nms=pl.col("verdict") == "met"
    )
    both = verdicts.filter(~is_adjudicated).join(judged, on="subject_id", how="inner")
    is_met, is_nms = pl.col("verdict") == "met", pl.col("is_nms")
    wholes = {"sensitivity": is_nms, "specificity": ~is_nms, "positive_predictive_value": is_met}
    parts = {"sensitivity": is_met, "specificity": ~is_met, "positive_predictive_value": is_nms}
    unsure = pl.col("verdict") == "indeterminate"
    counted = pl.concat(
        [
            both.group_by("definition").agg(
                measure=pl.lit(measure),
                numerator=(wholes[measure] & parts[measure]).sum().cast(pl.Int64),
                denominator=wholes[measure].sum().cast(pl.Int64),
                indeterminate=(wholes[measure] & unsure).sum().cast(pl.Int64),
            )
            for measure in ACCURACY
        ]
    )
    interval = clopper_pearson(counted["numerator"].to_numpy(), counted["denominator"].to_numpy(), level)
    limits = {name: pl.Series(values, nan_to_null=True) for name, values in interval._asdict().items()}
    return ADJUDICATED_ACCURACY.check(
        counted.with_columns(
            **limits,
            level=pl.lit(level),
            method=pl.lit(METHOD),
            undefined_reason=pl.when(pl.col("denominator") == 0).then(pl.lit("nobody is in the denominator")),
            warning=pl.lit(WARNING),
        )
    )
