"""Raw files, and what of them was not read, believed or coded -> counts by quarter."""

import polars as pl

from nms_pv.measures.quality.rows import counted

# Checks that a quarter without the table cannot make.
NEEDED_TABLE = {
    "outcome_stated": "OUTC",
    "expedited_not_serious": "OUTC",
    "suspect_start_to_the_day": "THER",
    "candidate_timing_known": "THER",
    "start_after_event": "THER",
    "end_before_start": "THER",
    "indication_stated": "INDI",
    "no_reaction": "REAC",
    "no_drug": "DRUG",
    "no_suspect_drug": "DRUG",
    "suspect_dose_stated": "DRUG",
}
# Lists of deleted cases: no table that every quarter has.
DELETED = "DELETED"
# Values that were emptied because the record contradicts itself or the possible.
CONTRADICTION = {
    "age_beyond_limits": ("DEMO", "age_years", "beyond_limits"),
    "end_before_start": ("THER", "end_day", "end_before_start"),
}
BY_QUARTER = ["source", "period"]
SIMULATED = "simulated files are written, not retrieved"


def files_checked(files: pl.DataFrame, quarantine: pl.DataFrame) -> pl.DataFrame:
    """Counts of lines, files and tables.

    Parameters
    ----------
    files
        Rows of `sources/files`.
    quarantine
        Columns source_id, quarantined: how many lines of a file were quarantined.

    """
    of_file = files.with_columns(_source(), period="quarter").join(quarantine, on="source_id", how="left")
    sums = of_file.group_by(BY_QUARTER).agg(
        files=pl.len().cast(pl.Int64),
        lines=pl.col("line_count").sum(),
        quarantined_lines=pl.col("quarantined").sum(),
        utf8_files=(pl.col("encoding") == "utf-8").sum(),
        files_with_origin=(pl.col("origin").str.strip_chars() != "").sum(),
        files_with_retrieval_date=pl.col("retrieved").is_not_null().sum(),
        is_simulated=(pl.col("origin") == "simulator").all(),
    )
    of_lines = _check(sums, "quarantined_lines", "lines")
    origins = [_check(sums, name, "files") for name in ("utf8_files", "files_with_origin")]
    dates = _check(sums, "files_with_retrieval_date", "files").with_columns(
        undefined_reason=pl.when(sums["is_simulated"]).then(pl.lit(SIMULATED))
    )
    return pl.concat([of_lines, *origins, dates, _tables_loaded(of_file.filter(pl.col("table") != DELETED))])


def _check(sums: pl.DataFrame, check: str, whole: str) -> pl.DataFrame:
    return counted(sums.select(*BY_QUARTER, pl.lit(check).alias("check"), numerator=check, denominator=whole))


def _tables_loaded(of_file: pl.DataFrame) -> pl.DataFrame:
    """Of the tables that any quarter has, those of each quarter from the first to the last: none of a quarter not loaded."""
    found = of_file.group_by("source").agg(
        pl.col("table").n_unique().alias("denominator"),
        pl.col("period").min().alias("first"),
        pl.col("period").max().alias("last"),
    )
    every = pl.DataFrame(
        [(source, quarter, whole) for source, whole, first, last in found.iter_rows() for quarter in quarters_from(first, last)],
        schema={"source": pl.String, "period": pl.String, "denominator": pl.Int64},
        orient="row",
    )
    loaded = of_file.group_by(BY_QUARTER).agg(numerator=pl.col("table").n_unique())
    rows = every.join(loaded, on=BY_QUARTER, how="left").with_columns(pl.col("numerator").fill_null(0))
    return counted(rows.with_columns(check=pl.lit("tables_loaded")))


def quarters_from(first: str, last: str) -> list[str]:
    """Every quarter from the first to the last: `2023Q4`, `2024Q1`."""
    start, end = (4 * int(quarter[:4]) + int(quarter[-1]) - 1 for quarter in (first, last))
    return [f"{number // 4}Q{number % 4 + 1}" for number in range(start, end + 1)]


def values_checked(issues: pl.DataFrame, attrition: pl.DataFrame, coding: pl.DataFrame, quarters: pl.DataFrame) -> pl.DataFrame:
    """Counts of emptied values, and of coded drug rows.

    Parameters
    ----------
    issues, attrition, coding
        Rows of `canonical/value_issues`, `attrition` of layer 2, and `canonical/coding_coverage`.
    quarters
        Columns source, period: the quarters loaded.

    """
    scope = pl.col("scope").str.split_exact(":", 1).struct.rename_fields(["period", "table"])
    kept = attrition.filter(pl.col("reason") == "kept").with_columns(scope.alias("of")).unnest("of")
    looked_at = kept.select("period", "table", denominator="n_kept")
    of_file = _located(issues).join(looked_at, on=["period", "table"], how="left")
    emptied = of_file.select(
        *BY_QUARTER,
        "denominator",
        check=pl.lit("value_emptied"),
        item=pl.format("{}.{}: {}", "table", "column", "reason"),
        numerator="values",
    )
    contradictions = [
        quarters.join(looked_at.filter(table=table), on="period", how="left")
        .join(of_file.filter(table=table, column=column, reason=reason), on=BY_QUARTER, how="left", suffix=" of the issue")
        .select(*BY_QUARTER, pl.lit(check).alias("check"), numerator=_or_0("values"), denominator=_or_0("denominator"))
        for check, (table, column, reason) in CONTRADICTION.items()
    ]
    drug_rows = (
        _located(coding)
        .group_by(BY_QUARTER)
        .agg(numerator=pl.col("rows").filter(pl.col("coding_method") != "uncoded").sum(), denominator=pl.col("rows").sum())
        .with_columns(check=pl.lit("coded_drug_rows"))
    )
    return pl.concat([counted(emptied), *map(counted, contradictions), counted(drug_rows)])


def without_table(counts: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """The counts, with the reason where the quarter does not have the table that a check needs."""
    needed = pl.DataFrame(list(NEEDED_TABLE.items()), schema=["check", "table"], orient="row")
    there = files.select(_source(), "table", period="quarter", is_there=True).unique()
    told = counts.join(needed, on="check", how="left", maintain_order="left").join(
        there, on=[*BY_QUARTER, "table"], how="left", maintain_order="left"
    )
    lacks = pl.col("table").is_not_null() & pl.col("is_there").is_null()
    reason = pl.when(lacks).then(pl.format("the quarter has no file {}", "table"))
    return told.with_columns(undefined_reason=pl.coalesce("undefined_reason", reason)).select(counts.columns)


def _source() -> pl.Expr:
    return pl.col("source_id").str.split(":").list.first().alias("source")


def _or_0(count: str) -> pl.Expr:
    return pl.col(count).fill_null(0)


def _located(frame: pl.DataFrame) -> pl.DataFrame:
    """With columns source, period and table, which `faers:2024Q1:DRUG` names."""
    parts = pl.col("source_id").str.split_exact(":", 2).struct.rename_fields([*BY_QUARTER, "table"])
    return frame.with_columns(parts.alias("of")).unnest("of")
