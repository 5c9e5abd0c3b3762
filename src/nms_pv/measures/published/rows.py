"""Published proportions -> what each says, and what they say together."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from nms_pv.measures.meta_analysis.pooled import (
    Heterogeneity,
    leave_one_out,
    likelihood_ratio_test,
    pooled_proportion,
    wald_test,
)
from nms_pv.measures.meta_analysis.slopes import size_slope, small_study_slope, year_slope
from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.rows import with_interval
from nms_pv.spec.literature import DRUG_GROUPS, FROM_MEMORY, OUTCOMES, STATUS, PublishedProportion

DEFINITION = "as_published"
GROUP_KIND = "literature"
OVERALL = "overall"
# The infix of the measures that are proportions of an outcome.
INFIX = {"incidence": "", "death": "fatal_", "recurrence": "recurrent_"}
MODEL = "binomial-normal model by maximum likelihood, random effects integrated numerically"
OVER_TAU = "limits with tau integrated over its likelihood and a half-normal prior, scale 2"
METHOD = {
    "pooled": f"{MODEL}; {OVER_TAU}",
    "predicted": f"limits of the proportion of a new study; {OVER_TAU}",
    "predicted_usual": "limits of the proportion of a new study, tau taken as known: Student's t with k - 2 df (Higgins 2009)",
    "tau2": f"variance of log odds between studies; {MODEL}; profile-likelihood interval",
    "i2": "tau^2 / (tau^2 + typical variance within studies (Higgins and Thompson 2002))",
    "i2_corrected": "; half an event added, for that variance alone, to studies with none or all",
    "lrt": "p-value: likelihood-ratio test of one proportion for all studies against one for each",
    "wald": "p-value: Cochran's Q of log odds (Wald test); far too small a Q where events are few",
    "year": f"ratio of odds per 10 years of publication; {MODEL}; {OVER_TAU}",
    "size": f"ratio of odds per tenfold people of a study; {MODEL}; {OVER_TAU}",
    "small": f"ratio of odds of a study of 1,000 people to one without end (Peters); {MODEL}; {OVER_TAU}",
}

Row = dict[str, Any]


class Pool(NamedTuple):
    """Studies that are pooled: one number of each, in order of year and name."""

    outcome: str
    group: str
    stratum: str | None
    studies: pl.DataFrame


def study_rows(proportions: list[PublishedProportion], level: float) -> pl.DataFrame:
    """One row for each published proportion, with the exact interval where both counts are printed.

    Columns measure, group (the study), stratum, numerator, denominator, estimate, low, high, undefined_reason, method. What is
    not pooled with others says why: in `method`, and in `undefined_reason` where there are no counts to show.
    """
    frame = pl.DataFrame(
        [(*_address(p), p.numerator, p.denominator, p.printed, STATUS[p.status], p.why_not) for p in proportions],
        schema={
            "measure": pl.String,
            "group": pl.String,
            "stratum": pl.String,
            "numerator": pl.Int64,
            "denominator": pl.Int64,
            "printed": pl.String,
            "status": pl.String,
            "why_not": pl.String,
        },
        orient="row",
    )
    numerator, denominator = (frame[name].fill_null(0).to_numpy() for name in ("numerator", "denominator"))
    why_not = "; not pooled: " + pl.col("why_not")
    return with_interval(frame, clopper_pearson(numerator, denominator, level)).select(
        "measure",
        "group",
        "stratum",
        "numerator",
        "denominator",
        "estimate",
        "low",
        "high",
        undefined_reason=pl.format("{}; printed: {}", "why_not", "printed"),
        method=pl.lit("people with the outcome / people, as published; Clopper-Pearson interval; ")
        + pl.col("status")
        + why_not.fill_null(""),
    )


def pools(proportions: list[PublishedProportion]) -> list[Pool]:
    """For each outcome all studies and each drug group, with and without what is recalled but not yet verified.

    Numbers of one study that stand in several rows are summed for all drugs, since they are of different people.
    """
    frame = pl.DataFrame(
        [
            (p.outcome, p.drug_group, p.study, p.year, p.numerator, p.denominator, p.status == FROM_MEMORY)
            for p in proportions
            if p.why_not is None
        ],
        schema={
            "outcome": pl.String,
            "drug_group": pl.String,
            "study": pl.String,
            "year": pl.Int64,
            "numerator": pl.Int64,
            "denominator": pl.Int64,
            "is_from_memory": pl.Boolean,
        },
        orient="row",
    )
    verified = frame.filter(~pl.col("is_from_memory"))
    return [
        Pool(outcome, group, stratum, _by_study(some.filter(outcome=outcome), group))
        for outcome in OUTCOMES
        for group in (OVERALL, *DRUG_GROUPS)
        for stratum, some in ((None, frame), ("status=found", verified))
    ]


def pool_rows(pool: Pool, level: float) -> list[Row]:
    """What one pool says: the pooled proportion; for all drugs also all else. Columns as of `study_rows`, without counts."""
    y, n = (pool.studies[name].to_numpy() for name in ("numerator", "denominator"))
    found = pooled_proportion(y, n, level)
    infix, reason, counts = INFIX[pool.outcome], found.undefined_reason, {"numerator": int(y.sum()), "denominator": int(n.sum())}
    together = {"group": pool.group, "stratum": pool.stratum, **counts, "undefined_reason": reason}
    number_of = f"; k = {y.size} studies"
    rows = [_row(f"pooled_{infix}proportion", together, found.pooled, METHOD["pooled"] + number_of)]
    if pool.group != OVERALL:
        return rows
    without_counts = together | {
        "numerator": None,
        "denominator": None,
        "stratum": _joined(f"outcome={pool.outcome}", pool.stratum),
    }
    corrected = METHOD["i2_corrected"] if found.is_corrected else ""
    new_study = together | {"numerator": None, "denominator": None}
    rows.append(_row(f"predicted_{infix}proportion", new_study, found.predicted, METHOD["predicted"] + number_of))
    usual = new_study | {"stratum": _joined(pool.stratum, "tau=as_known")}
    rows.append(_row(f"predicted_{infix}proportion", usual, found.predicted_usual, METHOD["predicted_usual"] + number_of))
    rows.append(_row("heterogeneity_tau2", without_counts, found.tau2, METHOD["tau2"] + number_of))
    rows.append(_row("heterogeneity_i2", without_counts, (found.i2,), METHOD["i2"] + corrected + number_of))
    rows += [
        _row(f"heterogeneity_{name}_p", without_counts | _why(test, reason), (test.p_value,), METHOD[name] + _statistic(test))
        for name, test in (("lrt", likelihood_ratio_test(y, n)), ("wald", wald_test(y, n)))
    ]
    slopes = {
        "year": year_slope(y, n, pool.studies["year"].to_numpy(), level),
        "size": size_slope(y, n, level),
        "small": small_study_slope(y, n, level),
    }
    names = {"year": "year_slope", "size": "size_slope", "small": "small_study_slope"}
    rows += [
        _row(names[name], without_counts | {"undefined_reason": slope.undefined_reason}, slope[:3], METHOD[name] + number_of)
        for name, slope in slopes.items()
    ]
    return rows + list(_without_each(pool, together, y, n, level))


def _without_each(pool: Pool, together: Row, y: np.ndarray, n: np.ndarray, level: float) -> Iterator[Row]:
    measure = f"pooled_{INFIX[pool.outcome]}proportion"
    for name, events, people, (limited, reason) in zip(pool.studies["study"], y, n, leave_one_out(y, n, level), strict=True):
        without = {
            "stratum": _joined(pool.stratum, f"without={name}"),
            "numerator": together["numerator"] - int(events),
            "denominator": together["denominator"] - int(people),
            "undefined_reason": reason,
        }
        yield _row(measure, together | without, limited, f"{METHOD['pooled']}; k = {y.size - 1} studies")


def _by_study(frame: pl.DataFrame, group: str) -> pl.DataFrame:
    return (
        frame.filter((pl.col("drug_group") == group) | (group == OVERALL))
        .group_by("study")
        .agg(pl.col("year").min(), pl.col("numerator", "denominator").sum())
        .sort("year", "study")
    )


def _address(proportion: PublishedProportion) -> tuple[str, str, str]:
    return f"published_{INFIX[proportion.outcome]}proportion", proportion.study, proportion.stratum


def _row(measure: str, address: Row, limited: tuple[float, ...], method: str) -> Row:
    estimate, low, high = (None if np.isnan(value) else float(value) for value in (*limited, np.nan, np.nan)[:3])
    return address | {"measure": measure, "estimate": estimate, "low": low, "high": high, "method": method}


def _why(test: Heterogeneity, reason: str | None) -> Row:
    infinite = "a study has no event, or an event in everybody: its log odds are infinite"
    return {"undefined_reason": infinite if reason is None and np.isnan(test.p_value) else reason}


def _statistic(test: Heterogeneity) -> str:
    return "" if np.isnan(test.statistic) else f"; chi-squared {test.statistic:.1f}, {test.degrees_of_freedom} df"


def _joined(*strata: str | None) -> str:
    return ";".join(stratum for stratum in strata if stratum)
