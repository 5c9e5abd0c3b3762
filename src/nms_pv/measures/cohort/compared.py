"""Person-time -> rates of groups compared with a reference group, crude and adjusted."""

from math import nan

import polars as pl

from nms_pv.measures.cohort.results import EPISODES, cohort_rows
from nms_pv.measures.rates import rate_difference, rate_ratio, why_ratio_undefined
from nms_pv.measures.regression import Fitted, adjusted_rate_ratio
from nms_pv.measures.rows import with_interval
from nms_pv.spec.drugs import DrugTable
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.person_time import ALL

REFERENCE = {"generation": "FGA", "generation_state": "FGA", "formulation": "other", "ingredient": "haloperidol"}
# To adjust for age, sex and year takes more episodes than to compare; with fewer, the crude ratio says what there is to say.
FEWEST_EPISODES = 5
TOO_FEW = Fitted(nan, nan, nan, "regression", f"fewer than {FEWEST_EPISODES} episodes in the group", nan)
PAIR = ["definition", "analysis", "group_kind", "group", "reference"]
METHOD = {
    "rate_ratio": "ratio of rates; exact interval, binomial given all episodes (Clopper-Pearson)",
    "rate_difference": "difference of rates; interval from the Garwood limits of each (MOVER)",
}
SETTING = ["definition", "analysis"]


def pairs(overall: pl.DataFrame, drugs: DrugTable) -> pl.DataFrame:
    """Every group that is compared, and its reference.

    Takes the counts of groups (columns `SETTING`, group_kind, group, events, person_days); adds the columns reference,
    numerator, denominator, reference_numerator and reference_denominator. A reference without person-time counts 0.
    """
    antipsychotics = [drug.ingredient for drug in drugs.drugs.values() if drug.is_antipsychotic]
    references = pl.DataFrame(
        list(REFERENCE.items()), schema={"group_kind": RESULTS.types["group_kind"], "reference": pl.String}, orient="row"
    )
    compared = (pl.col("group_kind") != "ingredient") | pl.col("group").is_in(antipsychotics)
    of_reference = overall.select(
        *SETTING, "group_kind", reference="group", reference_numerator="events", reference_denominator="person_days"
    )
    return (
        overall.filter(compared)
        .join(references, on="group_kind")
        .filter(pl.col("group") != pl.col("reference"))
        .join(of_reference, on=[*SETTING, "group_kind", "reference"], how="left")
        .with_columns(
            pl.col("reference_numerator", "reference_denominator").fill_null(0), numerator="events", denominator="person_days"
        )
        .sort(*SETTING, "group_kind", "group")
    )


def crude_results(compared: pl.DataFrame, level: float) -> pl.DataFrame:
    """Ratio and difference of the rates of each pair."""
    names = ("numerator", "denominator", "reference_numerator", "reference_denominator")
    a, t1, c, t0 = (compared[name].to_numpy() for name in names)
    # The difference lacks nothing but person-time: with an episode on both sides the ratio would not lack more.
    lacking = {"rate_ratio": why_ratio_undefined(a, t1, c, t0), "rate_difference": why_ratio_undefined(a + 1, t1, c + 1, t0)}
    values = {"rate_ratio": rate_ratio(a, t1, c, t0, level), "rate_difference": rate_difference(a, t1, c, t0, level)}
    rows = []
    for measure, found in values.items():
        reason = pl.Series("undefined_reason", lacking[measure].tolist(), pl.String)
        rows.append(cohort_rows(with_interval(compared, found).with_columns(reason), measure, EPISODES, METHOD[measure], level))
    return pl.concat(rows)


def adjusted_results(compared: pl.DataFrame, cells: pl.DataFrame, level: float) -> pl.DataFrame:
    """Ratio of each pair from a regression on its cells of age x sex x year."""
    of_group = {
        tuple(map(str, key)): rows for key, rows in cells.partition_by(*SETTING, "group_kind", "group", as_dict=True).items()
    }
    fitted = []
    for *setting, kind, group, reference, episodes in compared.select(*PAIR, "numerator").iter_rows():
        if 0 < episodes < FEWEST_EPISODES:
            fitted.append(TOO_FEW)
        else:
            exposed, unexposed = (of_group.get((*setting, kind, name), cells.clear()) for name in (group, reference))
            strata = pl.concat([exposed.with_columns(exposed=True), unexposed.with_columns(exposed=False)])
            fitted.append(adjusted_rate_ratio(strata, level))
    return fitted_results(compared, fitted, "adjusted_rate_ratio", level)


def fitted_results(counts: pl.DataFrame, fitted: list[Fitted], measure: str, level: float) -> pl.DataFrame:
    """One row for each fit."""
    names = ["estimate", "low", "high", "method", "undefined_reason"]
    types = {name: RESULTS.types[name] for name in names}
    fits = pl.DataFrame([[getattr(fit, name) for name in names] for fit in fitted], schema=types, orient="row")
    frame = pl.concat([counts, fits.with_columns(pl.col("estimate", "low", "high").fill_nan(None))], how="horizontal")
    return cohort_rows(frame, measure, EPISODES, pl.col("method"), level)


def cells_of_age_sex_year(person_time: pl.DataFrame) -> pl.DataFrame:
    """The rows that are split by age, sex and year."""
    return person_time.filter(pl.all_horizontal(pl.col("age_band", "sex", "year") != ALL))
