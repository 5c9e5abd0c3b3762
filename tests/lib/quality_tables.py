"""A small study of which every check of data quality can be counted by hand: two quarters of reports, and a cohort."""

from datetime import date
from pathlib import Path

import polars as pl

from nms_pv.measures.quality.write import write_cohort_quality, write_report_quality
from nms_pv.tables.attrition import steps, write_attrition
from nms_pv.tables.canonical import (
    CODING_COVERAGE,
    REPORT_DRUGS,
    REPORT_EVENTS,
    REPORT_INDICATIONS,
    REPORT_OUTCOMES,
    REPORT_VERSIONS,
    REPORTS,
    VALUE_ISSUES,
)
from nms_pv.tables.cdm import CONDITION_OCCURRENCE, DRUG_EXPOSURE, MEASUREMENT, PROCEDURE_OCCURRENCE, SNAPSHOT
from nms_pv.tables.cohort import DRUG_EXPOSURES, MEASUREMENTS, OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.quality import QUALITY
from nms_pv.tables.sources import FILES, QUARANTINE
from tests.lib.declared_rows import rows

ELEMENTS = ["clonus", "fever"]
Row = dict[str, object]


def day(text: str) -> int:
    """A day as days since 1970-01-01."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def exact(**days: str) -> Row:
    """Columns of days that are known to the day."""
    return {name: day(text) for name, text in days.items()} | {f"{name}_precision": "day" for name in days}


def report(number: int, quarter: str, **stated: object) -> Row:
    """A report of which nothing is known but what is stated."""
    unknown = {f"{name}_precision": "none" for name in ("first_received_day", "received_day", "event_day")}
    nothing = {"sex": "unknown", "reporter_type": "unknown", "report_type": "unknown", "is_serious": False}
    known = {"subject_id": f"faers:{number}", "version_id": f"faers:{quarter}:{number}", "source_id": f"faers:{quarter}:DEMO"}
    return {**unknown, **nothing, **known, **stated}


def drug(number: int, role: str = "PS", **stated: object) -> Row:
    """A reported drug without dates but for those stated."""
    unknown = {"start_day_precision": "none", "end_day_precision": "none"}
    return {**unknown, "subject_id": f"faers:{number}", "role": role, "ingredient_reported": "HALOPERIDOL", **stated}


def file(quarter: str, table: str, **stated: object) -> Row:
    """A raw file of ten lines."""
    known = {"source_id": f"faers:{quarter}:{table}", "quarter": quarter, "table": table, "sha256": "0" * 64}
    return {**known, "encoding": "utf-8", "line_count": 10, "origin": "quarter.zip", "retrieved": "2026-01-02", **stated}


FIRST, SECOND = "2023Q4", "2024Q2"
REPORT_TABLES: dict[str, dict[Table, list[Row]]] = {
    FIRST: {
        REPORTS: [
            report(
                1,
                FIRST,
                **exact(event_day="2023-10-01", first_received_day="2023-10-11", received_day="2023-12-01"),
                age_years=40.0,
                sex="female",
                reporter_country="SE",
                reporter_type="physician",
                report_type="expedited",
                is_serious=True,
            ),
            report(2, FIRST, **exact(event_day="2023-10-01", first_received_day="2023-10-21", received_day="2023-10-21")),
            report(3, FIRST, **exact(event_day="2023-11-01", received_day="2023-10-31"), report_type="expedited"),
            report(4, FIRST, event_day=day("2023-10-01"), event_day_precision="padded", duplicate_group="faers:4"),
        ],
        REPORT_DRUGS: [
            drug(1, **exact(start_day="2023-09-01"), dose="5 mg"),
            drug(2, **exact(start_day="2023-10-02")),
            drug(3, role="C", **exact(start_day="2023-12-02"), dose="5 mg"),
        ],
        REPORT_EVENTS: [
            {"subject_id": f"faers:{n}", "start_day_precision": "none", "end_day_precision": "none"} for n in (1, 2, 3)
        ],
        REPORT_OUTCOMES: [{"subject_id": "faers:1", "outcome": outcome} for outcome in ("death", "hospitalisation")],
        REPORT_INDICATIONS: [{"subject_id": "faers:2"}],
        REPORT_VERSIONS: [
            {"version_id": f"faers:{FIRST}:{n}", "subject_id": f"faers:{n}", "received_day_precision": "none", "status": status}
            for n, status in ((1, "shown"), (2, "shown"), (3, "shown"), (4, "shown"), (5, "deleted"))
        ],
        FINDINGS: [
            {
                "subject_id": f"faers:{n}",
                "finding_no": no,
                "element": element,
                "state": "present",
                "grade": grade,
                "day_precision": "none",
            }
            for n, no, element, grade in (
                (1, 1, "nms_diagnosis", "core"),
                (1, 2, "fever", "core"),
                (2, 1, "nms_diagnosis", "core"),
                (2, 2, "fever", "context"),
                (3, 1, "fever", "core"),
            )
        ],
        EXPOSURES: [
            {
                "subject_id": f"faers:{n}",
                "relation": relation,
                "timing": "known",
                "start_day_precision": "none",
                "end_day_precision": "none",
            }
            for n, relation in ((1, "antagonist"), (2, "treatment"), (3, "antagonist"))
        ],
    },
    # A quarter without a file of outcomes, of therapy, or of indications.
    SECOND: {REPORTS: [report(6, SECOND, is_serious=None)], REPORT_DRUGS: [drug(6)]},
}


def write_reports(data: Path, files: list[Row] | None = None) -> pl.DataFrame:
    """Write the layers of the reports arm and their quality; the rows of `measures/quality`."""
    sources, canonical, evidence = data / "1_sources", data / "2_canonical", data / "3_evidence"
    known = [file(FIRST, table) for table in ("DEMO", "DRUG", "REAC", "OUTC", "THER", "INDI")]
    known += [file(FIRST, "DELETED", encoding="cp1252")]
    known += [file(SECOND, table, origin="simulator", retrieved=None) for table in ("DEMO", "DRUG", "REAC")]
    FILES.write(rows(FILES, *(known if files is None else files)), sources / "files.parquet")
    lines = [{"source_id": f"faers:{FIRST}:DRUG", "source_line": line} for line in (4, 7)]
    QUARANTINE.write(rows(QUARANTINE, *lines), sources / "quarantine.parquet")
    issues = [
        {"source_id": f"faers:{FIRST}:{table}", "column": column, "reason": reason, "values": n}
        for table, column, reason, n in (("DEMO", "age_years", "beyond_limits", 1), ("THER", "end_day", "end_before_start", 2))
    ]
    VALUE_ISSUES.write(rows(VALUE_ISSUES, *issues), canonical / "value_issues.parquet")
    coding = [
        {"source_id": f"faers:{FIRST}:DRUG", "coding_method": method, "rows": n}
        for method, n in (("drug_name", 1), ("uncoded", 2))
    ]
    CODING_COVERAGE.write(rows(CODING_COVERAGE, *coding), canonical / "coding_coverage.parquet")
    kept = [
        steps("canonical", f"{q}:{table}", "record", n, {})
        for q, table, n in ((FIRST, "DEMO", 4), (FIRST, "THER", 8), (SECOND, "DEMO", 1))
    ]
    write_attrition(kept, canonical / "attrition.csv")
    for quarter, tables in REPORT_TABLES.items():
        for table in (
            REPORTS,
            REPORT_DRUGS,
            REPORT_EVENTS,
            REPORT_OUTCOMES,
            REPORT_INDICATIONS,
            REPORT_VERSIONS,
            FINDINGS,
            EXPOSURES,
        ):
            layer = evidence if table in (FINDINGS, EXPOSURES) else canonical
            table.write(rows(table, *tables.get(table, [])), layer / table.name.rpartition("/")[2] / f"{quarter}.parquet")
    write_report_quality(data, data / "6_measures" / "quality", ELEMENTS, "reports:0123456789ab")
    return QUALITY.scan(data / "6_measures" / "quality" / "quality.parquet").collect()


COHORT_SOURCES: dict[Table, list[Row]] = {
    DRUG_EXPOSURE: [
        {
            "source_line": line,
            "drug_exposure_start_date": day(start),
            "drug_exposure_end_date": end if end is None else day(end),
            "days_supply": supply,
            "drug_concept_id": concept,
        }
        for line, start, end, supply, concept in (
            (1, "2019-03-01", "2019-03-30", 30, 7),
            (2, "2019-05-01", "2019-04-01", None, 0),
            (3, "2019-06-01", None, None, None),
            (4, "2021-06-01", None, 28, 7),
        )
    ],
    CONDITION_OCCURRENCE: [],
    MEASUREMENT: [
        {
            "source_line": line,
            "measurement_date": day("2019-03-01"),
            "value_as_number": value,
            "unit_concept_id": concept,
            "unit_source_value": unit,
        }
        for line, value, concept, unit in ((1, 5.0, 0, "U/L"), (2, 5.0, 9, None), (3, 5.0, None, " "), (4, None, 9, "U/L"))
    ],
    PROCEDURE_OCCURRENCE: [],
}


def write_cohort(data: Path, **snapshot: object) -> pl.DataFrame:
    """Write the layers of the cohort arm and their quality; the rows of `measures/quality`. `snapshot` holds for each table."""
    sources, canonical, evidence = (data / layer / "cohort" for layer in ("1_sources", "2_canonical", "3_evidence"))
    received = [
        {"source_id": f"omop:{table}", "table": table, "rows": 4, "sha256": "0" * 64, "content_sha256": "0" * 64, **snapshot}
        for table in ("drug_exposure", "measurement", "observation_period", "person")
    ]
    SNAPSHOT.write(rows(SNAPSHOT, *(received if snapshot else [])), sources / "snapshot.parquet")
    QUARANTINE.write(rows(QUARANTINE, {"source_id": "omop:drug_exposure", "source_line": 9}), sources / "quarantine.parquet")
    for table, known in COHORT_SOURCES.items():
        table.write(rows(table, *known), sources / f"{table.name.rpartition('/')[2]}.parquet")
    for layer, column in ((sources, "person_id"), (canonical, "days_supply")):
        issue = {"source_id": "omop:drug_exposure", "column": column, "reason": "not_a_number", "values": 1}
        VALUE_ISSUES.write(rows(VALUE_ISSUES, issue), layer / "value_issues.parquet")
    left = {"not_a_listed_drug": 1, "further_ingredient_of_the_record": -1, "person_unknown": 1, "starts_after_death": 0}
    write_attrition([steps("canonical", "persons-0001:drug_exposure", "record", 4, left)], canonical / "attrition.csv")
    tables: dict[Table, list[Row]] = {
        PERSONS: [
            {"person_id": 1, "sex": "female", "birth_precision": "day", "death_day": day("2021-03-02")},
            {"person_id": 2, "sex": "unknown", "birth_precision": "year"},
        ],
        OBSERVATION_PERIODS: [
            {"person_id": person, "start_day": day(start), "end_day": day(end)}
            for person, start, end in (
                (1, "2018-12-31", "2019-12-31"),
                (1, "2021-03-01", "2021-03-02"),
                (2, "2019-01-01", "2019-01-10"),
            )
        ],
        DRUG_EXPOSURES: [
            {"person_id": person, "start_day": day(start), "source_line": line, "ingredient": "haloperidol", "end_rule": rule}
            for line, person, start, rule in (
                (1, 1, "2019-03-01", "reported_end"),
                (2, 1, "2020-05-01", "one_day"),
                (3, 2, "2019-01-11", "one_day"),
                (4, 2, "2019-01-10", "days_supply"),
            )
        ],
        MEASUREMENTS: [
            {"source_line": line, "concept_set": name, "day": day("2019-03-01"), "range_high": high}
            for line, name, high in ((1, "creatine_kinase", 200.0), (2, "creatine_kinase", None), (3, "heart_rate", 100.0))
        ],
    }
    for table, known in tables.items():
        table.write(rows(table, *known), canonical / table.name.rpartition("/")[2] / "persons-0001.parquet")
    EPISODES.write(rows(EPISODES, {"subject_id": "omop:1#1"}), evidence / "episodes" / "persons-0001.parquet")
    finding = {"subject_id": "omop:1#1", "element": "fever", "state": "measured", "grade": "core"}
    FINDINGS.write(rows(FINDINGS, finding), evidence / "findings" / "persons-0001.parquet")
    write_cohort_quality(data, data / "6_measures" / "cohort" / "quality", ELEMENTS, "cohort:0123456789ab")
    return QUALITY.scan(data / "6_measures" / "cohort" / "quality" / "quality.parquet").collect()


def one(quality: pl.DataFrame, check: str, period: str, item: str = "all", source: str | None = None) -> Row:
    """The row of one check."""
    where = {"check": check, "period": period, "item": item} | ({"source": source} if source else {})
    found = quality.filter(**where)
    assert found.height == 1, f"{where}: {found.height} rows"
    return found.row(0, named=True)


def counts(quality: pl.DataFrame, check: str, period: str, item: str = "all", source: str | None = None) -> tuple[object, object]:
    """Numerator and denominator of one check."""
    row = one(quality, check, period, item, source)
    return row["numerator"], row["denominator"]
