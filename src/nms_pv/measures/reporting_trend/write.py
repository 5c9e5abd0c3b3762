"""Writes how reporting changes over the years, under the main setting of the study."""

from pathlib import Path

import polars as pl

from nms_pv.measures.grid.groups import antipsychotic_groups
from nms_pv.measures.joinpoint.results import Counted, trend_results
from nms_pv.measures.reporting_trend import results as of
from nms_pv.measures.reporting_trend.counting import (
    UNIVERSE_COLUMNS,
    YearTally,
    add_up,
    by_group,
    tally_part,
    years_at_hand,
)
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Main, Params
from nms_pv.spec.questions import TrendSettings
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS, refuse_not_computed, scan_met
from nms_pv.tables.measures import CURVES
from nms_pv.tables.parts import common_parts

REPORTS = "distinct reports"
COUNTED = Counted(
    "reports",
    REPORTS,
    "years of which the files of all quarters are at hand; reporting, not occurrence",
    1.0,
    "share of the reports of the group: reporting, not occurrence",
)
WIDE = ["all", "antipsychotic", "generation"]
OF_YEAR = "; years of which the files of at least one quarter are at hand; reporting, not occurrence"
METHOD = {
    "ror_by_year": "a d / (b c) among the reports of one year; log-normal (Wald) interval" + OF_YEAR,
    "annual_prr_ratio": (
        "ratio per year of the proportional reporting ratio: binomial regression given the cases of each year; quasi-likelihood "
        "profile interval" + OF_YEAR
    ),
    "reporting_proportion": "a / (a + b); Clopper-Pearson interval; reporting, not occurrence",
    "case_share": "share among the cases, beside that among the other reports of the group; Clopper-Pearson interval",
    "largest_sender_share": "cases of the sender with most cases / cases whose sender is stated; no interval",
    "sender_concentration": "Herfindahl index of the senders of cases, sum of squared shares; no interval",
    "first_reported_year": "year in which a report of the ingredient was first received; no interval",
}


def write_reporting_trend(
    labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, version: str, permuting: TrendSettings
) -> None:
    """Read `labels/verdicts` and `exposure`, write `reporting_trend/results.parquet` and `curves.parquet` below `out`.

    Raises
    ------
    ContractError
        When labels and exposure do not have the same parts, or the main definition has no verdicts.
    """
    main = params.main
    refuse_not_computed(labels, [main.definition])
    groups = antipsychotic_groups(drugs, params.generations)
    tally = add_up(
        [
            tally_part(
                UNIVERSE.scan(exposure / "universe" / part).select(UNIVERSE_COLUMNS).collect(),
                REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part).collect(),
                scan_met(labels / "verdicts" / part, [main.definition]).collect(),
                groups,
                main,
            )
            for part in common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts"))
        ]
    )
    wide, ingredients = by_group(tally, groups, WIDE), by_group(tally, groups, ["ingredient"])
    series = of.of_whole_years(of.yearly_counts(of.counted(wide.cells, main), years_at_hand(tally.quarters, 1)), tally.quarters)
    trend, curves = trend_results(_with_setting(series, main), COUNTED, params.level, permuting)
    rows = [
        result_rows(_with_setting(frame, main), measure, arm="reports", unit=REPORTS, method=METHOD[measure], level=level)
        for measure, frame, level in reporting_frames(wide, ingredients, main, params.level)
    ]
    write_results(pl.concat([*rows, trend]), out / "reporting_trend" / "results.parquet", version)
    CURVES.write(curves, out / "reporting_trend" / "curves.parquet")


def reporting_frames(
    wide: YearTally, ingredients: YearTally, main: Main, level: float
) -> list[tuple[str, pl.DataFrame, float | None]]:
    """Every measure but the joinpoint trend: its name, its frame, and the level of its interval if it has one."""
    years = years_at_hand(wide.quarters, 1)
    cells, of_ingredients = of.counted(wide.cells, main), of.counted(ingredients.cells, main)
    copies = wide.cells.with_columns(probable_duplicate=pl.when("is_representative").then(pl.lit("no")).otherwise(pl.lit("yes")))
    undated = cells.with_columns(
        received_year_known=pl.when(pl.col("received_year").is_null()).then(pl.lit("no")).otherwise(pl.lit("yes"))
    )
    largest, index = of.concentration(wide.senders, years)
    first = of.first_years(of_ingredients, years)
    return [
        ("ror_by_year", of.compared_by_year(cells, years, level), level),
        ("annual_prr_ratio", of.annual_ratios(cells, years, level), level),
        ("reporting_proportion", of.proportion_without_lawyers(cells, years, level), level),
        ("reporting_proportion", of.since_first_report(of_ingredients, first, level), level),
        ("case_share", of.shares(cells, "reporter_type", years, level), level),
        ("case_share", of.shares(cells, "report_type", years, level), level),
        ("case_share", of.shares(undated, "received_year_known", [], level), level),
        ("case_share", of.shares(copies, "probable_duplicate", years, level).with_columns(duplicates=pl.lit("kept")), level),
        ("largest_sender_share", largest, None),
        ("sender_concentration", index, None),
        ("first_reported_year", first, None),
    ]


def _with_setting(frame: pl.DataFrame, main: Main) -> pl.DataFrame:
    """The frame under the main setting; duplicates stay as stated where they are."""
    setting = {"definition": main.definition, "roles": main.roles, "duplicates": main.duplicates}
    return frame.with_columns(pl.lit(value).alias(name) for name, value in setting.items() if name not in frame.columns)
