"""Drug, therapy, reaction, outcome and indication rows of the shown versions of one quarter -> canonical tables."""

import polars as pl

from nms_pv.canonical.values import Value, cell, coded, count_issues, dated, quarter_end
from nms_pv.spec.source import FaersSpec

CHALLENGE = {"Y": "positive", "N": "negative", "U": "unknown", "D": "does_not_apply"}
ROLE = {"PS": "PS", "SS": "SS", "C": "C", "I": "I", "DN": "DN"}
OUTCOME = {
    "DE": "death",
    "LT": "life_threatening",
    "HO": "hospitalisation",
    "DS": "disability",
    "CA": "congenital_anomaly",
    "RI": "intervention",
    "OT": "other_serious",
}
# Of dates on the same day, the one known best; also the order in which precision is packed beside the day.
PRECISIONS = ["day", "padded", "month", "year"]


def build_drugs(
    drug: pl.DataFrame, therapy: pl.DataFrame, codes: pl.DataFrame, quarter: str, faers: FaersSpec, source_id: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Drugs with their ingredients and therapy dates.

    Parameters
    ----------
    drug, therapy
        Rows of the DRUG and THER tables with the added columns subject_id (and, for drug, drug_name and prod_ai cleaned).
    codes
        What each pair of drug_name and prod_ai means (coding.code_names).

    """
    rules = faers.rules
    values = [
        coded("role", cell("role_cod", rules), ROLE, "unknown"),
        coded("dechallenge", cell("dechal", rules), CHALLENGE, "unknown", empty="not_documented"),
        coded("rechallenge", cell("rechal", rules), CHALLENGE, "unknown", empty="not_documented"),
    ]
    dates, date_issues = _therapy_dates(therapy, quarter, faers, source_id.replace(":DRUG", ":THER"))
    rows = drug.select(
        "subject_id",
        _number_in_report().alias("drug_no"),
        "drug_name",
        "prod_ai",
        cell("drug_seq", rules).str.strip_suffix(".0").alias("drug_seq"),
        cell("route", rules).str.to_lowercase().alias("route"),
        cell("dose_vbm", rules).alias("dose"),
        *(v.value.alias(v.column) for v in values),
        "source_id",
        "source_line",
    ).lazy()
    drugs = (
        rows.join(dates, on=["subject_id", "drug_seq"], how="left")
        .join(codes.lazy(), on=["drug_name", "prod_ai"], how="left", nulls_equal=True)
        .with_columns(pl.col("start_day_precision", "end_day_precision").fill_null("none"))
        .drop("prod_ai", "drug_seq")
        .collect()
    )
    return drugs, pl.concat([count_issues(drug, values, source_id), date_issues])


def build_events(reac: pl.DataFrame, faers: FaersSpec) -> pl.DataFrame:
    """Reaction terms; FAERS has one event date for the report and none for a reaction."""
    term = cell("pt", faers.rules)
    return reac.filter(term.is_not_null()).select(
        "subject_id",
        _number_in_report().alias("event_no"),
        term.alias("term"),
        _key(term).alias("term_key"),
        pl.lit(None, pl.String).alias("outcome"),
        pl.lit(None, pl.Int32).alias("start_day"),
        pl.lit("none").alias("start_day_precision"),
        pl.lit(None, pl.Int32).alias("end_day"),
        pl.lit("none").alias("end_day_precision"),
        "source_id",
        "source_line",
    )


def build_outcomes(outc: pl.DataFrame, faers: FaersSpec, source_id: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each outcome of a report once."""
    value = coded("outcome", cell("outc_cod", faers.rules), OUTCOME, "unknown")
    outcomes = outc.select("subject_id", value.value.alias("outcome"), "source_id", "source_line")
    return outcomes.unique(["subject_id", "outcome"], keep="first", maintain_order=True), count_issues(outc, [value], source_id)


def build_indications(indi: pl.DataFrame, faers: FaersSpec) -> pl.DataFrame:
    """Indications, with the source's number of the drug."""
    term = cell("indi_pt", faers.rules)
    return indi.filter(term.is_not_null()).select(
        "subject_id",
        _number_in_report().alias("indication_no"),
        cell("drug_seq", faers.rules).str.strip_suffix(".0").alias("drug_seq"),
        term.alias("term"),
        _key(term).alias("term_key"),
        "source_id",
        "source_line",
    )


def _therapy_dates(therapy: pl.DataFrame, quarter: str, faers: FaersSpec, source_id: str) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Earliest start and latest end for each report and drug number, each with its precision."""
    rules, latest = faers.rules, quarter_end(quarter)
    values: list[Value] = [
        *dated("start_day", cell("start_dt", rules), rules, latest),
        *dated("end_day", cell("end_dt", rules), rules, latest),
    ]
    rows = therapy.lazy().select(
        "subject_id", cell("drug_seq", rules).str.strip_suffix(".0").alias("drug_seq"), *(v.value.alias(v.column) for v in values)
    )
    start, end = _packed("start_day", 1), _packed("end_day", -1)
    dates = (
        rows.drop_nulls("drug_seq")
        .group_by("subject_id", "drug_seq")
        .agg(start.min().alias("start"), end.max().alias("end"))
        .select("subject_id", "drug_seq", *_unpacked("start", "start_day", 1), *_unpacked("end", "end_day", -1))
    )
    return dates, count_issues(therapy, values, source_id)


def _packed(day: str, sign: int) -> pl.Expr:
    """Day and precision in one number, so that the smallest (or largest) day brings its best precision with it."""
    rank = pl.col(f"{day}_precision").replace_strict(PRECISIONS, range(len(PRECISIONS)), default=None, return_dtype=pl.Int64)
    return pl.col(day).cast(pl.Int64) * len(PRECISIONS) + (rank if sign > 0 else len(PRECISIONS) - 1 - rank)


def _unpacked(packed: str, day: str, sign: int) -> list[pl.Expr]:
    rank = pl.col(packed) % len(PRECISIONS)
    name = (rank if sign > 0 else len(PRECISIONS) - 1 - rank).replace_strict(
        range(len(PRECISIONS)), PRECISIONS, default=None, return_dtype=pl.String
    )
    return [(pl.col(packed) // len(PRECISIONS)).cast(pl.Int32).alias(day), name.alias(f"{day}_precision")]


def _number_in_report() -> pl.Expr:
    return pl.col("subject_id").cum_count().over("subject_id")


def _key(term: pl.Expr) -> pl.Expr:
    return term.str.to_uppercase().str.replace_all(r"\s+", " ")
