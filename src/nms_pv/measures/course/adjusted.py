"""Odds of death of cases, each characteristic given the others, by Firth's logistic regression."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from nms_pv.measures.course.numbers import VALUES, numbers
from nms_pv.measures.course.report_cases import ReportCases
from nms_pv.measures.interval import Flags, Floats
from nms_pv.measures.logistic.firth import METHOD, firth
from nms_pv.measures.logistic.patterns import Fitted
from nms_pv.spec.drugs import GENERATIONS

MEASURE = "adjusted_death_odds_ratio"
FIRST = "FGA"
SEVERAL = "several"
YEARS_OF_AGE = 10
DAYS_PER_YEAR = 365.25
SEXES = ["female", "male"]
SUBJECT: dict[str, type[pl.DataType]] = {
    "died": pl.Boolean,
    "generation": pl.String,
    "long_acting": pl.Boolean,
    "sex": pl.String,
    "age": pl.Float64,
    "year": pl.Int64,
}
NOBODY_THERE = "nobody of the group, or of its reference, is among those fitted"


class _Term(NamedTuple):
    """A column of the regression: what it is of, who has it, and whom they are compared with."""

    group_kind: str
    group: str
    reference: str | None
    members: Flags
    against: Flags
    column: Floats


def subjects_of_reports(found: ReportCases, definition: str) -> pl.DataFrame:
    """Cases that name an antipsychotic and whose outcome is known; columns of `SUBJECT`.

    The generation is `several` where a report names more than one; long-acting where any of its antipsychotics is.
    """
    generations = found.members.filter(pl.col("group_kind") == "generation").group_by("subject_id")
    depots = found.members.filter(pl.col("group_kind") == "formulation", pl.col("group") == "long_acting")["subject_id"]
    one_or_several = pl.when(pl.len() == 1).then(pl.col("group").first()).otherwise(pl.lit(SEVERAL))
    return (
        found.cases.filter(pl.col("definition") == definition, pl.col("is_fatal").is_not_null())
        .join(generations.agg(generation=one_or_several), on="subject_id")
        .sort("subject_id")
        .select(
            "generation",
            "sex",
            died="is_fatal",
            long_acting=pl.col("subject_id").is_in(depots.implode()),
            age="age_years",
            year="received_year",
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SUBJECT.items())
    )


def subjects_of_cohort(first: pl.DataFrame, definition: str, days: int) -> pl.DataFrame:
    """Persons at their first episode on an antipsychotic who died within so many days or were observed until then.

    Columns of `SUBJECT`. The generation is the state of the day: `mixed` and `switch` are of no single one.
    """
    of_definition = first.filter(pl.col("definition") == definition)
    states = of_definition.filter(pl.col("group_kind") == "generation_state").select("subject_id", generation="group")
    depots = of_definition.filter(pl.col("group_kind") == "formulation", pl.col("group") == "long_acting")["subject_id"]
    died = (pl.col("death_day") - pl.col("start_day") <= days).fill_null(False)
    return (
        of_definition.filter(pl.col("group_kind") == "antipsychotic")
        .filter(died | (pl.col("seen_until") - pl.col("start_day") >= days))
        .join(states, on="subject_id")
        .sort("subject_id")
        .select(
            "generation",
            "sex",
            died=died,
            long_acting=pl.col("subject_id").is_in(depots.implode()),
            age=(pl.col("start_day") - pl.col("birth_day")) / DAYS_PER_YEAR,
            year=pl.col("start_day").cast(pl.Date).dt.year(),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SUBJECT.items())
    )


def adjusted_odds(subjects: pl.DataFrame, address: dict[str, str], kind: str, unit: str, level: float) -> pl.DataFrame:
    """Odds ratios of death: generations against the first, long-acting or not, men against women, age and year.

    Parameters
    ----------
    subjects
        Columns of `SUBJECT`, one row each.
    address
        Columns that all rows share: definition, and analysis or roles and duplicates.
    kind
        Group kind of the generations.
    unit
        What was counted.
    level
        Nominal coverage, between 0 and 1.

    Returns
    -------
    pl.DataFrame
        `NUMBERS`: ``exp(beta)`` of each column in one Firth regression of death on all of them, with those of several
        generations as a group of their own. Counts are deaths and subjects of the group and of its reference; for age and year
        of all. Unit: none (odds ratio; per 10 years of age, per calendar year).

    Notes
    -----
    Undefined when a side is empty, and as for `firth`. Who lacks age, sex or year is left out; how many is said in the method.
    Adjusted for no more than these: severity is not known, so this describes and says nothing about a cause.
    """
    known = subjects.filter(pl.col("sex").is_in(SEXES)).drop_nulls()
    terms = _terms(known, kind)
    several = (known["generation"] == SEVERAL).to_numpy().astype(np.float64)
    design = np.column_stack([np.ones(known.height), several, *(term.column for term in terms)])
    died = known["died"].to_numpy().astype(np.int64)
    fits = firth(design, died, np.ones(known.height), range(2, len(terms) + 2), level)
    method = (
        f"{METHOD}; death on generation, formulation, sex, age and calendar year together, N = {known.height}; left out because "
        f"age, sex or year is not known: {subjects.height - known.height}"
    )
    rows = [_row(term, fit, died) | address for term, fit in zip(terms, fits, strict=True)]
    return numbers(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(VALUES).fill_nan(None)), MEASURE, unit, method
    )


def _terms(known: pl.DataFrame, kind: str) -> list[_Term]:
    generation, sex = known["generation"].to_numpy(), known["sex"].to_numpy()
    depot = known["long_acting"].to_numpy()
    everyone, nobody = np.ones(known.height, dtype=bool), np.zeros(known.height, dtype=bool)
    others = sorted({*GENERATIONS, *generation.tolist()} - {FIRST, SEVERAL})
    groups = [(kind, name, FIRST, generation == name, generation == FIRST) for name in others]
    groups += [
        ("formulation", "long_acting", "other", depot, ~depot),
        ("covariate", "male", "female", sex == "male", sex == "female"),
    ]
    terms = [_Term(*group, group[3].astype(np.float64)) for group in groups]
    decades = known["age"].to_numpy() / YEARS_OF_AGE
    years = (known["year"] - known["year"].min()).to_numpy().astype(np.float64) if known.height else np.zeros(0)
    steps = {f"age, per {YEARS_OF_AGE} years": decades, "calendar year": years}
    return terms + [_Term("covariate", name, None, everyone, nobody, column) for name, column in steps.items()]


def _row(term: _Term, fit: Fitted, died: npt.NDArray[np.int64]) -> dict[str, object]:
    """Counts of both sides and the odds ratio; a side that is empty says so, whatever the penalty makes of it."""
    sides = [(int(died[side].sum()), int(side.sum())) for side in (term.members, term.against)]
    is_empty = sides[0][1] == 0 or (term.reference is not None and sides[1][1] == 0)
    estimate, low, high, reason = (np.nan, np.nan, np.nan, NOBODY_THERE) if is_empty else fit
    against = sides[1] if term.reference else (None, None)
    return {
        "group_kind": term.group_kind,
        "group": term.group,
        "reference": term.reference,
        "numerator": sides[0][0],
        "denominator": sides[0][1],
        "reference_numerator": against[0],
        "reference_denominator": against[1],
        "estimate": estimate,
        "low": low,
        "high": high,
        "undefined_reason": reason,
    }
