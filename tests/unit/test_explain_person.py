"""`explain` of a person on a small cohort that is written through the declared tables."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from nms_pv.audit.case import UnknownCaseError
from nms_pv.audit.explain import explain
from nms_pv.evidence.cohort.write import write_cohort_evidence
from nms_pv.labels.write import write_labels
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.cdm import CONDITION_OCCURRENCE, MEASUREMENT
from nms_pv.tables.contract import ContractError, Table
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.person_time import CASES, ERAS
from tests.lib.cohort_rows import (
    DAY_0,
    EPISODES_SETTING,
    MEASURED,
    PART,
    SETS,
    STUDY,
    Row,
    condition,
    exposure,
    measured,
    observed,
    person,
    put,
    write_canonical,
)

OTHER_PART = "persons-0002.parquet"


def _era(start: int, end: int, ingredient: str = "haloperidol", person: int = 1, formulation: str = "other") -> Row:
    days = {"start_day": DAY_0 + start, "end_day": DAY_0 + end}
    return {"person_id": person, "ingredient": ingredient, "formulation": formulation, **days, "exposures": 2}


def _case(kind: str, group: str, fate: str, **changes: object) -> Row:
    row = {
        "analysis": "exact", "definition": "pt_only", "group_kind": kind, "group": group, "subject_id": "omop:1#1",
        "person_id": 1, "day": DAY_0, "fate": fate,
    }  # fmt: skip
    return row | changes


COUNTED = {
    "window_start": DAY_0 - 10, "window_end": DAY_0 + 17, "days_since_start": 10,
    "age_band": "40-64", "sex": "female", "year": "2015",
}  # fmt: skip


def _raw(table: Table, row: Row, folder: Path) -> None:
    name = table.name.removeprefix("sources/")
    table.write(pl.DataFrame([{**dict.fromkeys(table.types), **row}], schema=table.types), folder / f"{name}.parquet")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(STUDY, root / "study")
    data = root / "data"
    canonical, evidence, labels, exposed = (
        data / layer / "cohort" for layer in ("2_canonical", "3_evidence", "4_labels", "5_exposure")
    )
    nms = condition(0, term="Neuroleptic\x1b[31m malignant syndrome", source_line=5)
    ck = measured(1, 1240, limit=200) | {"source_line": 8}
    write_canonical(
        canonical,
        persons=[
            person(1, death_day=DAY_0 + 200),
            person(2, birth_precision="none", birth_year=None, birth_month=None, birth_day_of_month=None),
            person(3, birth_precision="year"),
        ],
        periods=[observed(-1000, 200), observed(-10, 0, person=2)],
        conditions=[nms, condition(100, "rigidity", source_line=6)],
        measurements=[ck],
        exposures=[exposure(-10, 10, source_line=3), exposure(0, 5, "haloperidol", person=2)],
    )
    write_canonical(canonical, persons=[person(4, birth_precision="month")], part=OTHER_PART)
    write_cohort_evidence(canonical, evidence, SETS, MEASURED, load_drugs(STUDY), EPISODES_SETTING)
    write_labels(evidence, labels, load_label_study(STUDY, "cohort"))
    many = [_era(n * 40, n * 40 + 9, "clozapine", person=2) for n in range(7)]
    put(ERAS, [_era(-10, 10), _era(-500, -400, formulation="long_acting"), *many, _era(0, 5, "placebo", person=2)], exposed)
    put(ERAS, [], exposed, OTHER_PART)
    cases = [
        _case("antipsychotic", "all", "counted", **COUNTED),
        _case("generation", "FGA", "counted", **COUNTED),
        _case("formulation", "long_acting", "outside_time_at_risk"),
    ]
    CASES.write(
        pl.DataFrame([{**dict.fromkeys(CASES.types), **row} for row in cases], schema=CASES.types), exposed / "cases.parquet"
    )
    occurrence = {"condition_occurrence_id": 77, "person_id": 1, "condition_start_date": DAY_0, "source_line": 5}
    _raw(CONDITION_OCCURRENCE, {**occurrence, "condition_source_value": "G21.0\t"}, data / "1_sources" / "cohort")
    _raw(
        MEASUREMENT, {"measurement_id": 1, "person_id": 1, "measurement_date": 0, "source_line": 9}, data / "1_sources" / "cohort"
    )
    assert (exposed / "eras" / PART).exists()
    return root


def _flat(text: str) -> str:
    return " ".join(text.split())


def _section(text: str, title: str) -> str:
    return _flat(next(part for part in text.split("\n\n") if part.startswith(title)))


@pytest.mark.parametrize(
    ("number", "born", "died"),
    [
        (1, "1950-06-15", "2015-09-17"),
        (2, "not stated (year of birth missing)", "not stated"),
        (3, "1950 (month of birth missing: taken as the first of January)", "not stated"),
        (4, "1950-06 (day of birth missing: taken as the first of the month)", "not stated"),
    ],
)
def test_the_person_in_whatever_part(project: Path, number: int, born: str, died: str) -> None:
    assert f"sex female born {born} died {died} source omop:person row 1" in _section(
        explain(f"omop:{number}", project), "PERSON"
    )


def test_the_timeline_is_one_list_in_order_of_time(project: Path) -> None:
    text = explain("omop:1", project)
    lines = next(part for part in text.split("\n\n") if part.startswith("TIMELINE")).splitlines()[1:]
    assert [_flat(line) for line in lines] == [
        "2012-06-04 observation starts",
        "2013-10-17 + haloperidol, long-acting starts",
        "2014-01-25 - haloperidol, long-acting: last day covered",
        "2015-02-19 + haloperidol starts",
        "2015-03-01 ! CANDIDATE EPISODE 1, to 2015-03-02, by creatine_kinase, nms_diagnosis",
        "2015-03-11 - haloperidol: last day covered",
        "2015-06-09 ! CANDIDATE EPISODE 2, to 2015-06-09, by rigidity",
        "2015-09-17 observation ends",
        "2015-09-17 death",
    ]


def test_a_drug_of_many_eras_is_told_once_and_listed_below(project: Path) -> None:
    text = explain("omop:2", project)
    timeline = _section(text, "TIMELINE")
    assert "2015-03-01 + clozapine starts, first of 7 eras" in timeline
    assert "2015-11-05 - clozapine: last day covered, last of 7 eras" in timeline
    assert timeline.count("clozapine") == 2
    eras = _section(text, "ERAS OF EXPOSURE")
    assert "clozapine (dibenzodiazepine, SGA): 2015-03-01 to 2015-03-10 (10 days, exposures 2); 2015-04-10" in eras
    assert eras.endswith("placebo: 2015-03-01 to 2015-03-06 (6 days, exposures 2)")


def test_episodes_with_findings_and_courses(project: Path) -> None:
    text = explain("omop:1", project)
    assert "days 2015-03-01 to 2015-03-02, first to last candidate record" in _section(text, "EPISODE omop:1#1")
    ck = (
        "creatine_kinase: measured (core), creatine_kinase 1240 U/L, 6.2 x upper limit of 200, 2015-03-02; omop:measurement row 8"
    )
    assert ck in _section(text, "FINDINGS")
    course = "haloperidol, antagonist, unknown: event 10 days after start, event 10 days before end; omop:drug_exposure row 3"
    assert course in _section(text, "EXPOSURES")


def test_verdicts_and_their_reasoning(project: Path) -> None:
    text = explain("omop:1#1", project)
    assert "verdict met" in _section(text, "DEFINITION pt_only")
    iec = _section(text, "DEFINITION iec_2011")
    assert "x ck (10 points) finding 1, creatine kinase at least 4 x upper limit of normal: 1240 U/L, beyond it" in iec
    assert "x exposure (20 points) course 1, haloperidol (unknown, antagonist): counts as present" in iec


def test_trigger_treatments_and_causality_of_an_episode(project: Path) -> None:
    text = explain("omop:1#1", project)
    assert "trigger antagonist_start" in _section(text, "TRIGGER")
    assert "TREATMENTS DOCUMENTED (what was done, never an effect) none" in _section(text, "TREATMENTS DOCUMENTED")
    assert "q3=?" in _section(text, "CAUSALITY")
    assert "at most possible: the source does not say that the event abated" in _section(text, "CAUSALITY")


def test_where_an_episode_counts_and_why_not(project: Path) -> None:
    counted = _section(explain("omop:1#1", project), "COUNTED")
    assert (
        "exact, pt_only: counted (starts in time at risk and outside excluded time); time at risk 2015-02-19 to 2015-03-18; "
        "10 days since the start of the era; stratum 40-64, female, 2015; in antipsychotic all, generation FGA"
    ) in counted
    assert (
        "exact, pt_only: outside time at risk (starts outside all time at risk of the group); in formulation long_acting"
    ) in counted
    assert "nowhere: it meets no definition" in _section(explain("omop:1#2", project), "COUNTED")


def test_one_episode_alone(project: Path) -> None:
    text = explain("omop:1#2", project)
    assert "EPISODE omop:1#1" not in text
    assert "EPISODE omop:1#2" in text
    assert "CANDIDATE EPISODE 1" in _section(text, "TIMELINE")
    assert "no drug exposure with a relation to NMS near the episode" in _section(text, "EXPOSURES")
    assert "omop:condition_occurrence row 5" not in text


def test_source_rows_with_dates_as_dates(project: Path) -> None:
    rows = _section(explain("omop:1", project), "SOURCE ROWS")
    assert (
        "omop:condition_occurrence row 5: condition_occurrence_id=77; person_id=1; condition_start_date=2015-03-01; "
        "condition_source_value=G21.0\\t omop:condition_occurrence row 6: the raw row is not at hand"
    ) in rows
    assert "omop:measurement row 8: the raw row is not at hand" in rows
    assert "omop:drug_exposure row 3: the raw row is not at hand" in rows


def test_a_person_without_candidates(project: Path) -> None:
    text = explain("omop:4", project)
    assert "none: no record that makes a candidate, so there is no verdict" in text
    assert _section(text, "TIMELINE") == "TIMELINE none"
    assert _section(text, "ERAS").endswith("none")


def test_nothing_from_the_data_reaches_the_terminal_as_a_command(project: Path) -> None:
    text = explain("omop:1", project)
    assert "Neuroleptic\\x1b[31m malignant syndrome" in text
    assert all(c.isprintable() or c == "\n" for c in text)
    assert max(map(len, text.splitlines())) <= 100


def test_a_stale_verdict_is_named(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "stale"
    shutil.copytree(project, copy)
    path = copy / "data" / "4_labels" / "cohort" / "verdicts" / PART
    VERDICTS.write(VERDICTS.scan(path).collect().with_columns(verdict=pl.lit("not_met")), path)
    assert "but study/definitions now says met: run `dvc repro labels`" in _section(
        explain("omop:1#1", copy), "DEFINITION pt_only"
    )


@pytest.mark.parametrize(
    ("unknown", "said"),
    [
        ("omop:99", "no person 'omop:99' is under observation. Ids look like omop:123"),
        ("omop:-1#1", "no person 'omop:-1#1' is under observation"),
        ("omop:abc", "'omop:abc' is no id of a person. Ids look like omop:123"),
        ("omop:", "is no id of a person"),
        ("omop:1#", "is no id of a person"),
        ("omop:1\n", "is no id of a person"),
        ("omop:\x1b[31m", r"'omop:\\x1b\[31m' is no id of a person"),
        ("omop:٣", "is no id of a person"),
        ("omop:99999999999999999999999", "is no id of a person"),
        ("omop:1#7", "person omop:1 has 2 candidate episodes, and no number 7. `nms-pv explain omop:1` shows all"),
    ],
)
def test_an_unknown_id_says_what_ids_look_like(project: Path, unknown: str, said: str) -> None:
    with pytest.raises(UnknownCaseError, match=said):
        explain(unknown, project)


def test_a_cohort_that_was_not_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no part file in .*persons. Run `dvc repro`"):
        explain("omop:1", tmp_path)
