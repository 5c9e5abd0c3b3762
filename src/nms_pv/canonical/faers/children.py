"""Drug, therapy, reaction, outcome and indication rows of the shown versions of one quarter -> canonical tables."""

import polars as pl

from nms_pv.canonical.faers.values import believe, cell, coded, dated, quarter_end, words
from nms_pv.spec.source import FaersSpec

DRUG_TEXTS = ["drug_seq", "role_cod", "dechal", "rechal", "route", "dose_vbm"]
# Of dates on the same day, the one known best; also the order in which precision is packed beside the day.
PRECISIONS = ["day", "padded", "month", "year"]


def build_drugs(
    drug: pl.DataFrame, therapy: pl.DataFrame, codes: pl.DataFrame, quarter: str, faers: FaersSpec, source_id: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Drugs with their ingredients and therapy dates.

    Parameters
    ----------
    drug, therapy
        Rows of the DRUG and THER tables with the added column subject_id (and, for drug, drug_name and prod_ai cleaned).
    codes
        What each pair of drug_name and prod_ai means (coding.code_names).

    """
    cells = drug.select("drug_name", "prod_ai", *(cell(name, faers.rules) for name in DRUG_TEXTS))
    challenge = faers.codes["challenge"]
    values = [
        coded("role", pl.col("role_cod"), faers.codes["role"], "unknown"),
        coded("dechallenge", pl.col("dechal"), challenge, "unknown", empty="not_documented"),
        coded("rechallenge", pl.col("rechal"), challenge, "unknown", empty="not_documented"),
    ]
    believed, issues = believe(cells, values, source_id)
    dates, date_issues = _therapy_dates(therapy, quarter, faers, source_id.replace(":DRUG", ":THER"))
    texts = cells.select("drug_name", "prod_ai", _drug_seq(), pl.col("route").str.to_lowercase(), words("dose_vbm").alias("dose"))
    drugs = (
        drug.select("subject_id", _number_in_report().alias("drug_no"), "source_id", "source_line")
        .hstack(texts)
        .hstack(believed)
        .lazy()
        .join(dates, on=["subject_id", "drug_seq"], how="left")
        .join(codes.lazy(), on=["drug_name", "prod_ai"], how="left", nulls_equal=True)
        .with_columns(pl.col("start_day_precision", "end_day_precision").fill_null("none"))
        .drop("prod_ai", "drug_seq")
        .collect()
    )
    return drugs, pl.concat([issues, date_issues])


def build_events(reac: pl.DataFrame, faers: FaersSpec) -> pl.DataFrame:
    """Reaction terms; FAERS has one event date for the report and none for a reaction."""
    terms = reac.with_columns(cell("pt", faers.rules)).with_columns(words("pt")).drop_nulls("pt")
    return terms.select(
        "subject_id",
        _number_in_report().alias("event_no"),
        pl.col("pt").alias("term"),
        _key("pt"),
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
    value = coded("outcome", pl.col("outc_cod"), faers.codes["outcome"], "unknown")
    believed, issues = believe(outc.select(cell("outc_cod", faers.rules)), [value], source_id)
    outcomes = outc.select("subject_id", "source_id", "source_line").hstack(believed)
    return outcomes.unique(["subject_id", "outcome"], keep="first", maintain_order=True), issues


def build_indications(indi: pl.DataFrame, faers: FaersSpec) -> pl.DataFrame:
    """Indications, with the source's number of the drug."""
    terms = indi.with_columns(cell("indi_pt", faers.rules), cell("drug_seq", faers.rules)).with_columns(words("indi_pt"))
    return terms.drop_nulls("indi_pt").select(
        "subject_id",
        _number_in_report().alias("indication_no"),
        _drug_seq(),
        pl.col("indi_pt").alias("term"),
        _key("indi_pt"),
        "source_id",
        "source_line",
    )


def _therapy_dates(therapy: pl.DataFrame, quarter: str, faers: FaersSpec, source_id: str) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Earliest start and latest end for each report and drug number, each with its precision."""
    rules, latest = faers.rules, quarter_end(quarter)
    cells = therapy.select(cell("drug_seq", rules), cell("start_dt", rules), cell("end_dt", rules))
    values = [
        dated("start_day", pl.col("start_dt"), rules, latest),
        dated("end_day", pl.col("end_dt"), rules, latest, start=("start_day", "start_dt")),
    ]
    believed, issues = believe(cells, values, source_id)
    rows = therapy.select("subject_id").hstack(cells.select(_drug_seq())).hstack(believed).lazy()
    start, end = _packed("start_day", 1), _packed("end_day", -1)
    dates = (
        rows.drop_nulls("drug_seq")
        .group_by("subject_id", "drug_seq")
        .agg(start.min().alias("start"), end.max().alias("end"))
        .select("subject_id", "drug_seq", *_unpacked("start", "start_day", 1), *_unpacked("end", "end_day", -1))
    )
    return dates, issues


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


def _drug_seq() -> pl.Expr:
    return pl.col("drug_seq").str.strip_suffix(".0")


def _key(term: str) -> pl.Expr:
    return pl.col(term).str.to_uppercase().str.replace_all(r"\s+", " ").alias("term_key")
