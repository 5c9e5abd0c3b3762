"""Everything the report is made of, read once from the layers and from the study."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.report.results import Results
from nms_pv.spec.literature import FILE, read_lines
from nms_pv.spec.strict import StudyError
from nms_pv.tables.attrition import ATTRITION
from nms_pv.tables.canonical import CODING_COVERAGE, REPORTS, UNCODED_NAMES, VALUE_ISSUES
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.sources import FILES, QUARANTINE

ATTRITIONS = ("1_sources", "2_canonical", "3_evidence", "4_labels", "5_exposure")
NUMBER = re.compile(r"\d+(\.\d+)?")
DOI = re.compile(r"10\.\d{4,9}/\S+")


@dataclass(frozen=True)
class Published:
    """One reporting odds ratio from the literature, as printed there."""

    study: str
    population: str
    drug: str
    value: str
    low: str
    high: str
    doi: str | None
    status: str
    note: str


@dataclass(frozen=True)
class Digest:
    """What was read, by its bytes."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Inputs:
    """What the layers before the report have written."""

    files: pl.DataFrame
    quarantine_reasons: pl.DataFrame
    attrition: pl.DataFrame
    value_issues: pl.DataFrame
    coding_coverage: pl.DataFrame
    uncoded_names: pl.DataFrame
    duplicates: pl.DataFrame
    results: Results
    published: list[Published]
    environment: list[tuple[str, str]]
    digests: list[Digest]


def read_inputs(data: Path, study: Path) -> Inputs:
    """Read what the report shows."""
    literature, environment, canonical = study / FILE, data / "environment.json", data / "2_canonical"
    tables = [
        data / "1_sources" / "files.parquet",
        data / "1_sources" / "quarantine.parquet",
        *(data / layer / "attrition.csv" for layer in ATTRITIONS),
        *(canonical / f"{name}.parquet" for name in ("value_issues", "coding_coverage", "uncoded_names")),
        *sorted((canonical / "reports").glob("*.parquet")),
        data / "6_measures" / "results.parquet",
    ]
    digests = [digest(path, path.relative_to(data).as_posix()) for path in tables]
    digests.append(digest(literature, literature.name))
    return Inputs(
        files=FILES.scan(tables[0]).collect(),
        quarantine_reasons=lines_by_reason(QUARANTINE.scan(tables[1])),
        attrition=read_attrition([data / layer for layer in ATTRITIONS]),
        value_issues=VALUE_ISSUES.scan(canonical / "value_issues.parquet").collect(),
        coding_coverage=CODING_COVERAGE.scan(canonical / "coding_coverage.parquet").collect(),
        uncoded_names=UNCODED_NAMES.scan(canonical / "uncoded_names.parquet").collect(),
        duplicates=_reports_by_duplicate_rule(REPORTS.scan(canonical / "reports")),
        results=Results(RESULTS.scan(data / "6_measures" / "results.parquet").collect()),
        published=_read_published(study),
        environment=sorted(json.loads(environment.read_text(encoding="utf-8")).items()),
        digests=digests,
    )


def digest(path: Path, name: str) -> Digest:
    """Size and SHA-256 of a file, under the name that the page gives it."""
    with path.open("rb") as file:
        return Digest(name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def lines_by_reason(quarantine: pl.LazyFrame) -> pl.DataFrame:
    """Columns reason, lines, the commonest first; a line with two reasons counts under both."""
    reasons = quarantine.select(pl.col("reasons").str.split(";").alias("reason")).explode("reason")
    return reasons.group_by("reason").len("lines").sort(["lines", "reason"], descending=[True, False]).collect()


def read_attrition(folders: list[Path]) -> pl.DataFrame:
    """The attrition of several layers, in their order."""
    return pl.concat(ATTRITION.check(pl.read_csv(folder / "attrition.csv", schema=ATTRITION.types)) for folder in folders)


def _reports_by_duplicate_rule(reports: pl.LazyFrame) -> pl.DataFrame:
    """Columns rule (empty: in no group), reports, left_out (not the one that stands for its group)."""
    return (
        reports.group_by(pl.col("duplicate_rule").cast(pl.String).alias("rule"))
        .agg(pl.len().cast(pl.Int64).alias("reports"), (~pl.col("is_representative")).sum().cast(pl.Int64).alias("left_out"))
        .sort("rule", nulls_last=True)
        .collect()
    )


def _read_published(study: Path) -> list[Published]:
    lines = read_lines(study, lambda cells: cells["measure"] == "ROR")
    wrong = [
        f"line {line.number}: {column} {line.cells[column]!r}"
        for line in lines
        for column, may_be_empty in (("value", False), ("ci_low", True), ("ci_high", True))
        if not (NUMBER.fullmatch(line.cells[column]) or (may_be_empty and not line.cells[column]))
    ]
    if wrong:
        raise StudyError(f"{study / FILE}: a row with measure ROR needs plain numbers: {'; '.join(wrong)}")
    return [
        Published(
            study=row["study"],
            population=row["population"],
            drug=row["drug_or_class"],
            value=row["value"],
            low=row["ci_low"],
            high=row["ci_high"],
            doi=row["doi_or_pmid"] if DOI.fullmatch(row["doi_or_pmid"]) else None,
            status=row["status"],
            note=row["note"],
        )
        for row in (line.cells for line in lines)
    ]


def flat(prefix: str, value: object) -> list[tuple[str, str]]:
    """Nested settings as dotted names and text, sorted by name."""
    if isinstance(value, dict):
        return [pair for key in sorted(value) for pair in flat(f"{prefix}.{key}" if prefix else key, value[key])]
    return [(prefix, ", ".join(map(str, value)) if isinstance(value, list) else str(value))]
