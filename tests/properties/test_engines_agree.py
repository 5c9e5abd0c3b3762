"""Polars, DuckDB and Spark give the same rows, of the same types."""

import warnings
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.exposure.cohort.eras import ingredient_eras
from nms_pv.exposure.cohort.groups import group_eras
from nms_pv.exposure.cohort.intervals import merge
from nms_pv.exposure.cohort.states import generation_states
from nms_pv.exposure.engine import Engine, open_engine
from tests.lib.engines import EXPOSURES, MEMBERS, NUMBERED, WINDOWS, Row, exposure_rows, rows_of, through, window_rows

MEMBERSHIP = pl.DataFrame(
    [("haloperidol", "other", 0, False), ("olanzapine", "other", 0, False), ("levodopa", "other", 2, True)],
    schema=MEMBERS,
    orient="row",
)
few = settings(max_examples=15, deadline=None)
fewer = settings(max_examples=6, deadline=None)
tables = {"numbered": rows_of(st.integers(0, 2)), "exposures": exposure_rows, "windows": window_rows}
tables |= {"gap": st.integers(0, 9), "length": st.integers(0, 9)}


@pytest.fixture(scope="module")
def polars() -> Iterator[Engine]:
    with open_engine("polars") as engine:
        yield engine


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Engine]:
    with open_engine("duckdb") as engine:
        yield engine


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    with warnings.catch_warnings():
        # PySpark 4.3 warns of pandas 3, of which nothing is used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        with open_engine("spark") as engine:
            yield engine


def core(
    engine: Engine, numbered: list[Row], exposures: list[Row], windows: list[Row], gap: int, length: int
) -> dict[str, pl.DataFrame]:
    """Every function of the core on the same rows."""
    return {
        "merge": through(engine, merge, numbered, NUMBERED, ["person_id", "group_no"], gap),
        "ingredient_eras": through(engine, ingredient_eras, exposures, EXPOSURES, gap),
        "group_eras": through(engine, group_eras, exposures, EXPOSURES, MEMBERSHIP, gap, length + 1),
        "generation_states": through(engine, generation_states, windows, WINDOWS, length),
    }


def assert_same(given_by: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    for name, rows in given_by.items():
        assert rows.schema == other[name].schema, name
        assert rows.rows() == other[name].rows(), name


@few
@given(**tables)
def test_duckdb_gives_the_rows_of_polars(
    polars: Engine, duckdb: Engine, numbered: list[Row], exposures: list[Row], windows: list[Row], gap: int, length: int
) -> None:
    rows = (numbered, exposures, windows, gap, length)
    assert_same(core(polars, *rows), core(duckdb, *rows))


@pytest.mark.proof
@fewer
@given(**tables)
def test_spark_gives_the_rows_of_polars(
    polars: Engine, spark: Engine, numbered: list[Row], exposures: list[Row], windows: list[Row], gap: int, length: int
) -> None:
    rows = (numbered, exposures, windows, gap, length)
    assert_same(core(polars, *rows), core(spark, *rows))


def test_empty_tables_stay_empty_in_duckdb(polars: Engine, duckdb: Engine) -> None:
    assert_same(core(polars, [], [], [], 1, 1), core(duckdb, [], [], [], 1, 1))


@pytest.mark.proof
def test_empty_tables_stay_empty_in_spark(polars: Engine, spark: Engine) -> None:
    assert_same(core(polars, [], [], [], 1, 1), core(spark, [], [], [], 1, 1))
