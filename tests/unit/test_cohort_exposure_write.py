from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from nms_pv.exposure.cohort.write import write_cohort_exposure
from nms_pv.spec.drugs import Drug, DrugTable
from nms_pv.spec.params import Cohort, load_params
from nms_pv.spec.strict import StudyError
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.attrition import ATTRITION
from nms_pv.tables.cohort import DRUG_EXPOSURES, OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.contract import ContractError
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import DEFINITIONS as DEFINED
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.person_time import CASES, ERAS, PERSON_TIME
from tests.lib.declared_rows import rows
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

REPOSITORY = Path(__file__).parents[2]
SETTINGS = load_time_at_risk(REPOSITORY / "study")
COHORT = load_params(REPOSITORY / "params.yaml").cohort
DEFINITIONS = ["broad", "narrow"]
FIRST, SECOND = "persons-0001.parquet", "persons-0002.parquet"
LEVODOPA = Drug("levodopa", ("LEVODOPA",), (), "dopamine_precursor", None, None, None, ("da_withdrawal",))
# person, ingredient, first and last day
EXPOSURES = {
    FIRST: [(1, "haloperidol", 100, 109), (1, "haloperidol", 120, 129), (1, "risperidone", 300, 309), (2, "levodopa", 100, 150)],
    SECOND: [(3, "haloperidol", 100, 109), (3, "risperidone", 105, 120)],
}
PEOPLE = {FIRST: [1, 2], SECOND: [3, 4]}
# person, first day, last day, verdict of `broad`
EPISODES_OF = {
    FIRST: [(1, 105, 106, "met"), (1, 108, 108, "met"), (1, 250, 250, "not_met")],
    SECOND: [(3, 400, 400, "met"), (4, 50, 50, "met")],
}


def drugs() -> DrugTable:
    small = drug_table()
    return replace(small, drugs=small.drugs | {LEVODOPA.ingredient: LEVODOPA})


@pytest.fixture
def study(tmp_path: Path) -> Path:
    for part in (FIRST, SECOND):
        write_part(tmp_path, part)
    return tmp_path


def write_part(folder: Path, part: str) -> None:
    canonical, evidence, labels = folder / "canonical", folder / "evidence", folder / "labels"
    people = [
        {"person_id": n, "sex": "male", "birth_year": 1930, "birth_month": 1, "birth_day_of_month": 1} for n in PEOPLE[part]
    ]
    periods = [{"person_id": n, "start_day": 0, "end_day": 1000} for n in PEOPLE[part]]
    exposures = [
        {
            "drug_exposure_id": n,
            "person_id": person,
            "ingredient": drug,
            "formulation": "other",
            "start_day": start,
            "end_day": end,
        }
        for n, (person, drug, start, end) in enumerate(EXPOSURES[part])
    ]
    episodes = [
        {"subject_id": f"omop:{person}#{n}", "person_id": person, "episode_no": n, "start_day": start, "end_day": end}
        for n, (person, start, end, _) in enumerate(EPISODES_OF[part], start=1)
    ]
    verdicts = [
        {"subject_id": f"omop:{person}#{n}", "definition": "broad", "verdict": verdict}
        for n, (person, _, _, verdict) in enumerate(EPISODES_OF[part], start=1)
    ]
    PERSONS.write(rows(PERSONS, *people), canonical / "persons" / part)
    OBSERVATION_PERIODS.write(rows(OBSERVATION_PERIODS, *periods), canonical / "observation_periods" / part)
    DRUG_EXPOSURES.write(rows(DRUG_EXPOSURES, *exposures), canonical / "drug_exposures" / part)
    EPISODES.write(rows(EPISODES, *episodes), evidence / "episodes" / part)
    VERDICTS.write(rows(VERDICTS, *verdicts), labels / "verdicts" / part)
    write_computed(labels)


def write_computed(labels: Path) -> None:
    """Both definitions are computed."""
    computed = [{"definition": name, "is_computed": True} for name in DEFINITIONS]
    DEFINED.write(rows(DEFINED, *computed), labels / "definitions.parquet")


def write(folder: Path, cohort: Cohort = COHORT, out: str = "out") -> Path:
    write_cohort_exposure(
        folder / "canonical",
        folder / "evidence",
        folder / "labels",
        folder / out,
        drugs(),
        TABLE_GENERATIONS,
        cohort,
        SETTINGS,
        DEFINITIONS,
    )
    return folder / out


