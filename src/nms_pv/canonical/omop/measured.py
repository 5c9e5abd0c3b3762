"""Coded measurements -> values in the unit of their concept set, within what is believed."""

import polars as pl

from nms_pv.canonical.omop.coding import KINDS
from nms_pv.canonical.omop.issues import count_record_issues
from nms_pv.canonical.omop.study import CohortStudy
from nms_pv.spec.measurements import DECIMALS
from nms_pv.tables.cohort import MEASUREMENTS

MEASUREMENT = KINDS["measurement"]
RULES = {"concept_set": pl.String, "our_unit": pl.String, "believed_low": pl.Float64, "believed_high": pl.Float64}
UNITS = {"concept_set": pl.String, "unit_key": pl.String, "factor": pl.Float64, "offset": pl.Float64}
# Many models fill an unknown time with midnight, so midnight is no time.
MIDNIGHT = r"00:00:00(\.0+)?$"


def measured_values(
    rows: pl.DataFrame, units_of_concepts: pl.DataFrame, study: CohortStudy
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Convert each value, and leave out those without a number, without a listed unit, or beyond belief.

    The unit is the code of the unit's concept, else the words of the source; upper and lower case are the same.

    Parameters
    ----------
    rows
        Coded records of table measurement.
    units_of_concepts
        Columns unit_concept_id, unit_code.

    Returns
    -------
    Rows of `canonical/measurements` and of `canonical/value_issues`, and the rows that left by reason.

    """
    known = _with_units(rows, units_of_concepts, study)
    reason = (
        pl.when(pl.col("value_as_number").is_null())
        .then(pl.lit("no_value"))
        .when(pl.col("factor").is_null())
        .then(pl.lit("unit_not_listed"))
        .when(~_is_believed("value"))
        .then(pl.lit("beyond_believed_range"))
    )
    judged = known.with_columns(_converted("value_as_number").alias("value"), _converted("range_high").alias("limit"))
    judged = judged.with_columns(reason=reason)
    kept = judged.filter(pl.col("reason").is_null())
    limit_reason = pl.when(pl.col("limit").is_not_null() & ~_is_believed("limit")).then(pl.lit("beyond_believed_range"))
    day = pl.col(MEASUREMENT.start).cast(pl.Date).cast(pl.String)
    has_time = ~pl.col("measurement_datetime").str.contains(MIDNIGHT)
    values = kept.with_columns(
        occasion=pl.when(has_time).then("measurement_datetime").otherwise(day),
        range_high=pl.when(_is_believed("limit")).then("limit"),
    ).rename({MEASUREMENT.start: "day", "our_unit": "unit"})
    unbelieved = pl.when(pl.col("reason") != "no_value").then("reason")
    said = pl.concat_str([pl.col("value_as_number").cast(pl.String), pl.lit(" "), pl.col("unit_said")])
    issues = [
        count_record_issues(judged, MEASUREMENT, "value_as_number", unbelieved, said),
        count_record_issues(kept, MEASUREMENT, "range_high", limit_reason, pl.col("range_high").cast(pl.String)),
    ]
    left = {
        name: judged.filter(pl.col("reason") == name).height for name in ("no_value", "unit_not_listed", "beyond_believed_range")
    }
    return values.select(list(MEASUREMENTS.types)), pl.concat(issues), left


def _with_units(rows: pl.DataFrame, units_of_concepts: pl.DataFrame, study: CohortStudy) -> pl.DataFrame:
    """Add our unit, the believed range, and the unit as it is said with its factor and offset (null where not listed)."""
    rules = pl.DataFrame(
        [(r.concept_set, r.unit, r.believed_low, r.believed_high) for r in study.quantities.values()],
        schema=RULES,
        orient="row",
    )
    units = pl.DataFrame([(u.concept_set, u.unit.lower(), u.factor, u.offset) for u in study.units], schema=UNITS, orient="row")
    said = pl.coalesce("unit_code", pl.col("unit_source_value").str.strip_chars(), pl.lit(""))
    return (
        rows.join(rules, on="concept_set")
        .join(units_of_concepts, on="unit_concept_id", how="left")
        .with_columns(unit_said=said, unit_key=said.str.to_lowercase())
        .join(units, on=["concept_set", "unit_key"], how="left")
    )


def _converted(column: str) -> pl.Expr:
    """In our unit, without the error that arithmetic leaves in the last digits: 100.4 degrees Fahrenheit are 38 Celsius."""
    return (pl.col(column) * pl.col("factor") + pl.col("offset")).round(DECIMALS)


def _is_believed(column: str) -> pl.Expr:
    return pl.col(column).is_between(pl.col("believed_low"), pl.col("believed_high"))
