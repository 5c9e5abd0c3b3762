"""A study with a few candidates, as the layers before the review leave it."""

import shutil
from pathlib import Path

import polars as pl

from nms_pv.spec.adjudications import COLUMNS, Adjudication, write_adjudications
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.review import RANKING
from tests.lib.declared_rows import rows

NO_DAY = {"day_precision": "none"}
NO_DAYS = {"start_day_precision": "none", "end_day_precision": "none", "timing": "start_date_missing", "formulation": "other"}
# 2024-03-01
MARCH_1 = 19783


def finding(subject_id: str, number: int, term: str, **stated: object) -> dict[str, object]:
    usual = {"element": term.lower(), "state": "present", "grade": "core", **NO_DAY}
    return {"subject_id": subject_id, "finding_no": number, "term": term, **usual, **stated}


def course(subject_id: str, number: int, ingredient: str, **stated: object) -> dict[str, object]:
    usual = {"relation": "antagonist", "role": "PS", **NO_DAYS}
    return {"subject_id": subject_id, "course_no": number, "ingredient": ingredient, **usual, **stated}


def verdict(subject_id: str, definition: str, said: str) -> dict[str, object]:
    return {"subject_id": subject_id, "definition": definition, "verdict": said}


def ranked(subject_id: str, probability: float | None, information: float | None, disagreement: float = 0.5) -> dict[str, object]:
    known = {"reference": "pt_only", "band": "low", "unit": "report"}
    numbers = {"probability": probability, "information": information, "disagreement": disagreement}
    return {"subject_id": subject_id, **known, **numbers}


FEVER_AND_HALOPERIDOL = {
    "findings": [
        finding("faers:1", 1, "PYREXIA", day=MARCH_1, day_precision="day"),
        finding("faers:1", 2, "RHABDOMYOLYSIS", state="absent"),
        finding("faers:2", 1, "=NEUROLEPTIC\tMALIGNANT SYNDROME", element="nms_diagnosis"),
    ],
    "exposures": [course("faers:1", 1, "haloperidol")],
    "verdicts": [
        verdict("faers:1", "iec_2011", "indeterminate"),
        verdict("faers:1", "levenson_1985", "met"),
        verdict("faers:1", "pt_only", "not_met"),
        verdict("faers:2", "pt_only", "met"),
        verdict("faers:2", "adjudicated", "met"),
    ],
    "ranking": [ranked("faers:1", 0.4, 0.9), ranked("faers:2", 0.97, 0.3)],
}
ONE_EPISODE = {
    "findings": [finding("omop:7#1", 1, "creatine kinase", state="measured", value=4800.0, unit="U/L")],
    "exposures": [],
    "verdicts": [verdict("omop:7#1", "pt_only", "met")],
    "ranking": [{**ranked("omop:7#1", None, None), "reference": "none", "band": None}],
}
PARAMS = Path(__file__).parents[2] / "params.yaml"
Tables = dict[str, list[dict[str, object]]]


def write_review_study(project: Path, reports: Tables = FEVER_AND_HALOPERIDOL, cohort: Tables | None = ONE_EPISODE) -> Path:
    """Two reports and an episode; the first report is the most informative."""
    (project / "study").mkdir(parents=True, exist_ok=True)
    shutil.copy2(PARAMS, project)
    (project / "dvc.yaml").touch()
    write_adjudications([], project / "study")
    for arm, tables in (("", reports), ("cohort", cohort)):
        if tables is not None:
            write_arm(project / "data", arm, tables)
    return project


def write_arm(data: Path, arm: str, tables: Tables) -> None:
    FINDINGS.write(rows(FINDINGS, *tables["findings"]), data / "3_evidence" / arm / "findings" / "a.parquet")
    EXPOSURES.write(rows(EXPOSURES, *tables["exposures"]), data / "3_evidence" / arm / "exposures" / "a.parquet")
    VERDICTS.write(rows(VERDICTS, *tables["verdicts"]), data / "4_labels" / arm / "verdicts" / "a.parquet")
    ranking = pl.DataFrame([{**RANKED, **row} for row in tables["ranking"]], schema=RANKING.types)
    RANKING.write(ranking, data / "6_measures" / arm / "ranking" / "ranking.parquet")


RANKED = {
    "rank": 1, "is_calibrated": True, "fold": 1, "features": "", "definitions": 2, "definitions_met": 1, "undefined_reason": None,
}  # fmt: skip


def judged(text: str) -> list[Adjudication]:
    """Adjudications from words: `faers:1 AB nms`, each on the case with hash `now` unless a fourth word says another."""
    words = [line.split() for line in text.strip().splitlines()]
    return [Adjudication(w[0], w[2], w[1], "2026-03-31", "", w[3] if len(w) > 3 else "now") for w in words]


def cases(*subjects: str) -> pl.DataFrame:
    """The subjects as they stand now."""
    return pl.DataFrame({"subject_id": subjects, "case_hash": "now"}, schema={"subject_id": pl.String, "case_hash": pl.String})


def answer(sheet: pl.DataFrame, **answers: list[str]) -> pl.DataFrame:
    """The sheet with the answers of a reviewer, column by column."""
    assert set(answers) <= set(COLUMNS)
    return sheet.with_columns(**{name: pl.Series(values, dtype=pl.String) for name, values in answers.items()})
