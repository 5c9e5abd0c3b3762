"""One quarter's rows -> its part of every canonical table; only reports wait, for the duplicates of other quarters."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from nms_pv.canonical.faers.children import build_drugs, build_events, build_indications, build_outcomes
from nms_pv.canonical.faers.coding import code_names
from nms_pv.canonical.faers.keys import duplicate_keys
from nms_pv.canonical.faers.reports import build_reports
from nms_pv.canonical.faers.values import cell, number
from nms_pv.canonical.faers.versions import version_rows
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.attrition import steps
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORT_INDICATIONS, REPORT_OUTCOMES, REPORT_VERSIONS

# The columns of each raw table that the canonical tables need.
USED = {
    "DRUG": ["drugname", "prod_ai", "drug_seq", "role_cod", "dechal", "rechal", "route", "dose_vbm"],
    "THER": ["drug_seq", "start_dt", "end_dt"],
    "REAC": ["pt"],
    "OUTC": ["outc_cod"],
    "INDI": ["drug_seq", "indi_pt"],
}


@dataclass(frozen=True)
class Quarter:
    """One quarter on its way: where its rows lie, where its tables go, and what became of its versions."""

    name: str
    rows: Path
    out: Path
    faers: FaersSpec
    versions: pl.DataFrame

    def source_id(self, table: str) -> str:
        """`faers:2024Q1:DRUG`."""
        return f"{self.faers.rules.name}:{self.name}:{table}"

    def raw(self, table: str) -> Path:
        """Where the rows of a raw table lie, if the quarter has it."""
        return self.rows / table / f"{self.name}.parquet"

    def path(self, table: str) -> Path:
        """Where the quarter's part of a canonical table goes."""
        return self.out / table / f"{self.name}.parquet"


@dataclass
class Piece:
    """What one quarter adds to the small tables, and its reports with their duplicate keys."""

    attrition: list[pl.DataFrame] = field(default_factory=list)
    issues: list[pl.DataFrame] = field(default_factory=list)
    coverage: list[pl.DataFrame] = field(default_factory=list)
    uncoded: list[pl.DataFrame] = field(default_factory=list)
    keys: list[pl.DataFrame] = field(default_factory=list)


def write_quarter(quarter: Quarter, drugs: DrugTable, staged: Path) -> Piece:
    """Write the quarter's part of every table but the reports, which are staged at `staged` without their duplicate columns."""
    piece = Piece()
    versions = version_rows(quarter.versions, quarter.faers.rules.name, quarter.source_id("DEMO"))
    REPORT_VERSIONS.write(versions.drop("record", "first_received_day"), quarter.path("report_versions"))
    piece.attrition.append(_version_attrition(versions, quarter.name))
    events = build_events(_children(quarter, "REAC", versions, piece), quarter.faers)
    REPORT_EVENTS.write(events, quarter.path("report_events"))
    report_drugs = _write_drugs(quarter, drugs, versions, piece)
    outcomes = _write_outcomes(quarter, versions, piece)
    indications = build_indications(_children(quarter, "INDI", versions, piece), quarter.faers)
    REPORT_INDICATIONS.write(indications, quarter.path("report_indications"))
    _count_unused(quarter, piece)
    reports = _build_reports(quarter, versions, outcomes, piece)
    reports.write_parquet(staged)
    piece.keys.append(duplicate_keys(reports, report_drugs, events))
    return piece


