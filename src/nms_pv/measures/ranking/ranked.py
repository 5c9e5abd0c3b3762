"""Candidates and their features -> rows of the ranking."""

import numpy as np
import polars as pl

from nms_pv.measures.ranking.model import CrossFitted, cross_fitted
from nms_pv.measures.ranking.reference import Reference
from nms_pv.tables.review import RANKING

MOST_FEATURES = 5


def ranked(candidates: pl.DataFrame, features: pl.DataFrame, reference: Reference, unit: str) -> pl.DataFrame:
    """Rows of `measures/ranking`.

    Parameters
    ----------
    candidates
        One row a candidate: `subject_id`, `group`, `definitions`, `definitions_met`, and the column of the reference.
    features
        One row for each `subject_id` and `feature`.
    reference
        What to learn from, or nothing: then no candidate has a probability.
    unit
        What one candidate is, a key of `tables.review.UNIT`.

    """
    candidates = candidates.sort("subject_id")
    share = pl.col("definitions_met") / pl.max_horizontal("definitions", 1)
    rows = candidates.select("subject_id", "definitions", "definitions_met", disagreement=_spread(share))
    if reference.undefined_reason:
        added = [pl.lit(None).alias(name) for name in ("rank", "probability", "band", "fold", "information")]
        rows = rows.with_columns(*added, features=pl.lit(""))
    else:
        rows = _with_probability(rows, candidates, features, reference)
    return RANKING.check(
        rows.with_columns(
            unit=pl.lit(unit),
            is_calibrated=pl.lit(reference.undefined_reason is None),
            reference=pl.lit(reference.name),
            undefined_reason=pl.lit(reference.undefined_reason, pl.String),
        )
    )


def _with_probability(rows: pl.DataFrame, candidates: pl.DataFrame, features: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    names = features["feature"].unique().sort()
    numbered = features.with_columns(
        row=pl.col("subject_id").replace_strict(candidates["subject_id"], np.arange(candidates.height)),
        column=pl.col("feature").replace_strict(names, np.arange(len(names))),
    )
    present = np.zeros((candidates.height, len(names)), dtype=np.int8)
    present[numbered["row"].to_numpy(), numbered["column"].to_numpy()] = 1
    known = candidates.select(reference.column.cast(pl.Int64).fill_null(-1)).to_series().to_numpy()
    group = candidates["group"].rank("dense").cast(pl.Int64).to_numpy() - 1
    fitted = cross_fitted(present, known, group)
    probability = pl.col("probability")
    return (
        rows.with_columns(probability=pl.Series(fitted.probability), fold=pl.Series(fitted.fold + 1))
        .with_columns(
            band=pl.when(probability >= 0.8).then(pl.lit("high")).when(probability >= 0.2).then(pl.lit("middle"))
            .otherwise(pl.lit("low")),
            information=(_spread(probability) + pl.col("disagreement")) / 2,
            rank=pl.struct(-probability, "subject_id").rank("ordinal"),
        )
        .join(_heaviest(numbered, fitted), on="subject_id", how="left")
        .with_columns(pl.col("features").fill_null(""))
    )  # fmt: skip


def _spread(share: pl.Expr) -> pl.Expr:
    """4 p (1 - p): 0 where all is certain, 1 at one half."""
    return 4 * share * (1 - share)


def _heaviest(numbered: pl.DataFrame, fitted: CrossFitted) -> pl.DataFrame:
    """The present features of most weight in the model that gave the probability, with their sign."""
    weight = fitted.weights[fitted.fold[numbered["row"].to_numpy()], numbered["column"].to_numpy()]
    sign = pl.when(pl.col("weight") < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    return (
        numbered.with_columns(weight=pl.Series(weight).round(6))
        .sort("subject_id", -pl.col("weight").abs(), "feature")
        .group_by("subject_id", maintain_order=True)
        .agg(features=(sign + pl.col("feature")).head(MOST_FEATURES).str.join(";"))
    )
