"""Numbers of reports by year -> what reporting did, and what else changed in the same years."""

import polars as pl

from nms_pv.measures.proportions import clopper_pearson
from nms_pv.measures.reporting_trend.comparison import annual_ratio, herfindahl
from nms_pv.measures.reporting_trend.counting import QUARTERS, years_at_hand
from nms_pv.measures.reports.disproportionality import ror
from nms_pv.measures.rows import with_interval
from nms_pv.spec.params import Main
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED

GROUP = ["group_kind", "group"]
LAWYER = "lawyer"
WITHOUT = "without=lawyer"
COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]
# Lower bounds of years since the first report of an ingredient.
SINCE_FIRST = {"0": (0, 0), "1": (1, 1), "2": (2, 2), "3-4": (3, 4), "5-9": (5, 9), "10+": (10, 999)}
NO_OTHER = "a cell of the 2x2 table of the year is empty"


def counted(cells: pl.DataFrame, main: Main) -> pl.DataFrame:
    """The cells that count under the main setting of duplicates."""
    return cells.filter(pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[main.duplicates]))


def yearly_counts(cells: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Cases (numerator) and reports (denominator) of each group and year, and of all other reports of the year (reference)."""
    of_year = cells.filter(pl.col("received_year").is_in(years)).rename({"received_year": "year"})
    sums = of_year.group_by(*GROUP, "year").agg(numerator=pl.col("cases").sum(), denominator=pl.col("reports").sum())
    every = sums.select(GROUP).unique().join(sums.select("year").unique(), how="cross")
    whole = sums.filter(group_kind="all").select("year", all_cases="numerator", all_reports="denominator")
    return (
        every.join(sums, on=[*GROUP, "year"], how="left")
        .join(whole, on="year")
        .with_columns(pl.col("numerator", "denominator").fill_null(0), pl.col("year").cast(pl.Int64))
        .with_columns(
            reference_numerator=pl.col("all_cases") - pl.col("numerator"),
            reference_denominator=pl.col("all_reports") - pl.col("denominator"),
        )
        .select(*GROUP, "year", *COUNTS)
        .sort(*GROUP, "year")
    )


def of_whole_years(series: pl.DataFrame, quarters: frozenset[str]) -> pl.DataFrame:
    """Yearly counts in which years that lack the files of a quarter hold no reports, so that no trend is made of them."""
    is_whole = pl.col("year").is_in(years_at_hand(quarters, QUARTERS))
    return series.with_columns(pl.when(is_whole).then(pl.col("numerator", "denominator")).otherwise(0))


def compared_by_year(cells: pl.DataFrame, years: list[int], level: float) -> pl.DataFrame:
    """Reporting odds ratio against all other reports of the same year, with all reports and without those of lawyers."""
    frame = _stratified(cells, years).filter(pl.col("group_kind") != "all")
    a, n1, c, n0 = (frame[name].to_numpy() for name in COUNTS)
    return with_interval(frame, ror(a, n1 - a, c, n0 - c, level)).with_columns(undefined_reason=pl.lit(NO_OTHER))


def proportion_without_lawyers(cells: pl.DataFrame, years: list[int], level: float) -> pl.DataFrame:
    """Reporting proportion by year without reports of lawyers; that of all reports stands in `measures/results` already."""
    frame = _stratified(cells, years).filter(pl.col("stratum").str.ends_with(WITHOUT)).drop(COUNTS[2:])
    found = clopper_pearson(frame["numerator"], frame["denominator"], level)
    return with_interval(frame, found).with_columns(undefined_reason=pl.lit("the group has no reports"))


def annual_ratios(cells: pl.DataFrame, years: list[int], level: float) -> pl.DataFrame:
    """Annual ratio of the reporting ratio of every group, with all reports and without those of lawyers."""
    rows = []
    for stratum, used in ((None, cells), (WITHOUT, _without_lawyers(cells))):
        counts = yearly_counts(used, years).filter(pl.col("group_kind") != "all")
        for (kind, group), of_group in sorted(counts.partition_by(GROUP, as_dict=True).items()):
            a, n1, c, n0 = (of_group[name].to_numpy() for name in COUNTS)
            found = annual_ratio(of_group["year"].to_numpy(), a, n1, c, n0, level)
            sums = [of_group[name].sum() for name in COUNTS]
            rows.append((kind, group, stratum, *sums, found.estimate, found.low, found.high, found.undefined_reason))
    types = {"group_kind": pl.String, "group": pl.String, "stratum": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}
    floats = dict.fromkeys(("estimate", "low", "high"), pl.Float64)
    frame = pl.DataFrame(rows, schema={**types, **floats, "undefined_reason": pl.String}, orient="row")
    return frame.with_columns(pl.col("estimate", "low", "high").fill_nan(None))


def shares(cells: pl.DataFrame, property_name: str, years: list[int], level: float) -> pl.DataFrame:
    """Share of each value of a column among the cases of each group, by year and in all; beside it that of its other reports."""
    long = cells.with_columns(value=property_name + "=" + pl.col(property_name).cast(pl.String))
    parts = []
    for year, of_year in _years_and_all(long, years):
        sums = of_year.group_by(*GROUP, "value").agg(pl.col("cases", "reports").sum())
        whole = sums.group_by(GROUP).agg(all_cases=pl.col("cases").sum(), all_reports=pl.col("reports").sum())
        every = whole.join(long.select("value").unique(), how="cross")
        stratum = pl.concat_str(pl.lit(year, pl.String), "value", separator=";", ignore_nulls=True)
        parts.append(
            every.join(sums, on=[*GROUP, "value"], how="left")
            .with_columns(pl.col("cases", "reports").fill_null(0))
            .select(
                *GROUP,
                stratum=stratum,
                numerator="cases",
                denominator="all_cases",
                reference_numerator=pl.col("reports") - pl.col("cases"),
                reference_denominator=pl.col("all_reports") - pl.col("all_cases"),
            )
        )
    frame = pl.concat(parts)
    found = clopper_pearson(frame["numerator"], frame["denominator"], level)
    return with_interval(frame, found).with_columns(undefined_reason=pl.lit("no report of the group meets the definition"))


def concentration(senders: pl.DataFrame, years: list[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Share of the largest sender among cases whose sender is stated (stratum `year=2012;sender=...`), and Herfindahl's index."""
    largest, index = [], []
    for year, of_year in _years_and_all(senders.filter(pl.col("sender").is_not_null()), years):
        sums = of_year.group_by(*GROUP, "sender").agg(pl.col("cases").sum()).sort(*GROUP, "cases", "sender", descending=True)
        for (kind, group), of_group in sorted(sums.partition_by(GROUP, as_dict=True).items()):
            most, name, n = of_group["cases"][0], _plain(of_group["sender"][0]), of_group["cases"].sum()
            stratum = ";".join(part for part in (year, f"sender={name}") if part)
            largest.append((kind, group, stratum, most, n, most / n))
            index.append((kind, group, year, None, n, herfindahl(of_group["cases"])))
    types = {"group_kind": pl.String, "group": pl.String, "stratum": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}
    first, second = (
        pl.DataFrame(rows, schema={**types, "estimate": pl.Float64}, orient="row").with_columns(
            low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64), undefined_reason=pl.lit(None, pl.String)
        )
        for rows in (largest, index)
    )
    return first, second