def _build_reports(quarter: Quarter, versions: pl.DataFrame, outcomes: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    shown = versions.lazy().filter(pl.col("status") == "shown")
    demo = (
        pl.scan_parquet(quarter.raw("DEMO"))
        .join(shown.select("source_line", "subject_id", "version_id", "first_received_day"), on="source_line")
        .collect()
    )
    reports, issues = build_reports(demo, quarter.name, quarter.faers, quarter.source_id("DEMO"))
    piece.issues.append(issues)
    if not quarter.raw("OUTC").exists():
        return reports.with_columns(pl.lit(None, pl.Boolean).alias("is_serious"))
    return reports.with_columns(pl.col("subject_id").is_in(outcomes["subject_id"].unique().implode()).alias("is_serious"))


def _write_drugs(quarter: Quarter, drugs: DrugTable, versions: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    rules, source_id = quarter.faers.rules, quarter.source_id("DRUG")
    rows = _children(quarter, "DRUG", versions, piece).with_columns(
        cell("drugname", rules).alias("drug_name"), cell("prod_ai", rules)
    )
    codes = code_names(rows.select("drug_name", "prod_ai").unique(), drugs)
    therapy = _children(quarter, "THER", versions, piece)
    report_drugs, issues = build_drugs(rows, therapy, codes, quarter.name, quarter.faers, source_id)
    REPORT_DRUGS.write(report_drugs, quarter.path("report_drugs"))
    piece.issues.append(issues)
    count = pl.len().cast(pl.Int64).alias("rows")
    coverage = report_drugs.group_by("coding_method").agg(count)
    piece.coverage.append(coverage.select(pl.lit(source_id).alias("source_id"), "coding_method", "rows"))
    uncoded = report_drugs.filter(pl.col("ingredient").is_null())
    piece.uncoded.append(uncoded.group_by(pl.col("ingredient_reported").alias("name")).agg(count))
    return report_drugs


def _write_outcomes(quarter: Quarter, versions: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    rows = _children(quarter, "OUTC", versions, piece)
    outcomes, issues = build_outcomes(rows, quarter.faers, quarter.source_id("OUTC"))
    REPORT_OUTCOMES.write(outcomes, quarter.path("report_outcomes"))
    piece.issues.append(issues)
    return outcomes


def _children(quarter: Quarter, table: str, versions: pl.DataFrame, piece: Piece) -> pl.DataFrame:
    """The rows of a table that belong to shown versions, with subject_id; the others leave with a reason and a count."""
    if not quarter.raw(table).exists():
        types = {name: pl.String() for name in ("source_id", *USED[table], "subject_id")}
        return pl.DataFrame(schema={**types, "source_line": pl.Int64()})
    owner = versions.select("record", "subject_id", (pl.col("status") == "shown").alias("is_shown"))
    owner = owner.sort("record", "is_shown", descending=[False, True]).unique("record", keep="first", maintain_order=True)
    rows = (
        pl.scan_parquet(quarter.raw(table))
        .select("source_id", "source_line", *USED[table], number(pl.col("primaryid")).alias("record"))
        .join(owner.lazy(), on="record", how="left", maintain_order="left")
        .collect()
    )
    left = {"no_report_row": rows["is_shown"].null_count(), "version_not_shown": int((~rows["is_shown"]).sum() or 0)}
    scope = f"{quarter.name}:{table}"
    piece.attrition.append(steps("canonical", scope, "record", rows.height, {reason: n for reason, n in left.items() if n}))
    return rows.filter(pl.col("is_shown")).drop("is_shown", "record")


def _count_unused(quarter: Quarter, piece: Piece) -> None:
    """Tables that no canonical table takes anything from (RPSR: the kind of report source) leave as a whole, counted."""
    for table in quarter.faers.tables:
        if table not in ("DEMO", *USED) and quarter.raw(table).exists():
            rows = pl.scan_parquet(quarter.raw(table)).select(pl.len()).collect().item()
            piece.attrition.append(steps("canonical", f"{quarter.name}:{table}", "record", rows, {"table_not_used": rows}))


def _version_attrition(versions: pl.DataFrame, quarter: str) -> pl.DataFrame:
    counts = dict(versions.group_by("reason").len().iter_rows())
    left = {reason: counts[reason] for reason in ("deleted_by_source", "later_copy", "later_version") if reason in counts}
    return steps("canonical", f"{quarter}:DEMO", "version", versions.height, left)