def overall(out: Path, group: str, definition: str = "broad", analysis: str = "exact") -> tuple[int, ...]:
    time = PERSON_TIME.scan(out / "person_time.parquet").collect()
    is_overall = pl.all_horizontal(pl.col("age_band", "sex", "year", "since_start") == "all")
    of_group = (pl.col("group") == group) & (pl.col("group_kind") != "generation_state")
    found = time.filter(is_overall, of_group, pl.col("definition") == definition, pl.col("analysis") == analysis)
    return found.select("persons", "person_days", "events", "cases").row(0)


def test_eras_are_written_part_by_part(study: Path) -> None:
    out = write(study)
    eras = ERAS.scan(out / "eras" / FIRST).select("person_id", "ingredient", "start_day", "end_day", "exposures").collect()
    assert eras.rows() == [(1, "haloperidol", 100, 129, 2), (1, "risperidone", 300, 309, 1), (2, "levodopa", 100, 150, 1)]
    assert ERAS.scan(out / "eras" / SECOND).collect().height == 2


def test_counts_add_up_over_parts(study: Path) -> None:
    """Person 1 is at risk on 100-105, then excluded to day 138; person 3 on 100-116."""
    out = write(study)
    assert overall(out, "haloperidol") == (2, 6 + 17, 1, 1)
    assert overall(out, "haloperidol", "narrow") == (2, 37 + 17, 0, 0)
    assert overall(out, "antipsychotic", "narrow") == (2, 37 + 17 + 28, 0, 0)


def test_the_withdrawal_window_is_the_days_after_the_stop(study: Path) -> None:
    assert overall(write(study), "levodopa") == (1, 7, 0, 0)


def test_every_group_definition_and_analysis_has_an_overall_row(study: Path) -> None:
    time = PERSON_TIME.scan(write(study) / "person_time.parquet").collect()
    rows_of_each = time.filter(pl.all_horizontal(pl.col("age_band", "sex", "year", "since_start") == "all"))
    groups = time.select("group_kind", "group").unique().height
    assert rows_of_each.height == groups * len(DEFINITIONS) * len(COHORT.analyses)
    assert overall(write(study), "TGA") == (0, 0, 0, 0)


def test_cases_tell_the_fate_of_every_episode_of_exposed_people(study: Path) -> None:
    cases = CASES.scan(write(study) / "cases.parquet").filter(pl.col("analysis") == "exact", pl.col("group_kind") == "generation")
    assert cases.select("subject_id", "group", "fate", "days_since_start").collect().rows() == [
        ("omop:1#1", "FGA", "counted", 5),
        ("omop:1#2", "FGA", "in_clean_window", 8),
        ("omop:3#1", "FGA", "outside_time_at_risk", None),
        ("omop:1#1", "SGA", "outside_time_at_risk", None),
        ("omop:1#2", "SGA", "outside_time_at_risk", None),
        ("omop:3#1", "SGA", "outside_time_at_risk", None),
    ]


def test_attrition_closes_every_scope(study: Path) -> None:
    out = write(study)
    attrition = ATTRITION.check(pl.read_csv(out / "attrition.csv"))
    for _, scope in attrition.group_by("scope"):
        ordered = scope.sort("step")
        assert ordered["reason"].to_list()[-1] == "kept"
        assert (ordered["n_in"] - ordered["n_left"]).to_list() == ordered["n_kept"].to_list()
        assert ordered["n_in"].to_list()[1:] == ordered["n_kept"].to_list()[:-1]
    kept = dict(attrition.filter(pl.col("reason") == "kept").select("scope", "n_kept").rows())
    assert kept["eras"] == 5
    assert kept["exact:persons"] == 2
    _, days, events, _ = overall(out, "antipsychotic")
    assert (kept["exact:broad:person_days"], kept["exact:broad:episodes"]) == (days, events)
    assert kept["exact:person_days"] == overall(out, "antipsychotic", "narrow")[1]


