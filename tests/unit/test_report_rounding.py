import polars as pl
import pytest

from nms_pv.report.definitions.leaving import LEAVING
from nms_pv.report.definitions.read import read_definitions
from nms_pv.report.rounding import Numbers, SmallCells, two_decimals
from tests.lib.definitions_report_fixture import write_definitions
from tests.lib.report_fixture import declared_study

COUNTED = Numbers(counts=("n",))


@pytest.mark.parametrize(
    ("limit", "exact", "left"),
    [
        (5, [0, 1, 4, 5, 7, 8, 12, 13], [0, None, None, 5, 5, 10, 10, 15]),
        (10, [0, 1, 9, 10, 14, 15], [0, None, None, 10, 10, 20]),
        (1, [0, 1, 2, 7], [0, 1, 2, 7]),
        (0, [0, 1, 2, 7], [0, 1, 2, 7]),
    ],
)
def test_counts_are_rounded_to_the_nearest_multiple_and_small_ones_are_hidden(
    limit: int, exact: list[int], left: list[int | None]
) -> None:
    assert SmallCells(limit).leave(pl.DataFrame({"n": exact}), COUNTED)["n"].to_list() == left


def test_a_hidden_count_is_spelled_out_on_the_page_and_in_the_file() -> None:
    cells = SmallCells(5)
    left = cells.leave(pl.DataFrame({"n": [3, 1_234]}), COUNTED)
    assert [cells.count(n) for n in left["n"]] == ["<5", "1,235"]
    assert cells.as_file(left, COUNTED)["n"].to_list() == ["<5", "1235"]


def test_without_a_limit_everything_leaves_as_it_is() -> None:
    exact = pl.DataFrame({"n": [3], "share": [0.123456], "secret": [1.5]})
    numbers = Numbers(counts=("n",), derived=("share",), withheld=("secret",), shares=(("n", "n"),))
    cells = SmallCells(0)
    assert cells.leave(exact, numbers).equals(exact)
    assert cells.as_file(exact, numbers).equals(exact)


def test_a_share_leaves_with_two_decimals_unless_its_part_or_rest_is_hidden() -> None:
    exact = pl.DataFrame({"part": [20, 3, 57, 0, 60], "whole": [60] * 5, "share": [0.33333, 0.05, 0.95, 0.0, 1.0]})
    left = SmallCells(5).leave(exact, Numbers(("part", "whole"), derived=("share",), shares=(("part", "whole"),)))
    assert left["share"].to_list() == [0.33, None, None, 0.0, 1.0]
    assert left["part"].to_list() == [20, None, 55, 0, 60]


def test_a_row_whose_whole_is_smaller_than_twice_the_limit_is_left_out() -> None:
    exact = pl.DataFrame({"part": [0, 0, 5], "whole": [9, 10, 11], "share": [0.0, 0.0, 0.45]})
    left = SmallCells(5).leave(exact, Numbers(("part", "whole"), derived=("share",), shares=(("part", "whole"),)))
    assert left["whole"].to_list() == [10, 10]


def test_estimated_counts_are_rounded_and_what_is_withheld_stays() -> None:
    exact = pl.DataFrame({"estimate": [368.7, 2.4, None], "log_likelihood": [1.0, 2.0, 3.0]})
    left = SmallCells(5).leave(exact, Numbers(estimated=("estimate",), withheld=("log_likelihood",)))
    assert left.to_dict(as_series=False) == {"estimate": [370.0, 0.0, None]}


def test_numbers_in_words() -> None:
    exact, rounding = SmallCells(0), SmallCells(5)
    assert [exact.percent(x) for x in (0.00436, 0.0583, 0.581, 0.99996, 1.0, -0.5)] == [
        "0.436",
        "5.83",
        "58.1",
        "100.0",
        "100.0",
        "−50.0",
    ]
    assert [rounding.percent(x) for x in (0.0, 0.06, 1.0, -0.12)] == ["0", "6", "100", "−12"]
    assert (exact.number(0.14290), rounding.number(0.14)) == ("0.143", "0.14")
    assert (exact.estimated(368.687), rounding.estimated(370.0)) == ("369", "370")
    assert [two_decimals(x) for x in (-0.0001, -0.05, 1.0)] == ["0.00", "−0.05", "1.00"]


def test_an_interval_is_shown_where_there_is_one() -> None:
    cells = SmallCells(0)
    assert cells.interval({"estimate": 0.5, "low": 0.25, "high": 0.75}, two_decimals) == "0.50 (0.25–0.75)"
    assert cells.interval({"estimate": 0.5, "low": None, "high": None}, two_decimals) == "0.50"


@pytest.mark.parametrize("arm", ["reports", "cohort"])
def test_every_number_column_of_every_table_is_named(arm: str, tmp_path) -> None:
    write_definitions(tmp_path, arm)
    tables = read_definitions(tmp_path, arm, declared_study().params).tables
    assert set(tables) <= set(LEAVING)
    for name, table in tables.items():
        numeric = {column for column, dtype in table.schema.items() if dtype.is_numeric()}
        assert numeric <= LEAVING[name].all, name
        assert LEAVING[name].all <= set(table.columns), name