def first_years(cells: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Year of the first report of each ingredient (estimate); undefined where it was reported before the files begin."""
    first = (
        cells.filter(group_kind="ingredient")
        .group_by(GROUP)
        .agg(first=pl.col("received_year").min(), numerator=pl.col("cases").sum(), denominator=pl.col("reports").sum())
    )
    is_known = pl.col("first") > min(years, default=0)
    return first.with_columns(
        estimate=pl.when(is_known).then(pl.col("first").cast(pl.Float64)),
        low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64),
        undefined_reason=pl.lit("reported in the first year at hand or before: its first year is not known"),
    ).drop("first")


def since_first_report(cells: pl.DataFrame, first: pl.DataFrame, level: float) -> pl.DataFrame:
    """Reporting proportion of each ingredient whose first year is known, by years since (stratum `years_since_first=3-4`)."""
    known = first.filter(pl.col("estimate").is_not_null()).select(*GROUP, first=pl.col("estimate").cast(pl.Int32))
    since = pl.col("received_year") - pl.col("first")
    band = pl.coalesce(pl.when(since.is_between(*ends)).then(pl.lit(name)) for name, ends in SINCE_FIRST.items())
    frame = (
        cells.join(known, on=GROUP)
        .with_columns(stratum="years_since_first=" + band)
        .filter(pl.col("stratum").is_not_null())
        .group_by(*GROUP, "stratum")
        .agg(numerator=pl.col("cases").sum(), denominator=pl.col("reports").sum())
    )
    found = clopper_pearson(frame["numerator"], frame["denominator"], level)
    return with_interval(frame, found).with_columns(undefined_reason=pl.lit(None, pl.String))


def _stratified(cells: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    """Yearly counts with stratum `year=2012`, and without lawyers `year=2012;without=lawyer`."""
    year = "year=" + pl.col("year").cast(pl.String)
    return pl.concat(
        [
            yearly_counts(cells, years).with_columns(stratum=year),
            yearly_counts(_without_lawyers(cells), years).with_columns(stratum=year + f";{WITHOUT}"),
        ]
    )


def _without_lawyers(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.filter(pl.col("reporter_type") != LAWYER)


def _years_and_all(rows: pl.DataFrame, years: list[int]) -> list[tuple[str | None, pl.DataFrame]]:
    """The rows of each year, named `year=2012`, and all rows, whatever their year, without a name."""
    return [(None, rows), *((f"year={year}", rows.filter(received_year=year)) for year in years)]


def _plain(sender: str) -> str:
    """A name that cannot be taken for parts of an address."""
    return sender.replace("/", " ").replace(";", " ")
