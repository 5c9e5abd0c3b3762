"""Rows of every quarter -> the canonical tables: versions decided over all quarters, everything else one quarter at a time."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from nms_pv.canonical.children import build_drugs, build_events, build_indications, build_outcomes
from nms_pv.canonical.coding import code_names, uncoded_names
from nms_pv.canonical.duplicates import flag_duplicates
from nms_pv.canonical.keys import duplicate_keys
from nms_pv.canonical.reports import build_reports
from nms_pv.canonical.values import cell, number
from nms_pv.canonical.versions import decide, read_versions, version_rows
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Duplicates
from nms_pv.spec.source import FaersSpec
from nms_pv.tables.attrition import steps, write_attrition
from nms_pv.tables.canonical import (
    CODING_COVERAGE,
    REPORT_DRUGS,
    REPORT_EVENTS,
    REPORT_INDICATIONS,
    REPORT_OUTCOMES,
    REPORT_VERSIONS,
    REPORTS,
    UNCODED_NAMES,
    VALUE_ISSUES,
)
from nms_pv.tables.parts import keep_only
from nms_pv.tables.sources import DELETED_CASES

NOT_SHOWN = "version_not_shown"
NO_REPORT = "no_report_row"


@dataclass
class Collected:
    """What is gathered while the quarters are worked through: small, or narrow."""

    attrition: list[pl.DataFrame] = field(default_factory=list)
    issues: list[pl.DataFrame] = field(default_factory=list)
    coverage: list[pl.DataFrame] = field(default_factory=list)
    uncoded: list[pl.DataFrame] = field(default_factory=list)
    keys: list[pl.DataFrame] = field(default_factory=list)


@dataclass(frozen=True)
class Quarter:
    """One quarter on its way: where its rows lie, where its tables go, and its shown versions."""

    name: str
    rows: Path
    out: Path
    faers: FaersSpec
    versions: pl.DataFrame

    def source_id(self, table: str) -> str:
        """`faers:2024Q1:DRUG`."""
        return f"{self.faers.rules.name}:{self.name}:{table}"

    def has(self, table: str) -> bool:
        """Was the table published with this quarter?"""
        return (self.rows / table / f"{self.name}.parquet").exists()

    def path(self, table: str) -> Path:
        """Where the quarter's part of a canonical table goes."""
        return self.out / table / f"{self.name}.parquet"


def write_canonical(sources: Path, out: Path, faers: FaersSpec, drugs: DrugTable, duplicates: Duplicates) -> None:
    """Write every table of layer 2.

    Parameters
    ----------
    sources
        Output of the sources layer.
    out
        Gets one folder for each large table, with one Parquet file for each quarter, and the small tables beside them.

    """
    collected = Collected()
    decided = _decide_versions(sources, faers)
    names = sorted(decided)
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder)
        for name in names:
            quarter = Quarter(name, sources / "rows", out, faers, decided.pop(name))
            _write_quarter(quarter, drugs, staged, collected)
        flags = flag_duplicates(pl.concat(collected.keys), duplicates)
        for name in names:
            _write_reports(staged / f"{name}.parquet", flags, out / "reports" / f"{name}.parquet")
    for table in (REPORT_VERSIONS, REPORTS, REPORT_DRUGS, REPORT_EVENTS, REPORT_OUTCOMES, REPORT_INDICATIONS):
        keep_only([f"{name}.parquet" for name in names], out / table.name.removeprefix("canonical/"))
    VALUE_ISSUES.write(pl.concat([VALUE_ISSUES.empty(), *collected.issues]), out / "value_issues.parquet")
    CODING_COVERAGE.write(pl.concat(collected.coverage), out / "coding_coverage.parquet")
    counts = pl.concat(collected.uncoded).group_by("name").agg(pl.col("rows").sum())
    UNCODED_NAMES.write(uncoded_names(counts, drugs), out / "uncoded_names.parquet")
    write_attrition(collected.attrition, out / "attrition.csv")


def _decide_versions(sources: Path, faers: FaersSpec) -> dict[str, pl.DataFrame]:
    parts = sorted((sources / "rows" / "DEMO").glob("*.parquet"))
    narrow = pl.concat(pl.collect_all([read_versions(pl.scan_parquet(p), p.stem, faers.rules) for p in parts]))
    deleted = DELETED_CASES.scan(sources / "deleted_cases.parquet").select("caseid", "quarter").collect()
    decided = decide(narrow, deleted).partition_by("quarter", as_dict=True)
    return {str(quarter): part for (quarter,), part in decided.items()}


