"""Death and seriousness of cases, by drug group and year."""

import polars as pl

from nms_pv.measures.course.cohort_cases import CASE
from nms_pv.measures.course.numbers import shares
from nms_pv.measures.course.report_cases import ReportCases
from nms_pv.measures.reports.results import CASES_OF_KNOWN_OUTCOME, METHOD
from nms_pv.spec.params import Main

# Their rows without years stand among the other measures of one report already.
ELSEWHERE = ["all", "generation"]
BY_YEAR = [*ELSEWHERE, "antagonist"]
BY_YEAR_OF_COHORT = ["antipsychotic", "antagonist", "generation"]
PERSONS = "persons, at their first episode that counts in the group"
NO_CASE = "no episode counts in the group"
NOT_SEEN = "nobody in the group died or was observed so long"


def report_outcomes(found: ReportCases, main: Main, level: float) -> pl.DataFrame:
    """Share of cases with outcome death, and with a seriousness code, of those whose outcome is known.

    Exact binomial interval. Unit: distinct reports. Undefined without a case whose outcome is known. A share of reports, never
    of patients: fatal cases are reported more readily. By group; by year of receipt for all cases, all antagonists and the
    generations.
    """
    named = found.members.join(found.cases, on="subject_id")
    definitions = found.cases.select("definition").unique()
    groups = definitions.join(found.shown.filter(~pl.col("group_kind").is_in(ELSEWHERE)), how="cross")
    years = found.cases.select(stratum=_year()).unique()
    by_year = definitions.join(found.shown.filter(pl.col("group_kind").is_in(BY_YEAR)), how="cross").join(years, how="cross")
    overall = groups.with_columns(stratum=pl.lit(None, pl.String))
    setting = {"roles": pl.lit(main.roles), "duplicates": pl.lit(main.duplicates)}
    parts = []
    for outcome in ("fatal", "serious"):
        column = pl.col(f"is_{outcome}")
        counted = {"cases": pl.len(), "numerator": column.sum(), "denominator": column.count()}
        for wanted, stratum in ((overall, pl.lit(None, pl.String)), (by_year, _year())):
            counts = named.with_columns(stratum=stratum).group_by(*CASE, "stratum").agg(**counted)
            frame = _filled(wanted, counts, [*CASE, "stratum"]).with_columns(**setting)
            measure = f"{outcome}_proportion"
            parts.append(shares(frame, measure, CASES_OF_KNOWN_OUTCOME, METHOD[measure], _no_known_outcome(), level))
    return pl.concat(parts)


def deaths_of_cohort(first: pl.DataFrame, shown: pl.DataFrame, analysis: str, days: int, level: float) -> pl.DataFrame:
    """Share of persons who died within so many days of the first day of their first episode in the group, day 0 to `days`.

    Exact binomial interval. Denominator: who died by then, or was observed until then alive; who left earlier is in neither,
    and `death_unknown_proportion` is their share of all. Deaths after the end of observation are not counted: only of those who
    died would one know. Any cause. Undefined when nobody died or was observed so long. The cumulative share that uses those who
    left, too, is `died_proportion`.
    """
    died = (pl.col("death_day") - pl.col("start_day") <= days).fill_null(False)
    is_known = died | (pl.col("seen_until") - pl.col("start_day") >= days)
    counted = {"cases": pl.len(), "numerator": died.sum(), "denominator": is_known.sum()}
    on = [*CASE, "stratum"]
    overall = first.with_columns(stratum=pl.lit(None, pl.String)).group_by(on).agg(**counted)
    year = "year=" + pl.col("start_day").cast(pl.Date).dt.year().cast(pl.String)
    wide = first.filter(pl.col("group_kind").is_in(BY_YEAR_OF_COHORT))
    by_year = wide.with_columns(stratum=year).group_by(on).agg(**counted)
    wanted = pl.concat([shown.with_columns(stratum=pl.lit(None, pl.String)).select(on), by_year.select(on)])
    frame = _filled(wanted, pl.concat([overall, by_year]), on)
    frame = frame.with_columns(analysis=pl.lit(analysis))
    left = frame.with_columns(numerator=pl.col("cases") - pl.col("denominator"), denominator="cases")
    no_case = pl.lit(NO_CASE)
    nobody = pl.when(pl.col("cases") == 0).then(no_case).otherwise(pl.lit(NOT_SEEN))
    within = f"within {days} days of the first day of the episode"
    died_by = f"died {within}, from any cause / died by then or observed until then; Clopper-Pearson interval"
    left_by = f"left observation alive {within} / all; Clopper-Pearson interval"
    return pl.concat(
        [
            shares(frame, "death_proportion", PERSONS, died_by, nobody, level),
            shares(left, "death_unknown_proportion", PERSONS, left_by, no_case, level),
        ]
    )


def _filled(wanted: pl.DataFrame, counts: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return wanted.join(counts, on=on, how="left", nulls_equal=True).with_columns(
        pl.col("cases", "numerator", "denominator").cast(pl.Int64).fill_null(0)
    )


def _year() -> pl.Expr:
    return ("year=" + pl.col("received_year").cast(pl.String)).fill_null("year_unknown")


def _no_known_outcome() -> pl.Expr:
    no_case = pl.when(pl.col("cases") == 0).then(pl.lit("no report of the group meets the definition"))
    return no_case.otherwise(pl.lit("the outcome of no report that meets the definition is known"))
