"""Labels of a whole evidence folder: parts, counts, and what a part without evidence gives."""

import csv
from pathlib import Path

import polars as pl
import pytest

from nms_pv.labels.states import course_states
from nms_pv.labels.write import write_labels
from nms_pv.spec.definitions import DaysByForm, ExposureUse, Taken
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.contract import ContractError
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import CAUSALITY, TREATMENTS, TRIGGERS, VERDICTS

STUDY = Path(__file__).parents[2] / "study"
LABELS = load_label_study(STUDY, "reports")
FINDING = {
    "subject_id": "faers:1", "finding_no": 1, "element": "nms_diagnosis", "state": "present", "grade": "core",
    "term": "Neuroleptic malignant syndrome", "day_precision": "none", "source_id": "faers:2024Q1:REAC", "source_line": 2,
}  # fmt: skip
COURSE = {
    "subject_id": "faers:1", "course_no": 1, "relation": "antagonist", "ingredient": "haloperidol", "formulation": "other",
    "role": "PS", "start_day_precision": "none", "end_day_precision": "none", "timing": "start_date_missing",
    "dechallenge": "not_documented", "rechallenge": "not_documented",
    "source_id": "faers:2024Q1:DRUG", "source_line": 2,
}  # fmt: skip


def _evidence(folder: Path, parts: dict[str, list[dict]]) -> Path:
    for part, rows in parts.items():
        filled = [{**dict.fromkeys(FINDINGS.types), **row} for row in rows]
        FINDINGS.write(pl.DataFrame(filled, schema=FINDINGS.types), folder / "findings" / f"{part}.parquet")
        EXPOSURES.write(EXPOSURES.empty(), folder / "exposures" / f"{part}.parquet")
    return folder


def test_every_subject_with_a_finding_gets_a_row_for_each_definition(tmp_path: Path) -> None:
    evidence = _evidence(tmp_path / "evidence", {"2024Q1": [FINDING], "2024Q2": []})
    write_labels(evidence, tmp_path / "labels", LABELS)
    labelled = VERDICTS.scan(tmp_path / "labels" / "verdicts").collect()
    assert labelled["definition"].to_list() == [d.name for d in LABELS.computed]
    with (tmp_path / "labels" / "attrition.csv").open(encoding="utf-8", newline="") as file:
        kept = {row["scope"]: row["n_kept"] for row in csv.DictReader(file) if row["reason"] == "kept"}
    assert kept["2024Q1:pt_only"] == "1"
    assert kept["2024Q2:pt_only"] == "0"
    assert len(kept) == 2 * (len(LABELS.computed) + 3)


def test_triggers_treatments_and_causality_are_written_beside_the_verdicts(tmp_path: Path) -> None:
    course = {**COURSE, "dechallenge": "positive", "rechallenge": "unknown"}
    evidence = _evidence(tmp_path / "evidence", {"2024Q1": [FINDING]})
    rows = [{**dict.fromkeys(EXPOSURES.types), **row} for row in (course, {**course, "subject_id": "faers:2"})]
    EXPOSURES.write(pl.DataFrame(rows, schema=EXPOSURES.types), evidence / "exposures" / "2024Q1.parquet")
    write_labels(evidence, tmp_path / "labels", LABELS)
    trigger, treatment, cause = (
        table.scan(tmp_path / "labels" / table.name.removeprefix("labels/")).collect()
        for table in (TRIGGERS, TREATMENTS, CAUSALITY)
    )
    assert trigger.select("subject_id", "trigger", "certainty").rows() == [("faers:1", "antagonist", "suspected_undated")]
    assert treatment.select("subject_id", "treatment", "given").rows() == [("faers:1", "antagonist_stopped", "given")]
    assert cause.select("subject_id", "ingredient", "who_umc").rows() == [("faers:1", "haloperidol", "unassessable")]
    with (tmp_path / "labels" / "attrition.csv").open(encoding="utf-8", newline="") as file:
        left = [(row["reason"], row["n_left"]) for row in csv.DictReader(file) if row["scope"] == "2024Q1:causality"]
    assert left == [
        ("subject_without_finding", "1"),
        ("no_candidate_relation", "0"),
        ("drug_not_suspected", "0"),
        ("further_course_of_the_drug", "0"),
        ("kept", "0"),
    ]


def test_a_part_of_an_earlier_run_does_not_stay(tmp_path: Path) -> None:
    evidence = _evidence(tmp_path / "evidence", {"2024Q1": [FINDING]})
    VERDICTS.write(VERDICTS.empty(), tmp_path / "labels" / "verdicts" / "2019Q1.parquet")
    write_labels(evidence, tmp_path / "labels", LABELS)
    assert [path.name for path in (tmp_path / "labels" / "verdicts").iterdir()] == ["2024Q1.parquet"]


def test_no_evidence_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no part file in"):
        write_labels(tmp_path, tmp_path / "labels", LABELS)


def test_an_exposure_may_ask_only_for_drugs_taken() -> None:
    use = ExposureUse(taken=Taken(relations=["antagonist"], days=DaysByForm(oral=7, long_acting=28), undated_suspect="present"))
    rows = [COURSE, {**COURSE, "course_no": 2, "relation": "withdrawal"}]
    exposures = pl.DataFrame([{**dict.fromkeys(EXPOSURES.types), **row} for row in rows], schema=EXPOSURES.types)
    assert course_states(exposures, use).select("course_no", "counts_as").rows() == [(1, True)]
