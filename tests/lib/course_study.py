"""A few reports and persons, as far as what becomes of cases is read from them."""

from pathlib import Path

import polars as pl

from nms_pv.spec.params import Params, load_params
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DEFINITIONS, TREATMENTS, VERDICTS
from nms_pv.tables.person_time import CASE_COURSES, CASE_OBSERVATION, CASES
from tests.lib.declared_rows import rows

DEFINITION, SETTING = "pt_only", "exact"
# subject, year, fatal, serious, age, sex
REPORTS = [
    ("r1", 2011, True, True, 40.0, "male"),
    ("r2", 2011, False, True, 50.0, "female"),
    ("r3", 2012, False, False, 60.0, "male"),
    ("r4", 2012, True, True, None, "female"),
    ("r5", None, None, None, 30.0, "male"),
    ("r6", 2012, False, True, 70.0, "female"),
]
DRUGS = [
    ("r1", "haloperidol", "long_acting"),
    ("r2", "haloperidol", "other"),
    ("r2", "risperidone", "other"),
    ("r3", "risperidone", "other"),
    ("r4", "haloperidol", "other"),
    ("r5", "metoclopramide", "other"),
    ("r6", "haloperidol", "other"),
]


def params(repository: Path) -> Params:
    """Of the repository, with one definition."""
    return load_params(repository / "params.yaml").model_copy(update={"definitions": [DEFINITION]})


def write_reports(folder: Path) -> None:
    """Labels, evidence and exposure of `REPORTS`, all of which meet the definition."""
    labels, evidence, exposure = (folder / name for name in ("labels", "evidence", "exposure"))
    _put(DEFINITIONS, [{"definition": DEFINITION, "is_computed": True}], labels / "definitions.parquet")
    met = [{"subject_id": subject, "definition": DEFINITION, "verdict": "met"} for subject, *_ in REPORTS]
    _put(VERDICTS, met, labels / "verdicts" / "part.parquet")
    columns = ("subject_id", "received_year", "is_fatal", "is_serious", "age_years", "sex")
    counted = [dict(zip(columns, row, strict=True)) | {"quarter": "2012Q1"} for row in REPORTS]
    _put(UNIVERSE, counted, exposure / "universe" / "part.parquet")
    named = [{"subject_id": s, "ingredient": i, "formulation": f, "role": "PS"} for s, i, f in DRUGS]
    _put(REPORT_INGREDIENTS, named, exposure / "report_ingredients" / "part.parquet")
    signs = [_finding(subject, 1, 1000) for subject, *_ in REPORTS]
    _put(FINDINGS, signs, evidence / "findings" / "part.parquet")
    treated = [
        _treatment("r1", "dantrolene", course_nos="2"),
        _treatment("r2", "dantrolene", course_nos="2"),
        _treatment("r2", "bromocriptine", course_nos="3"),
        _treatment("r3", "antagonist_stopped", course_nos="1"),
        _treatment("r4", "benzodiazepine", "ambiguous", course_nos="2"),
    ]
    _put(TREATMENTS, treated, labels / "treatments" / "part.parquet")
    courses = [
        _course("r1", 1, "haloperidol", dechallenge="positive", rechallenge="positive", dose_amount=10.0, dose_unit="mg/day"),
        _course("r1", 2, "dantrolene", "treatment", start_day=1003),
        _course("r2", 1, "haloperidol", dechallenge="positive", rechallenge="unknown"),
        _course("r2", 2, "dantrolene", "treatment", start_day=1001),
        _course("r2", 3, "bromocriptine", "treatment", start_day=1001, start_day_precision="month"),
        _course("r2", 4, "risperidone", dechallenge="negative", role="SS"),
        _course("r3", 1, "risperidone", end_day=1002, dechallenge="negative", rechallenge="negative"),
        _course("r6", 1, "haloperidol", role="C", dechallenge="positive"),
    ]
    _put(EXPOSURES, courses, evidence / "exposures" / "part.parquet")


