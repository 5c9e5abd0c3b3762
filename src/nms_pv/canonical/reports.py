"""Report rows of one quarter -> canonical/reports without its duplicate columns."""

import polars as pl

from nms_pv.canonical.countries import country_code
from nms_pv.canonical.values import KG_PER, YEARS_PER, Value, cell, coded, count_issues, dated, measured, quarter_end
from nms_pv.spec.source import FaersSpec

SEX = {
    "F": "female",
    "M": "male",
    "UNK": "unknown",
    "NS": "unknown",
    "U": "unknown",
    "I": "unknown",
    "P": "unknown",
    "T": "unknown",
    "YR": "unknown",
}
REPORTER = {
    "MD": "physician",
    "PH": "pharmacist",
    "RN": "nurse",
    "HP": "health_professional",
    "OT": "other_health_professional",
    "LW": "lawyer",
    "CN": "consumer",
}
REPORT_TYPE = {"EXP": "expedited", "30DAY": "expedited_30_days", "5DAY": "expedited_5_days", "PER": "periodic", "DIR": "direct"}
COUNTRIES = {"reporter_country": "reporter_country", "occurrence_country": "occr_country"}


def build_reports(demo: pl.DataFrame, quarter: str, faers: FaersSpec, source_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clean the report rows of the shown versions.

    Parameters
    ----------
    demo
        Rows of the DEMO table with the added columns subject_id and version_id.

    Returns
    -------
    The reports, and the counts of values that were not believed.

    """
    rules = faers.rules
    na_is_nothing = _writer_used_na(demo, faers)
    values = _values(quarter, faers)
    countries, country_issues = _countries(demo, faers, na_is_nothing, source_id)
    reports = demo.select(
        "subject_id",
        "version_id",
        *(v.value.alias(v.column) for v in values),
        cell("mfr_sndr", rules).alias("sender"),
        cell("mfr_num", rules).alias("sender_case_number"),
        cell("lit_ref", rules).alias("literature"),
        "source_id",
        "source_line",
    ).hstack(countries)
    return reports, pl.concat([count_issues(demo, values, source_id), country_issues])


def _values(quarter: str, faers: FaersSpec) -> list[Value]:
    rules, latest = faers.rules, quarter_end(quarter)
    return [
        *dated("first_received_day", cell("init_fda_dt", rules), rules, latest),
        *dated("received_day", cell("fda_dt", rules), rules, latest),
        *dated("event_day", cell("event_dt", rules), rules, latest, padded=rules.event_dates_are_padded(quarter)),
        measured("age_years", cell("age", rules), cell("age_cod", rules), YEARS_PER, rules.age_years),
        measured("weight_kg", cell("wt", rules), cell("wt_cod", rules), KG_PER, rules.weight_kg),
        coded("sex", cell("sex", rules), SEX, "unknown"),
        coded("reporter_type", cell("occp_cod", rules), REPORTER, "unknown"),
        coded("report_type", cell("rept_cod", rules), REPORT_TYPE, "unknown"),
    ]


def _writer_used_na(demo: pl.DataFrame, faers: FaersSpec) -> bool:
    """Does a date or number hold NA? Then NA in a country column means nothing, else it means Namibia."""
    typed = {c.column for c in faers.columns if c.table == "DEMO" and c.kind in ("date", "number")}
    marker = faers.rules.null_marker_unless_country
    return any((demo[name] == marker).any() for name in sorted(typed & set(demo.columns)))


def _countries(demo: pl.DataFrame, faers: FaersSpec, na_is_nothing: bool, source_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns, issues = [], []
    for name, raw in COUNTRIES.items():
        stated = demo.select(cell(raw, faers.rules, na_is_nothing=na_is_nothing).alias("name"))
        codes = stated.join(country_code(stated["name"]), on="name", how="left", maintain_order="left")
        columns.append(codes["code"].alias(name))
        reason = pl.when(pl.col("is_stated") & pl.col("code").is_null()).then(pl.lit("unknown_country"))
        issues.append(count_issues(codes, [Value(name, pl.col("name"), pl.col("code"), reason)], source_id))
    return pl.DataFrame(columns), pl.concat(issues)
