"""Treatment that was given: a description of care. No number here, or anywhere, crosses a treatment with an outcome."""

import numpy as np
import polars as pl

from nms_pv.measures.course.cohort_cases import CASE
from nms_pv.measures.course.numbers import VALUES, not_computed, numbers, shares
from nms_pv.measures.onset.quantiles import quantiles
from nms_pv.tables.labels import GIVEN, TREATMENT

# Given against the syndrome itself; stops and restarts of the drug go with nearly all of them.
AGAINST_NMS = [name for name in TREATMENT if not name.startswith("antagonist_")]
WIDE_GROUPS = ["all", "antagonist", "antipsychotic", "generation", "generation_state"]
NONE = "none_documented"
MEDIAN = (0.5,)
WHY_NO_EFFECT = (
    "not computed on purpose. Immortal time: who is treated must have lived until then, and who died first counts as untreated. "
    "Severity: the sickest are treated most. Neither can be undone with what is documented, so that a comparison of treated with "
    "untreated cases would show no effect of treatment. A review of 405 published cases found none on mortality or duration "
    "overall, and lower mortality in severe cases only (Kuhlwilm 2020, doi:10.1111/acps.13215)."
)
SILENCE = "; what is not documented may have been given all the same"
NO_CASE = "no case in the group"
METHOD = {
    "treatment_proportion": f"cases for which it is documented / cases; Clopper-Pearson interval{SILENCE}",
    "treatment_combination_proportion": (
        f"cases given these treatments after the event, and no other that is listed / cases; Clopper-Pearson interval{SILENCE}"
    ),
    "days_to_treatment": (
        "median days from the event to the first start, stop or procedure of that day or later, of cases for which both are "
        "dated to the day; exact interval from order statistics"
    ),
    "treatment_effect": "none",
}


def treatment_shares(documented: pl.DataFrame, cases: pl.DataFrame, shown: pl.DataFrame, unit: str, level: float) -> pl.DataFrame:
    """Share of cases with each treatment, by whether it was given after the event, before it, or at a time not known.

    Parameters
    ----------
    documented
        `labels/treatments`: subject_id, treatment, given.
    cases
        definition, group_kind, group, subject_id.
    shown
        Definitions and groups that have rows even without a case.
    unit
        What was counted.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`, stratum `treatment=dantrolene;given=given`: x of n with the exact binomial interval. Undefined without a case.
        A count of 0 has its reason in the method: the treatment is documented for no case.
    """
    strata = pl.DataFrame({"treatment": list(TREATMENT)}).join(pl.DataFrame({"given": list(GIVEN)}), how="cross")
    texts = documented.select("subject_id", pl.col("treatment", "given").cast(pl.String))
    found = cases.join(texts, on="subject_id").group_by(*CASE, "treatment", "given").agg(numerator=pl.len())
    frame = (
        _with_cases(cases, shown)
        .join(strata, how="cross")
        .join(found, on=[*CASE, "treatment", "given"], how="left")
        .with_columns(
            pl.col("numerator").cast(pl.Int64).fill_null(0),
            stratum=pl.format("treatment={};given={}", "treatment", "given"),
        )
    )
    zero = pl.when(pl.col("numerator") == 0).then(pl.lit("; 0: documented for no case, which is no evidence that none had it"))
    method = pl.lit(METHOD["treatment_proportion"]) + zero.otherwise(pl.lit(""))
    return shares(frame, "treatment_proportion", unit, method, NO_CASE, level)


def combination_shares(documented: pl.DataFrame, cases: pl.DataFrame, unit: str, level: float) -> pl.DataFrame:
    """Share of cases with each combination of treatments against the syndrome given after the event.

    Parameters and result as `treatment_shares`, stratum `given=bromocriptine+dantrolene`, or `given=none_documented`; the
    strata of a group add up to its cases.
    """
    given = (
        documented.filter(pl.col("given") == "given", pl.col("treatment").cast(pl.String).is_in(AGAINST_NMS))
        .group_by("subject_id")
        .agg(stratum=pl.col("treatment").cast(pl.String).unique().sort().str.join("+"))
    )
    counts = (
        _wide(cases)
        .join(given, on="subject_id", how="left")
        .with_columns(stratum="given=" + pl.col("stratum").fill_null(NONE))
        .group_by(*CASE, "stratum")
        .agg(numerator=pl.len().cast(pl.Int64))
        .with_columns(denominator=pl.col("numerator").sum().over(CASE))
    )
    measure = "treatment_combination_proportion"
    return shares(counts, measure, unit, METHOD[measure], NO_CASE, level)


