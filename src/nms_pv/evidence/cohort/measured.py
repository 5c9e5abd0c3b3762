"""canonical -> evidence: measurements against their rules. Measured but never beyond is absent; not measured is no row."""

from collections.abc import Mapping

import polars as pl

from nms_pv.spec.measurements import MeasurementRule

# As values and limits are rounded to in `canonical/measurements`: arithmetic leaves an error in the last digits.
DECIMALS = 6


def against_rules(measurements: pl.LazyFrame, rules: Mapping[str, MeasurementRule]) -> pl.LazyFrame:
    """The measurements with the `upper_limit` that applies, the `bar` of their rule, and whether they meet it (`meets`)."""
    recorded_or_default = pl.when(pl.col("range_high") > 0).then("range_high").otherwise("default_upper_limit")
    upper_limit = pl.when(pl.col("above").is_null()).then(recorded_or_default)
    bar = pl.coalesce("above", upper_limit * pl.col("factor")).round(DECIMALS)
    inclusive = pl.col("kind") == "multiple_of_upper_limit"
    meets = pl.when(inclusive).then(pl.col("value") >= bar).otherwise(pl.col("value") > bar)
    applied = measurements.join(_rules(rules), on="concept_set", how="inner")
    return applied.with_columns(upper_limit=upper_limit, bar=bar, meets=meets)


def measured_findings(judged: pl.DataFrame) -> pl.DataFrame:
    """One row for each subject and measured set, standing for all its measurements in the episode.

    The row shown is that of the highest value, compared with its upper limit where there is one, of equal ones the earliest. The
    day is that row's; for a rule of occasions that any measurement meets, the first day above. `is_weak`: met, but on fewer
    occasions than the rule asks for.
    """
    met = pl.col("meets")
    height = pl.coalesce(pl.col("value") / pl.col("upper_limit"), "value")
    of_episode = ["subject_id", "concept_set"]
    return (
        judged.sort(*of_episode, height, "day", "source_line", descending=[False, False, True, False, False])
        .group_by(of_episode, maintain_order=True)
        .agg(
            pl.col("kind", "occasions", "value", "unit", "upper_limit", "bar").first(),
            pl.col("day", "range_high", "source_id", "source_line").first(),
            n_met=pl.col("occasion").filter(met).n_unique().cast(pl.Int64),
            first_met=pl.col("day").filter(met).min(),
        )
        .with_columns(
            state=pl.when(pl.col("n_met") > 0).then(pl.lit("present")).otherwise(pl.lit("absent")),
            is_weak=pl.col("n_met").is_between(1, pl.col("occasions") - 1),
            day=pl.when(_by_occasion()).then(pl.coalesce("first_met", "day")).otherwise("day"),
            term=pl.concat_str(_name(), pl.lit(" "), _size("value"), pl.lit(", "), _comparison()),
        )
    )


def _rules(rules: Mapping[str, MeasurementRule]) -> pl.LazyFrame:
    rows = [
        {
            "concept_set": rule.concept_set,
            "kind": rule.kind,
            "default_upper_limit": rule.default_upper_limit,
            "factor": getattr(rule, "factor", 1.0),
            "above": getattr(rule, "above", None),
            "occasions": getattr(rule, "occasions", 1),
        }
        for rule in rules.values()
    ]
    schema = {
        "concept_set": pl.String, "kind": pl.String, "default_upper_limit": pl.Float64, "factor": pl.Float64,
        "above": pl.Float64, "occasions": pl.Int64,
    }  # fmt: skip
    return pl.LazyFrame(rows, schema=schema)


def _by_occasion() -> pl.Expr:
    return pl.col("kind") == "above_on_occasions"


def _name() -> pl.Expr:
    return pl.col("concept_set").str.replace_all("_", " ", literal=True)


def _comparison() -> pl.Expr:
    multiple = pl.concat_str(_number((pl.col("value") * 10) // pl.col("upper_limit") / 10), pl.lit(" x "), _limit())
    beyond = pl.when(pl.col("n_met") > 0).then(pl.lit("above ")).otherwise(pl.lit("not above "))
    times = pl.when(pl.col("n_met") == 1).then(pl.lit(" occasion, ")).otherwise(pl.lit(" occasions from "))
    since = pl.col("first_met").cast(pl.Date).cast(pl.String)
    on_occasions = pl.concat_str(beyond, _size("bar"), pl.lit(" on "), "n_met", times, since)
    return (
        pl.when(pl.col("kind") == "multiple_of_upper_limit")
        .then(multiple)
        .when(pl.col("kind") == "above_upper_limit")
        .then(pl.concat_str(beyond, _limit()))
        .when(pl.col("n_met") > 0)
        .then(on_occasions)
        .otherwise(pl.concat_str(beyond, _size("bar")))
    )


def _limit() -> pl.Expr:
    origin = pl.when(pl.col("range_high") > 0).then(pl.lit("upper limit of ")).otherwise(pl.lit("default upper limit of "))
    return pl.concat_str(origin, _size("upper_limit"))


def _size(column: str) -> pl.Expr:
    return pl.concat_str(_number(pl.col(column)), pl.lit(" "), "unit")


def _number(value: pl.Expr) -> pl.Expr:
    return value.round(2).cast(pl.String).str.strip_suffix(".0")
