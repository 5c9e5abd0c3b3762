"""Counts of checks -> rows of `measures/quality`: the one place where a share is computed and a number gets its address."""

from collections.abc import Mapping, Sequence

import polars as pl

from nms_pv.tables.quality import ALL, CHECKS, DAYS_PER_YEAR, QUALITY

Pairs = Mapping[str, tuple[pl.Expr, pl.Expr]]

SIDES = ("numerator", "denominator")
COUNTED = {
    "source": pl.String(),
    "period": pl.String(),
    "check": pl.String(),
    "item": pl.String(),
    "numerator": pl.Int64(),
    "denominator": pl.Int64(),
    "days": pl.Int64(),
    "undefined_reason": pl.String(),
}
ADDRESS = ["arm", "source", "period", "check", "item"]


def counted(frame: pl.DataFrame, source: str | None = None, period: str = ALL) -> pl.DataFrame:
    """Counts in one shape: columns of `COUNTED`; what the frame does not have is empty, item, source and period as given."""
    plain: dict[str, object] = {"source": source, "period": period, "item": ALL}
    absent = {name: pl.lit(plain.get(name), dtype) for name, dtype in COUNTED.items() if name not in frame.columns}
    return frame.with_columns(**absent).select(pl.col(name).cast(dtype) for name, dtype in COUNTED.items())


def sums_of(pairs: Pairs) -> list[pl.Expr]:
    """The numerator and denominator of each check, to be aggregated.

    Parameters
    ----------
    pairs
        For each check whether a row is in the numerator, and in the denominator: expressions of booleans without nulls.

    """
    return [
        end.sum().cast(pl.Int64).alias(f"{side} {check}")
        for check, ends in pairs.items()
        for side, end in zip(SIDES, ends, strict=True)
    ]


def checks_of(sums: pl.DataFrame, pairs: Pairs, by: Sequence[str] = ()) -> pl.DataFrame:
    """Sums (`sums_of`) as one row for each check: columns `by`, check, numerator, denominator."""
    return pl.concat(
        sums.select(*by, pl.lit(check).alias("check"), *(pl.col(f"{side} {check}").alias(side) for side in SIDES))
        for check in pairs
    )


def quantile(days: pl.Expr, percent: int) -> pl.Expr:
    """The smallest number of days that at least `percent` of 100 do not exceed: the inverse of the distribution function.

    Undefined (empty) when there is no number of days. Unit: days.
    """
    known = days.drop_nulls().sort()
    place = (days.count().cast(pl.Int64) * percent + 99) // 100 - 1
    return known.get(place, null_on_oob=True)


def quality_rows(counts: pl.DataFrame, arm: str, version: str) -> pl.DataFrame:
    """Rows of `measures/quality`.

    Parameters
    ----------
    counts
        Columns of `COUNTED`. Where an undefined_reason is given the counts are not told; `days` is the estimate of checks whose
        statistic is a number of days.
    arm, version
        The arm, and the version of its data.

    """
    checks = CHECKS[arm]
    facts = pl.DataFrame(
        [(name, c.dimension, c.statistic, c.unit) for name, c in checks.items()],
        schema=["check", "dimension", "statistic", "unit"],
        orient="row",
    )
    whole, statistic = pl.col("denominator"), pl.col("statistic")
    of_whole = pl.when(whole > 0).then(pl.col("numerator") / whole)
    estimate = (
        pl.when(statistic == "share")
        .then(of_whole)
        .when(statistic == "per_person_year")
        .then(of_whole * DAYS_PER_YEAR)
        .otherwise(pl.col("days").cast(pl.Float64))
    )
    nothing = pl.format("no {} to look at", "unit")
    undated = pl.format("no {} with the days that it takes", "unit")
    return (
        counts.join(facts, on="check", maintain_order="left")
        .with_columns(pl.when(pl.col("undefined_reason").is_null()).then(pl.col("numerator", "denominator", "days")))
        .with_columns(arm=pl.lit(arm), data_version=pl.lit(version), estimate=estimate)
        .with_columns(
            undefined_reason=pl.when(pl.col("estimate").is_null()).then(
                pl.coalesce("undefined_reason", pl.when(whole == 0).then(nothing).otherwise(undated))
            ),
            quality_id=pl.concat_str(ADDRESS, separator="/"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in QUALITY.types.items())
    )
