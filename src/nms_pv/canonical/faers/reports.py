"""Report rows of one quarter -> canonical/reports without its duplicate columns."""

import polars as pl

from nms_pv.canonical.faers.countries import country_code
from nms_pv.canonical.faers.values import KG_PER, YEARS_PER, Value, believe, cell, coded, dated, measured, quarter_end, words
from nms_pv.spec.source import FaersSpec

TEXTS = [
    "init_fda_dt",
    "fda_dt",
    "event_dt",
    "age",
    "age_cod",
    "wt",
    "wt_cod",
    "sex",
    "occp_cod",
    "rept_cod",
    "mfr_sndr",
    "mfr_num",
    "lit_ref",
]
COUNTRIES = {"reporter_country": "reporter_country", "occurrence_country": "occr_country"}


def build_reports(demo: pl.DataFrame, quarter: str, faers: FaersSpec, source_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clean the report rows of the shown versions.

    Parameters
    ----------
    demo
        Rows of the DEMO table with the added columns subject_id, version_id, and first_received_day (of any version at hand).

    Returns
    -------
    The reports, and the counts of values that were not believed.

    """
    na_is_nothing = _writer_used_na(demo, faers)
    cells = demo.select(
        *(cell(name, faers.rules) for name in TEXTS),
        *(cell(name, faers.rules, na_is_nothing=na_is_nothing) for name in COUNTRIES.values()),
    )
    values, issues = believe(cells, _values(quarter, faers), source_id)
    countries, country_issues = _countries(cells, faers, source_id)
    reports = demo.select("subject_id", "version_id", "source_id", "source_line").hstack(values).hstack(countries)
    names = cells.select(
        words("mfr_sndr").alias("sender"), words("mfr_num").alias("sender_case_number"), words("lit_ref").alias("literature")
    )
    return _with_first_received(reports.hstack(names), demo["first_received_day"]), pl.concat([issues, country_issues])


def _with_first_received(reports: pl.DataFrame, earliest: pl.Series) -> pl.DataFrame:
    """Legacy files do not state when the case was first received: the earliest version at hand stands in."""
    is_unstated = pl.col("first_received_day").is_null() & pl.lit(earliest).is_not_null()
    return reports.with_columns(
        pl.col("first_received_day").fill_null(earliest),
        pl.when(is_unstated).then(pl.lit("day")).otherwise("first_received_day_precision").alias("first_received_day_precision"),
    )


def _values(quarter: str, faers: FaersSpec) -> list[Value]:
    rules, latest = faers.rules, quarter_end(quarter)
    return [
        dated("first_received_day", pl.col("init_fda_dt"), rules, latest),
        dated("received_day", pl.col("fda_dt"), rules, latest),
        dated("event_day", pl.col("event_dt"), rules, latest, padded=rules.event_dates_are_padded(quarter)),
        measured("age_years", pl.col("age"), pl.col("age_cod"), YEARS_PER, rules.age_years),
        measured("weight_kg", pl.col("wt"), pl.col("wt_cod"), KG_PER, rules.weight_kg),
        coded("sex", pl.col("sex"), faers.codes["sex"], "unknown"),
        coded("reporter_type", pl.col("occp_cod"), faers.codes["reporter_type"], "unknown"),
        coded("report_type", pl.col("rept_cod"), faers.codes["report_type"], "unknown"),
    ]


def _writer_used_na(demo: pl.DataFrame, faers: FaersSpec) -> bool:
    """Does a date or number hold NA? Then NA in a country column means nothing, else it means Namibia."""
    typed = {c.column for c in faers.columns if c.table == "DEMO" and c.kind in ("date", "number")}
    marker = faers.rules.null_marker_unless_country
    return any((demo[name] == marker).any() for name in sorted(typed & set(demo.columns)))


def _countries(cells: pl.DataFrame, faers: FaersSpec, source_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns, issues = [], []
    for name, raw in COUNTRIES.items():
        codes = cells.join(
            country_code(cells[raw], faers.countries), left_on=raw, right_on="name", how="left", maintain_order="left"
        )
        reason = pl.when(pl.col("is_stated") & pl.col("code").is_null()).then(pl.lit("unknown_country"))
        value = Value(name, raw=pl.col(raw), parsed=pl.col("code"), reason=reason, outputs=(pl.col("code").alias(name),))
        column, issue = believe(codes, [value], source_id)
        columns.append(column)
        issues.append(issue)
    return pl.concat(columns, how="horizontal"), pl.concat(issues)