def write_cohort(folder: Path, persons: int = 12) -> None:
    """Labels, evidence and exposure of persons who each have an episode from day 15000 to 15005 on haloperidol.

    Every third dies on day 15003; every fourth has a new episode on day 15060, after a restart on day 15040 (the others: 15050).
    """
    labels, evidence, exposure = (folder / name for name in ("labels", "evidence", "exposure"))
    _put(DEFINITIONS, [{"definition": DEFINITION, "is_computed": True}], labels / "definitions.parquet")
    dies = {person: person % 3 == 0 for person in range(1, persons + 1)}
    again = {person: person % 4 == 0 and not dies[person] for person in dies}
    found = [(person, 1, 15000, 15003 if dies[person] else 15005) for person in dies]
    found += [(person, 2, 15060, 15062) for person in dies if again[person]]
    columns = ("person_id", "episode_no", "start_day", "end_day")
    subjects = [f"omop:{person}#{number}" for person, number, *_ in found]
    episodes = [dict(zip(columns, row, strict=True)) | {"subject_id": s} for s, row in zip(subjects, found, strict=True)]
    _put(EPISODES, episodes, evidence / "episodes" / "part.parquet")
    _put(
        FINDINGS, [_finding(s, 1, row[2]) for s, row in zip(subjects, found, strict=True)], evidence / "findings" / "part.parquet"
    )
    _put(
        VERDICTS,
        [{"subject_id": s, "definition": DEFINITION, "verdict": "met"} for s in subjects],
        labels / "verdicts" / "p.parquet",
    )
    firsts = [f"omop:{person}#1" for person in dies]
    _put(TREATMENTS, [_treatment(s, "dantrolene", course_nos="2") for s in firsts[:5]], labels / "treatments" / "part.parquet")
    courses = [_course(s, 2, "dantrolene", "treatment", start_day=15001) for s in firsts[:5]]
    _put(EXPOSURES, courses, evidence / "exposures" / "part.parquet")
    seen = [
        {
            "person_id": person,
            "start_day": 14000,
            "end_day": 15003 if dies[person] else 16000,
            "sex": "male" if person % 2 else "female",
            "birth_day": 100 * person,
            "death_day": 15003 if dies[person] else None,
        }
        for person in dies
    ]
    _put(CASE_OBSERVATION, seen, exposure / "case_observation.parquet")
    groups = [
        ("antipsychotic", "antipsychotic"),
        ("generation", "FGA"),
        ("generation_state", "FGA"),
        ("ingredient", "haloperidol"),
    ]
    counted = [
        {"analysis": SETTING, "definition": DEFINITION, "group_kind": kind, "group": group, "subject_id": s, "fate": "counted"}
        for s in subjects
        for kind, group in groups
    ]
    nobody = {"group_kind": "generation", "group": "TGA", "subject_id": subjects[0], "fate": "outside_time_at_risk"}
    _put(CASES, [*counted, counted[0] | nobody], exposure / "cases.parquet")
    taken = [_era(person, 14900, 15000) for person in dies]
    taken += [_era(person, 15040 if again[person] else 15050, 15400) for person in dies if not dies[person]]
    _put(CASE_COURSES, taken, exposure / "case_courses.parquet")


def _put(table: Table, stated: list[dict[str, object]], path: Path) -> pl.DataFrame:
    found = rows(table, *stated)
    table.write(found, path)
    return found


def _finding(subject: str, number: int, day: int) -> dict[str, object]:
    said = {"element": "nms_diagnosis", "state": "present", "grade": "core", "day_precision": "day"}
    return {"subject_id": subject, "finding_no": number, "day": day, "source_line": 1, **said}


def _treatment(subject: str, treatment: str, given: str = "given", **changes: str) -> dict[str, object]:
    basis = "started_on_or_after_event" if given == "given" else "timing_unknown"
    return {"subject_id": subject, "treatment": treatment, "given": given, "basis": basis, **changes}


def _course(subject: str, number: int, ingredient: str, relation: str = "antagonist", **changes: object) -> dict[str, object]:
    plain = {"formulation": "other", "role": "PS", "start_day_precision": "day", "end_day_precision": "day", "timing": "known"}
    key = {"subject_id": subject, "course_no": number, "ingredient": ingredient, "relation": relation}
    return {**plain, "dechallenge": "not_documented", "rechallenge": "not_documented", **key, **changes}


def _era(person: int, start: int, end: int) -> dict[str, object]:
    said = {"ingredient": "haloperidol", "formulation": "other"}
    return {"person_id": person, "start_day": start, "end_day": end, **said}