def test_attrition_names_why_persons_and_days_are_not_at_risk(study: Path) -> None:
    """Person 1 is not observed during the 10 days of risperidone and the 7 after them."""
    canonical = study / "canonical"
    periods = OBSERVATION_PERIODS.scan(canonical / "observation_periods" / FIRST).collect()
    shorter = periods.with_columns(end_day=pl.when(pl.col("person_id") == 1).then(299).otherwise("end_day"))
    OBSERVATION_PERIODS.write(shorter, canonical / "observation_periods" / FIRST)
    attrition = pl.read_csv(write(study) / "attrition.csv")
    days = attrition.filter(pl.col("scope") == "exact:person_days")
    assert dict(days.select("reason", "n_left").rows()) == {
        "not_a_new_user": 0,
        "not_under_observation_long_enough_or_person_left_out": 17,
        "in_an_earlier_window_too": 0,
        "outside_the_study_window": 0,
        "kept": 0,
    }
    persons = attrition.filter(pl.col("scope") == "incidence_prevalence:persons")
    assert dict(persons.select("reason", "n_left").rows()) == {
        "unknown_sex_or_birth": 0,
        "never_exposed_to_an_antipsychotic": 2,
        "exposed_but_never_at_risk": 0,
        "kept": 0,
    }


def test_attrition_names_why_episodes_do_not_count(study: Path) -> None:
    attrition = pl.read_csv(write(study) / "attrition.csv").filter(pl.col("scope") == "exact:broad:episodes")
    assert dict(attrition.select("reason", "n_left").rows()) == {
        "person_never_exposed_to_an_antipsychotic": 1,
        "outside_time_at_risk": 1,
        "in_clean_window": 1,
        "later_event": 0,
        "kept": 0,
    }


def test_one_part_or_two_give_the_same_counts(study: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    for layer, name, table in [
        ("canonical", "persons", PERSONS),
        ("canonical", "observation_periods", OBSERVATION_PERIODS),
        ("canonical", "drug_exposures", DRUG_EXPOSURES),
        ("evidence", "episodes", EPISODES),
        ("labels", "verdicts", VERDICTS),
    ]:
        both = table.scan(study / layer / name).collect()
        if name == "drug_exposures":
            both = both.with_columns(drug_exposure_id=pl.int_range(pl.len()))
        table.write(both, whole / layer / name / FIRST)
    write_computed(whole / "labels")
    in_one, in_two = write(whole), write(study)
    for file in ("person_time.parquet", "cases.parquet", "attrition.csv"):
        assert (in_one / file).read_bytes() == (in_two / file).read_bytes()


@pytest.mark.proof
@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_engines_write_the_same_bytes(study: Path, engine: str) -> None:
    if engine == "spark":
        pytest.importorskip("pyspark")
    one = COHORT.model_copy(update={"analyses": ["exact"]})
    polars, other = write(study, one), write(study, one.model_copy(update={"engine": engine}), engine)
    for file in ("person_time.parquet", "cases.parquet", "attrition.csv", f"eras/{FIRST}", f"eras/{SECOND}"):
        assert (other / file).read_bytes() == (polars / file).read_bytes()


def test_a_part_of_an_earlier_run_is_deleted(study: Path) -> None:
    ERAS.write(rows(ERAS), study / "out" / "eras" / "persons-0003.parquet")
    assert sorted(path.name for path in (write(study) / "eras").iterdir()) == [FIRST, SECOND]


def test_a_cohort_without_people_still_has_its_overall_rows(tmp_path: Path) -> None:
    for layer, name, table in [
        ("canonical", "persons", PERSONS),
        ("canonical", "observation_periods", OBSERVATION_PERIODS),
        ("canonical", "drug_exposures", DRUG_EXPOSURES),
        ("evidence", "episodes", EPISODES),
        ("labels", "verdicts", VERDICTS),
    ]:
        table.write(table.empty(), tmp_path / layer / name / FIRST)
    write_computed(tmp_path / "labels")
    assert overall(write(tmp_path), "haloperidol") == (0, 0, 0, 0)


def test_an_analysis_without_a_file_is_refused(study: Path) -> None:
    cohort = COHORT.model_copy(update={"analyses": ["exact", "excat"]})
    with pytest.raises(StudyError, match=r"params.yaml: cohort.analyses names \['excat'\]; study/time_at_risk has .*'exact'"):
        write(study, cohort)


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="labels/definitions: nothing to read"):
        write(tmp_path)
    write_computed(tmp_path / "labels")
    with pytest.raises(ContractError, match="canonical/persons: no part file"):
        write(tmp_path)
