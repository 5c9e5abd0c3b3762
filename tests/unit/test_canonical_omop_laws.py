"""What holds for whatever records of a common data model: nothing leaves uncounted, and nothing lies outside a life."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lib.cdm_rows import CONCEPTS, canonical, day

FOLDER_OF = {
    "person": "persons",
    "observation_period": "observation_periods",
    "drug_exposure": "drug_exposures",
    "condition_occurrence": "conditions",
    "measurement": "measurements",
    "procedure_occurrence": "procedures",
}
PERSONS = st.integers(1, 4)
DAYS = st.integers(day("1979-06-01"), day("1981-06-01"))
CONCEPT_IDS = st.none() | st.sampled_from([0, 777, *(row[0] for row in CONCEPTS)])
TEXTS = st.none() | st.sampled_from(["haldol", "N06CA03", "G21.0", "2157-6", "90870", "nothing"])


def records(stem: str, table_day: str, **more: st.SearchStrategy[object]) -> st.SearchStrategy[list[dict[str, object]]]:
    columns = {
        "person_id": PERSONS,
        table_day: DAYS,
        f"{stem}_concept_id": CONCEPT_IDS,
        f"{stem}_source_concept_id": CONCEPT_IDS,
        f"{stem}_source_value": TEXTS,
    }
    return st.lists(st.fixed_dictionaries({**columns, **more}), max_size=8)


TABLES = st.fixed_dictionaries(
    {
        "person": st.lists(
            st.fixed_dictionaries({"person_id": st.integers(1, 3), "year_of_birth": st.sampled_from([None, 1979, 1980])}),
            max_size=3,
            unique_by=lambda row: row["person_id"],
        ),
        "observation_period": st.lists(
            st.fixed_dictionaries(
                {"person_id": PERSONS, "observation_period_start_date": DAYS, "observation_period_end_date": DAYS}
            ),
            max_size=8,
        ),
        "death": st.lists(st.fixed_dictionaries({"person_id": PERSONS, "death_date": DAYS}), max_size=2),
        "drug_exposure": records(
            "drug",
            "drug_exposure_start_date",
            drug_exposure_end_date=st.none() | DAYS,
            days_supply=st.none() | st.integers(-5, 500),
        ),
        "condition_occurrence": records("condition", "condition_start_date", condition_end_date=st.none() | DAYS),
        "measurement": records(
            "measurement",
            "measurement_date",
            value_as_number=st.none() | st.sampled_from([37.0, 101.5, 900.0]),
            unit_source_value=st.none() | st.sampled_from(["Cel", "U/L", "?"]),
        ),
        "procedure_occurrence": records("procedure", "procedure_date"),
    }
)


@settings(max_examples=12, deadline=None)
@given(TABLES)
def test_nothing_leaves_uncounted_and_nothing_lies_outside_a_life(tables: dict[str, list[dict[str, object]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = canonical(Path(folder), tables)
        written = {name: pl.read_parquet(out / of / "persons-0001.parquet") for name, of in FOLDER_OF.items()}
        attrition = pl.read_csv(out / "attrition.csv")
        resolved = pl.read_parquet(out / "resolved_concepts.parquet")

    for name, rows in written.items():
        steps = attrition.filter(pl.col("scope") == f"persons-0001:{name}").sort("step")
        assert steps["n_in"][0] == len(tables[name])
        assert steps["n_in"].to_list()[1:] == steps["n_kept"].to_list()[:-1]
        assert (steps["n_in"] - steps["n_left"]).to_list() == steps["n_kept"].to_list()
        assert steps["n_kept"][-1] == rows.height

    persons = written.pop("person").select("person_id", "birth_year", "death_day")
    for rows in written.values():
        first = "day" if "day" in rows.columns else "start_day"
        lives = rows.join(persons, on="person_id")
        assert lives.height == rows.height
        assert lives.filter(pl.col(first) > pl.col("death_day")).is_empty()
    exposures = written["drug_exposure"]
    assert exposures.filter(pl.col("end_day") < pl.col("start_day")).is_empty()
    before_cleaning = attrition.filter(pl.col("reason") == "person_unknown", pl.col("scope").str.ends_with(":drug_exposure"))
    assert resolved.filter(pl.col("domain") == "drug")["records"].sum() == before_cleaning["n_in"].sum()


@settings(max_examples=8, deadline=None)
@given(TABLES)
def test_days_under_observation_are_the_union_of_the_periods_until_death(tables: dict[str, list[dict[str, object]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        of_these = {name: tables[name] for name in ("person", "observation_period", "death")}
        out = canonical(Path(folder), of_these)
        periods = pl.read_parquet(out / "observation_periods" / "persons-0001.parquet").rows()

    found = [(person, of) for person, start, end in periods for of in range(start, end + 1)]
    assert len(found) == len(set(found))
    assert set(found) == {
        (row["person_id"], of)
        for row in tables["observation_period"]
        for of in range(row["observation_period_start_date"], row["observation_period_end_date"] + 1)  # type: ignore[call-overload]
        if _lives_on(row["person_id"], of, tables)
    }
    ends = {(person, end) for person, _, end in periods}
    assert all((person, start - 1) not in ends for person, start, _ in periods)


def _lives_on(person: object, of: int, tables: dict[str, list[dict[str, object]]]) -> bool:
    """On or before the first death that is not before the year of birth, where that is known."""
    born = {row["person_id"]: row["year_of_birth"] for row in tables["person"]}
    if person not in born:
        return False
    first_day = day(f"{born[person] or 1901}-01-01")
    deaths = [row["death_date"] for row in tables["death"] if row["person_id"] == person and row["death_date"] >= first_day]  # type: ignore[operator]
    return not deaths or of <= min(deaths)  # type: ignore[type-var, operator]