def _write_quarter(quarter: Quarter, drugs: DrugTable, staged: Path, collected: Collected) -> None:
    faers, source = quarter.faers, quarter.faers.rules.name
    versions = version_rows(quarter.versions, source, quarter.source_id("DEMO"))
    REPORT_VERSIONS.write(versions.drop("record", "first_received_day"), quarter.path("report_versions"))
    collected.attrition.append(_version_attrition(versions, quarter.name))
    shown = versions.filter(pl.col("status") == "shown")

    demo = pl.scan_parquet(quarter.rows / "DEMO" / f"{quarter.name}.parquet")
    reports, issues = build_reports(
        demo.join(
            shown.lazy().select("source_line", "subject_id", "version_id", "first_received_day"), on="source_line"
        ).collect(),
        quarter.name,
        faers,
        quarter.source_id("DEMO"),
    )
    collected.issues.append(issues)
    events = build_events(_children(quarter, "REAC", versions, collected), faers)
    REPORT_EVENTS.write(events, quarter.path("report_events"))
    report_drugs = _write_drugs(quarter, drugs, versions, collected)
    outcomes, issues = build_outcomes(_children(quarter, "OUTC", versions, collected), faers, quarter.source_id("OUTC"))
    collected.issues.append(issues)
    REPORT_OUTCOMES.write(outcomes, quarter.path("report_outcomes"))
    REPORT_INDICATIONS.write(
        build_indications(_children(quarter, "INDI", versions, collected), faers), quarter.path("report_indications")
    )

    serious = outcomes.select("subject_id").unique().with_columns(pl.lit(True).alias("is_serious"))
    known = reports.join(serious, on="subject_id", how="left").with_columns(
        pl.col("is_serious").fill_null(False) if quarter.has("OUTC") else pl.lit(None, pl.Boolean).alias("is_serious")
    )
    known.write_parquet(staged / f"{quarter.name}.parquet")
    collected.keys.append(duplicate_keys(reports, report_drugs, events))


def _write_drugs(quarter: Quarter, drugs: DrugTable, versions: pl.DataFrame, collected: Collected) -> pl.DataFrame:
    rules = quarter.faers.rules
    rows = _children(quarter, "DRUG", versions, collected).with_columns(
        cell("drugname", rules).alias("drug_name"), cell("prod_ai", rules)
    )
    codes = code_names(rows.select("drug_name", "prod_ai").unique(), drugs)
    therapy = _children(quarter, "THER", versions, collected)
    report_drugs, issues = build_drugs(rows, therapy, codes, quarter.name, quarter.faers, quarter.source_id("DRUG"))
    REPORT_DRUGS.write(report_drugs, quarter.path("report_drugs"))
    collected.issues.append(issues)
    collected.coverage.append(
        report_drugs.group_by("coding_method")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .select(pl.lit(quarter.source_id("DRUG")).alias("source_id"), pl.col("coding_method"), pl.col("rows"))
    )
    uncoded = report_drugs.filter(pl.col("ingredient").is_null())
    collected.uncoded.append(
        uncoded.group_by(pl.col("ingredient_reported").alias("name")).agg(pl.len().cast(pl.Int64).alias("rows"))
    )
    return report_drugs


def _children(quarter: Quarter, table: str, versions: pl.DataFrame, collected: Collected) -> pl.DataFrame:
    """The rows of a table that belong to shown versions, with subject_id; the others leave with a reason and a count."""
    if not quarter.has(table):
        empty = ["source_id", "source_line", "subject_id", *quarter.faers.column_names(table)]
        return pl.DataFrame(schema={name: pl.Int64() if name == "source_line" else pl.String() for name in empty})
    owner = versions.select("record", "subject_id", (pl.col("status") == "shown").alias("is_shown"))
    owner = owner.sort("record", "is_shown", descending=[False, True]).unique("record", keep="first", maintain_order=True)
    rows = (
        pl.scan_parquet(quarter.rows / table / f"{quarter.name}.parquet")
        .with_columns(number(pl.col("primaryid")).alias("record"))
        .join(owner.lazy(), on="record", how="left", maintain_order="left")
        .collect()
    )
    left = {NO_REPORT: rows["is_shown"].null_count(), NOT_SHOWN: int((~rows["is_shown"]).sum() or 0)}
    collected.attrition.append(
        steps("canonical", f"{quarter.name}:{table}", "record", rows.height, {reason: n for reason, n in left.items() if n})
    )
    return rows.filter(pl.col("is_shown")).drop("is_shown", "record")


def _version_attrition(versions: pl.DataFrame, quarter: str) -> pl.DataFrame:
    counts = dict(versions.group_by("reason").len().iter_rows())
    left = {reason: counts[reason] for reason in ("deleted_by_source", "later_copy", "later_version") if reason in counts}
    return steps("canonical", f"{quarter}:DEMO", "version", versions.height, left)


def _write_reports(staged: Path, flags: pl.DataFrame, path: Path) -> None:
    reports = pl.read_parquet(staged).join(flags, on="subject_id", how="left")
    REPORTS.write(reports.with_columns(pl.col("is_representative").fill_null(True)), path)