def days_to_treatment(
    delays: pl.DataFrame, cases: pl.DataFrame, documented: pl.DataFrame, unit: str, level: float
) -> pl.DataFrame:
    """Median days from the event to each treatment given after it.

    Parameters
    ----------
    delays
        `treatment_delays`: subject_id, treatment, days.
    cases, documented, unit, level
        As for `treatment_shares`.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`, stratum `treatment=dantrolene`: `numerator` cases with a known delay of `denominator` cases given it.
        Unit of the estimate: days. Limits as for `quantiles`, empty where too few are dated to have one;
        undefined where no delay is known.

    Notes
    -----
    Only of those who were treated: how soon, not how often. Cases that could not be treated because they died first are not in
    it.
    """
    given = documented.filter(pl.col("given") == "given").select("subject_id", pl.col("treatment").cast(pl.String))
    counted = _wide(cases).join(given, on="subject_id").join(delays, on=["subject_id", "treatment"], how="left")
    by_group = (
        counted.group_by(*CASE, "treatment")
        .agg(
            denominator=pl.len(),
            numerator=pl.col("days").count(),
            days=pl.col("days").drop_nulls(),
        )
        .sort(*CASE, "treatment")
    )
    found = [np.stack(quantiles(days.to_numpy(), MEDIAN, level))[:, 0] for days in by_group["days"]]
    values = pl.DataFrame(np.reshape(found, (-1, 3)), schema=dict.fromkeys(VALUES, pl.Float64), orient="row")
    frame = pl.concat(
        [by_group.drop("days"), values.with_columns(pl.when(pl.all().is_finite()).then(pl.all()))], how="horizontal"
    )
    told = frame.with_columns(
        stratum="treatment=" + pl.col("treatment"),
        undefined_reason=pl.lit("for no case are event and treatment dated to the day"),
    )
    return numbers(told, "days_to_treatment", unit, METHOD["days_to_treatment"])


def no_treatment_effect(groups: pl.DataFrame, unit: str) -> pl.DataFrame:
    """One row for each definition that says why no effect of treatment is told; columns of `groups` are those of the address."""
    return not_computed(groups, "treatment_effect", unit, METHOD["treatment_effect"], WHY_NO_EFFECT)


def treatment_delays(
    documented: pl.DataFrame, courses: pl.DataFrame, findings: pl.DataFrame, event_days: pl.DataFrame
) -> pl.DataFrame:
    """Days from the event to the earliest dated course, stop or procedure that a given treatment rests on.

    Parameters
    ----------
    documented
        `labels/treatments`.
    courses, findings
        `evidence/exposures` and `evidence/findings` of the same subjects.
    event_days
        subject_id, event_day (known to the day).

    Returns
    -------
    Columns subject_id, treatment, days. A treatment without an exact day, or dated before the event, has no row.
    """
    given = documented.filter(pl.col("given") == "given").with_columns(pl.col("treatment").cast(pl.String))
    is_stop = pl.col("treatment") == "antagonist_stopped"
    exact = {side: pl.when(pl.col(f"{side}_day_precision") == "day").then(f"{side}_day") for side in ("start", "end")}
    of_course = courses.select("subject_id", "course_no", *(day.alias(f"{side}_at") for side, day in exact.items())).unique()
    by_course = (
        _numbered(given, "course_nos", "course_no")
        .join(of_course, on=["subject_id", "course_no"])
        .select("subject_id", "treatment", day=pl.when(is_stop).then("end_at").otherwise("start_at"))
    )
    by_finding = (
        _numbered(given, "finding_nos", "finding_no")
        .join(findings.filter(pl.col("day_precision") == "day"), on=["subject_id", "finding_no"])
        .select("subject_id", "treatment", "day")
    )
    return (
        pl.concat([by_course, by_finding])
        .join(event_days, on="subject_id")
        .with_columns(days=pl.col("day") - pl.col("event_day"))
        .filter(pl.col("days") >= 0)
        .group_by("subject_id", "treatment")
        .agg(pl.col("days").min())
        .sort("subject_id", "treatment")
    )


def _numbered(given: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    return (
        given.filter(pl.col(column) != "")
        .select("subject_id", "treatment", pl.col(column).str.split(";").alias(name))
        .explode(name)
        .with_columns(pl.col(name).cast(pl.Int32))
    )


def _with_cases(cases: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    counts = cases.group_by(CASE).agg(denominator=pl.len().cast(pl.Int64))
    return _wide(shown).join(counts, on=CASE, how="left").with_columns(pl.col("denominator").fill_null(0))


def _wide(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("group_kind").is_in(WIDE_GROUPS))
