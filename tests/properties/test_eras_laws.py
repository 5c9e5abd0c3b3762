"""Eras and states are what joining one by one, and looking at each day, gives."""

from collections.abc import Iterator
from itertools import groupby

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.groups import group_eras
from nms_pv.exposure.cohort.intervals import merge
from nms_pv.exposure.cohort.states import generation_states
from nms_pv.exposure.engine import Engine, open_engine
from tests.lib.engines import (
    EXPOSURES,
    MEMBERS,
    NUMBERED,
    WINDOWS,
    Row,
    exposure_rows,
    merged_one_by_one,
    rows_of,
    states_day_by_day,
    through,
    window_rows,
)

BY = ["person_id", "group_no"]
FORMS = ("other", "long_acting")
MEMBERSHIP = pl.DataFrame(
    [("haloperidol", form, 0, False) for form in FORMS]
    + [("olanzapine", form, 0, False) for form in FORMS]
    + [("olanzapine", "other", 1, False), ("levodopa", "other", 2, True), ("levodopa", "long_acting", 2, True)],
    schema=MEMBERS,
    orient="row",
)
numbered_rows = rows_of(st.sampled_from([0, 1, 2**17 - 1]))
gaps = st.integers(0, 9)
few = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module", params=["polars", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with open_engine(request.param) as opened:
        yield opened


def one_by_one(rows: list[Row], gap: int) -> list[Row]:
    """Rows of key columns and days, joined by hand within each key, with the number joined."""
    keyed = groupby(sorted(rows), key=lambda row: row[:-2])
    return sorted((*key, *joined) for key, these in keyed for joined in merged_one_by_one([row[-2:] for row in these], gap))


@few
@given(rows=numbered_rows, gap=gaps)
def test_merging_is_joining_one_by_one(engine: Engine, rows: list[Row], gap: int) -> None:
    assert through(engine, merge, rows, NUMBERED, BY, gap).rows() == one_by_one(rows, gap)


@few
@given(rows=numbered_rows, gap=gaps)
def test_merging_again_changes_nothing(engine: Engine, rows: list[Row], gap: int) -> None:
    once = through(engine, merge, rows, NUMBERED, BY, gap).drop("n")
    assert through(engine, merge, once.rows(), NUMBERED, BY, gap).drop("n").equals(once)


@few
@given(rows=exposure_rows, gap=gaps)
def test_eras_are_joined_one_by_one_within_person_ingredient_and_form(engine: Engine, rows: list[Row], gap: int) -> None:
    assert through(engine, ingredient_eras, rows, EXPOSURES, gap).rows() == one_by_one(rows, gap)


@few
@given(rows=exposure_rows, gap=gaps, withdrawal_days=st.integers(1, 9))
def test_eras_of_a_group_from_eras_are_those_from_exposures(
    engine: Engine, rows: list[Row], gap: int, withdrawal_days: int
) -> None:
    eras = through(engine, ingredient_eras, rows, EXPOSURES, gap).drop("exposures").rows()
    from_eras = through(engine, group_eras, eras, EXPOSURES, MEMBERSHIP, gap, withdrawal_days)
    assert from_eras.equals(through(engine, group_eras, rows, EXPOSURES, MEMBERSHIP, gap, withdrawal_days))


@few
@given(rows=window_rows, switch_days=st.integers(0, 9))
def test_states_are_those_of_each_day(engine: Engine, rows: list[Row], switch_days: int) -> None:
    made = through(engine, generation_states, rows, WINDOWS, switch_days)
    of_each_day = sorted(
        (person, day, state, start) for person, state, start, end in made.rows() for day in range(start, end + 1)
    )
    persons = sorted({row[0] for row in rows})
    assert of_each_day == sorted(
        (person, day, *state)
        for person in persons
        for day, state in states_day_by_day([row[1:] for row in rows if row[0] == person], switch_days).items()
    )
