"""Everything the cohort part of the report is made of, read once from the layers and from the study."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.report.cohort.results import CohortResults
from nms_pv.report.inputs import DOI, Digest, digest, lines_by_reason, read_attrition
from nms_pv.spec.literature import read_lines
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.cohort import RESOLVED_CONCEPTS
from nms_pv.tables.measures import RESULTS
from nms_pv.tables.sources import QUARANTINE

LAYERS = ("1_sources", "2_canonical", "3_evidence", "4_labels", "5_exposure")


@dataclass(frozen=True)
class PublishedRate:
    """One published incidence, as printed, with the population it was counted in."""

    study: str
    year: str
    population: str
    printed: str
    unit: str
    drug: str
    doi: str | None
    status: str


@dataclass(frozen=True)
class CohortInputs:
    """What the layers before the report have written of the cohort arm."""

    results: CohortResults
    snapshot: pl.DataFrame
    quarantine_reasons: pl.DataFrame
    value_issues: pl.DataFrame
    concepts: pl.DataFrame
    attrition: pl.DataFrame
    published: list[PublishedRate]
    digests: list[Digest]


def read_cohort(data: Path, study: Path) -> CohortInputs:
    """Read what the cohort part of the report shows."""
    sources, canonical = data / "1_sources" / "cohort", data / "2_canonical" / "cohort"
    measures = data / "6_measures" / "cohort"
    tables = [
        sources / "snapshot.parquet",
        sources / "quarantine.parquet",
        sources / "value_issues.parquet",
        canonical / "value_issues.parquet",
        canonical / "resolved_concepts.parquet",
        *(data / layer / "cohort" / "attrition.csv" for layer in LAYERS),
        measures / "results.parquet",
    ]
    issues = [VALUE_ISSUES.scan(folder / "value_issues.parquet") for folder in (sources, canonical)]
    return CohortInputs(
        results=CohortResults(RESULTS.scan(measures / "results.parquet").collect()),
        snapshot=SNAPSHOT.scan(sources / "snapshot.parquet").collect(),
        quarantine_reasons=lines_by_reason(QUARANTINE.scan(sources / "quarantine.parquet")),
        value_issues=pl.concat(issues).sort("source_id", "column", "reason").collect(),
        concepts=RESOLVED_CONCEPTS.scan(canonical / "resolved_concepts.parquet").collect(),
        attrition=read_attrition([data / layer / "cohort" for layer in LAYERS]),
        published=_read_published(study),
        digests=[digest(path, path.relative_to(data).as_posix()) for path in tables],
    )


def _read_published(study: Path) -> list[PublishedRate]:
    lines = read_lines(study, lambda cells: "incidence" in cells["measure"] and cells["value"])
    return [
        PublishedRate(
            study=row["study"],
            year=row["year"],
            population=row["population"],
            printed=_as_printed(row),
            unit=f"{row['measure']}, {row['unit']}",
            drug=row["drug_or_class"],
            doi=row["doi_or_pmid"] if DOI.fullmatch(row["doi_or_pmid"]) else None,
            status=row["status"],
        )
        for row in (line.cells for line in lines)
    ]


def _as_printed(row: dict[str, str]) -> str:
    limits = f" ({row['ci_low']}–{row['ci_high']})" if row["ci_low"] and row["ci_high"] else ""
    counts = f"; {row['numerator']} of {row['denominator']}" if row["numerator"] and row["denominator"] else ""
    return f"{row['value']}{limits}{counts}"
