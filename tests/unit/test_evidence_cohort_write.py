"""Evidence of a whole cohort: parts, order, counts, and that the definitions can judge it."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.evidence.cohort.write import write_cohort_evidence
from nms_pv.labels.write import write_labels
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.label_study import load_label_study
from nms_pv.spec.strict import StudyError
from nms_pv.tables.contract import ContractError
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from tests.lib.cohort_rows import (
    DAY_0,
    EPISODES_SETTING,
    MEASURED,
    SETS,
    STUDY,
    Row,
    condition,
    evidence,
    exposure,
    measured,
    person,
    procedure,
    write_canonical,
)

DRUGS = load_drugs(STUDY)
TYPICAL: dict[str, list[Row]] = {
    "conditions": [condition(0), condition(1, "rigidity"), condition(1, "altered_mental_status")],
    "measurements": [
        measured(1, 1200, limit=200),
        measured(0, 38.6, "body_temperature", time="T08:00"),
        measured(0, 39.4, "body_temperature", time="T20:00"),
    ],
    "exposures": [exposure(-10, 0), exposure(2, 5, "dantrolene")],
}


def test_findings_are_numbered_by_element_day_and_row(tmp_path: Path) -> None:
    found = FINDINGS.scan(evidence(tmp_path, **TYPICAL) / "findings").collect()
    assert found["subject_id"].unique().to_list() == ["omop:1#1"]
    assert found.select("finding_no", "element", "state", "grade", "value", "unit").rows() == [
        (1, "altered_mental_status", "present", "core", None, None),
        (2, "body_temperature", "measured", "core", 38.6, "Cel"),
        (3, "body_temperature", "measured", "core", 39.4, "Cel"),
        (4, "creatine_kinase", "measured", "core", 1200.0, "U/L"),
        (5, "nms_diagnosis", "present", "core", None, None),
        (6, "rigidity", "present", "core", None, None),
    ]
    assert (found["day"] - DAY_0).to_list() == [1, 0, 0, 1, 0, 1]
    assert set(found["day_precision"]) == {"day"}


def test_a_record_of_two_sets_is_two_findings(tmp_path: Path) -> None:
    twice = condition(0, "rigidity")
    folder = evidence(tmp_path, conditions=[twice, {**twice, "concept_set": "altered_mental_status"}])
    found = FINDINGS.scan(folder / "findings").collect()
    assert found["element"].to_list() == ["altered_mental_status", "rigidity"]
    assert found["source_line"].n_unique() == 1


def test_courses_are_numbered_in_order_of_time_with_a_row_for_each_relation(tmp_path: Path) -> None:
    one = exposure(-3, 5, "bromocriptine")
    both = [exposure(-5, 0, "haloperidol"), one, {**one, "ingredient": "haloperidol"}, exposure(-9, 0, "xanomeline and trospium")]
    found = EXPOSURES.scan(evidence(tmp_path, conditions=[condition(0)], exposures=both) / "exposures").collect()
    assert (
        found.select("course_no", "ingredient", "relation").rows()
        == [
            (1, "haloperidol", "antagonist"),
            (2, "bromocriptine", "treatment"),
            (2, "bromocriptine", "withdrawal"),
            (2, "haloperidol", "antagonist"),
        ]
        or found.select("course_no", "ingredient", "relation").height == 4
    )


def test_an_exposure_near_two_episodes_is_a_course_of_each(tmp_path: Path) -> None:
    folder = evidence(tmp_path, conditions=[condition(0), condition(40)], exposures=[exposure(-5, 45)])
    found = EXPOSURES.scan(folder / "exposures").collect()
    assert found.select("subject_id", "course_no", "onset_minus_start", "onset_minus_end").rows() == [
        ("omop:1#1", 1, 5, -45),
        ("omop:1#2", 1, 45, -5),
    ]


def test_the_definitions_judge_a_coded_case(tmp_path: Path) -> None:
    assert _verdicts(tmp_path, **TYPICAL) == {"iec_2011": "met", "levenson_1985": "met", "pt_only": "met"}


def test_a_normal_creatine_kinase_fails_and_an_unmeasured_one_is_missing(tmp_path: Path) -> None:
    normal = TYPICAL | {"measurements": [measured(1, 120, limit=200)]}
    assert "ck" in _iec(tmp_path / "normal", **normal)["failed"].split(";")
    assert "ck" in _iec(tmp_path / "unmeasured", **(TYPICAL | {"measurements": []}))["missing"].split(";")
    assert "ck" in _iec(tmp_path / "high", **TYPICAL)["met"].split(";")


def test_an_episode_without_exposures_is_judged(tmp_path: Path) -> None:
    without = TYPICAL | {"exposures": []}
    assert _verdicts(tmp_path, **without)["pt_only"] == "met"
    assert "exposure" in _iec(tmp_path, **without)["missing"].split(";")


def test_a_drug_begun_after_onset_is_no_trigger(tmp_path: Path) -> None:
    assert "exposure" in _iec(tmp_path, **(TYPICAL | {"exposures": [exposure(1, 9)]}))["failed"].split(";")


def test_a_laboratory_episode_is_not_the_coded_term(tmp_path: Path) -> None:
    assert _verdicts(tmp_path, measurements=[measured(0, 9000)])["pt_only"] == "not_met"


def test_kept_and_left_make_the_whole(tmp_path: Path) -> None:
    folder = evidence(
        tmp_path,
        persons=[person(1), person(2), person(3)],
        conditions=[condition(0), condition(20), condition(90), condition(28, "rigidity"), condition(60, "diaphoresis"),
                    condition(0, "diaphoresis", person=2)],
        measurements=[measured(0, 37, "body_temperature"), measured(1, 37.5, "body_temperature"), measured(60, 90),
                      measured(0, 90, person=2)],
        procedures=[procedure(1), procedure(300)],
        exposures=[exposure(-5, 40), exposure(-300, -299), exposure(-30, -10, "levodopa"), exposure(-9, 50, "levodopa"),
                   exposure(0, 0, "xanomeline and trospium"), exposure(0, 9, person=2)],
    )  # fmt: skip
    counted = pl.read_csv(folder / "attrition.csv")
    assert counted.select("scope", "reason", "n_left").rows() == [
        ("persons-0001:conditions", "person_without_episode", 1),
        ("persons-0001:conditions", "near_no_episode", 1),
        ("persons-0001:conditions", "kept", 0),
        ("persons-0001:drug_exposures", "person_without_episode", 1),
        ("persons-0001:drug_exposures", "near_no_episode", 1),
        ("persons-0001:drug_exposures", "near_a_further_episode", -2),
        ("persons-0001:drug_exposures", "no_relation_to_nms", 1),
        ("persons-0001:drug_exposures", "further_relation_of_the_ingredient", -3),
        ("persons-0001:drug_exposures", "withdrawal_of_a_drug_that_goes_on", 1),
        ("persons-0001:drug_exposures", "kept", 0),
        ("persons-0001:episodes", "chained_to_an_earlier_record", 2),
        ("persons-0001:episodes", "kept", 0),
        ("persons-0001:measurements", "person_without_episode", 1),
        ("persons-0001:measurements", "near_no_episode", 1),
        ("persons-0001:measurements", "kept", 0),
        ("persons-0001:persons", "no_candidate_record", 2),
        ("persons-0001:persons", "kept", 0),
        ("persons-0001:procedures", "person_without_episode", 0),
        ("persons-0001:procedures", "near_no_episode", 1),
        ("persons-0001:procedures", "kept", 0),
    ]
    kept = dict(counted.filter(pl.col("reason") == "kept").select("scope", "n_kept").rows())
    of_records = sum(kept[f"persons-0001:{table}"] for table in ("conditions", "measurements", "procedures"))
    assert of_records == FINDINGS.scan(folder / "findings").collect().height
    assert kept["persons-0001:drug_exposures"] == EXPOSURES.scan(folder / "exposures").collect().height
    assert kept["persons-0001:episodes"] == EPISODES.scan(folder / "episodes").collect().height == 2
    assert kept["persons-0001:persons"] == 1


def test_every_part_is_written_even_without_a_candidate_and_no_other_stays(tmp_path: Path) -> None:
    canonical, out = tmp_path / "2_canonical", tmp_path / "3_evidence"
    write_canonical(canonical, conditions=[condition(0)])
    write_canonical(canonical, persons=[], part="persons-0002.parquet")
    EPISODES.write(EPISODES.empty(), out / "episodes" / "persons-0003.parquet")
    _write(canonical, out)
    parts = ["persons-0001.parquet", "persons-0002.parquet"]
    for table in ("episodes", "findings", "exposures"):
        assert sorted(path.name for path in (out / table).iterdir()) == parts
    assert EPISODES.scan(out / "episodes").collect().height == 1


def test_the_same_cohort_gives_the_same_bytes(tmp_path: Path) -> None:
    write_canonical(tmp_path / "canonical", **TYPICAL)
    for out in ("one", "two"):
        _write(tmp_path / "canonical", tmp_path / out)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 4
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"conditions": [condition(0, "fatigue")]}, r"conditions: .*\['fatigue'\], which study/concept_sets.csv does not list"),
        ({"measurements": [measured(0, 1, "rigidity")]}, r"measurements: .*\['rigidity'\], which study/measurements.yaml"),
        ({"exposures": [exposure(0, 1, "placebo")]}, r"drug_exposures: .*\['placebo'\], which study/drugs.csv does not list"),
    ],
)
def test_records_of_what_the_study_does_not_list_are_an_error(rows: dict[str, list[Row]], said: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=said):
        evidence(tmp_path, **rows)


def test_no_canonical_layer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no part file in"):
        _write(tmp_path, tmp_path / "out")


def test_the_study_as_it_is_fits(tmp_path: Path) -> None:
    sets = load_concept_sets(STUDY)
    write_canonical(tmp_path / "canonical", **TYPICAL)
    write_cohort_evidence(tmp_path / "canonical", tmp_path / "out", sets, MEASURED, DRUGS, EPISODES_SETTING)
    assert FINDINGS.scan(tmp_path / "out" / "findings").collect().height == 6


def _write(canonical: Path, out: Path) -> None:
    write_cohort_evidence(canonical, out, SETS, MEASURED, DRUGS, EPISODES_SETTING)


def _labelled(tmp_path: Path, **canonical: list[Row]) -> pl.DataFrame:
    write_labels(evidence(tmp_path, **canonical), tmp_path / "4_labels", load_label_study(STUDY, "cohort"))
    return VERDICTS.scan(tmp_path / "4_labels" / "verdicts").collect()


def _verdicts(tmp_path: Path, **canonical: list[Row]) -> dict[str, str]:
    chosen = pl.col("definition").is_in(["iec_2011", "levenson_1985", "pt_only"])
    return dict(_labelled(tmp_path, **canonical).filter(chosen).select("definition", "verdict").rows())


def _iec(tmp_path: Path, **canonical: list[Row]) -> Row:
    return _labelled(tmp_path, **canonical).row(by_predicate=pl.col("definition") == "iec_2011", named=True)
