"""Coded drug exposures -> the days they cover."""

import polars as pl

from nms_pv.canonical.omop.coding import KINDS
from nms_pv.canonical.omop.issues import count_record_issues, day_text
from nms_pv.tables.cohort import DRUG_EXPOSURES, END_RULE

DRUG = KINDS["drug"]


def covered_days(rows: pl.DataFrame, longest_course_days: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The last day of each drug exposure by the first rule that fits, and the ends and supplies that are not believed.

    1. the recorded end, if it is not before the start and at most `longest_course_days` after it;
    2. start + days of supply - 1, if the supply is 1 to `longest_course_days`;
    3. the start.
    A long-acting product covers at least its dosing interval from the start on.

    Parameters
    ----------
    rows
        Coded records of table drug_exposure, with columns concept_set (the ingredient), formulation and interval_days.

    Returns
    -------
    Rows of `canonical/drug_exposures` and of `canonical/value_issues`.

    """
    start, end, supply = pl.col("start_day"), pl.col("drug_exposure_end_date"), pl.col("days_supply")
    end_reason, supply_reason = _end_reason(longest_course_days), _supply_reason(longest_course_days)
    dated = rows.rename({"concept_set": "ingredient", DRUG.start: "start_day"})
    covered = (
        dated.lazy()
        .with_columns(
            end_rule=pl.when(end.is_not_null() & end_reason.is_null())
            .then(_rule("reported_end"))
            .when(supply.is_not_null() & supply_reason.is_null())
            .then(_rule("days_supply"))
            .otherwise(_rule("one_day"))
        )
        .with_columns(
            end_day=pl.when(pl.col("end_rule") == "reported_end")
            .then(end)
            .when(pl.col("end_rule") == "days_supply")
            .then(start + supply - 1)
            .otherwise(start)
        )
        .with_columns(next_dose=start + pl.col("interval_days") - 1)
        .with_columns(
            end_day=pl.max_horizontal("end_day", "next_dose"),
            end_rule=pl.when(pl.col("next_dose") > pl.col("end_day")).then(_rule("dosing_interval")).otherwise("end_rule"),
        )
        .select(list(DRUG_EXPOSURES.types))
        .collect()
    )
    issues = [
        count_record_issues(dated, DRUG, "drug_exposure_end_date", end_reason, day_text("drug_exposure_end_date")),
        count_record_issues(dated, DRUG, "days_supply", supply_reason, supply.cast(pl.String)),
    ]
    return covered, pl.concat(issues)


def _rule(name: str) -> pl.Expr:
    return pl.lit(name, pl.Enum(list(END_RULE)))


def _end_reason(longest: int) -> pl.Expr:
    days_after = pl.col("drug_exposure_end_date") - pl.col("start_day")
    return pl.when(days_after < 0).then(pl.lit("end_before_start")).when(days_after > longest).then(pl.lit("end_too_late"))


def _supply_reason(longest: int) -> pl.Expr:
    supply = pl.col("days_supply")
    return pl.when(supply < 1).then(pl.lit("supply_not_positive")).when(supply > longest).then(pl.lit("supply_too_long"))
