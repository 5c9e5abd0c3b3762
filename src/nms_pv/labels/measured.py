"""Measured values -> the state of an element under the tests of a definition."""

import functools
import operator
from collections.abc import Mapping, Sequence

import polars as pl

from nms_pv.spec.measurements import MeasuredTest

# The findings of each element, by a tuple of its name, as Polars partitions them.
OfElement = Mapping[tuple[object, ...], pl.DataFrame]
NOTHING = pl.DataFrame(schema={"subject_no": pl.get_index_type(), "state": pl.Boolean})


def measured_states(of_element: OfElement, tests: Sequence[MeasuredTest]) -> pl.DataFrame:
    """The state of any of the tests: one row, `subject_no` and `state`, for each subject of which the tests say something."""
    values = [of_element[(quantity,)] for quantity in dict.fromkeys(test.of for test in tests) if (quantity,) in of_element]
    if not values:
        return NOTHING
    state = functools.reduce(operator.or_, (state_of(test) for test in tests))
    return pl.concat(values).group_by("subject_no").agg(state=state).drop_nulls()


def state_of(test: MeasuredTest) -> pl.Expr:
    """The state of one test over the values of a subject.

    Met on as many occasions and days as it asks for is true; never met is false. Met less often, or not to be judged (not
    measured, no baseline), is null: more measurements could have met it.
    """
    judged = pl.when(pl.col("element") == test.of).then(test.meets())
    often = (pl.col("occasion").filter(judged).n_unique() >= test.occasions) & (
        pl.col("day").filter(judged).n_unique() >= test.days
    )
    return pl.when(often).then(pl.lit(True)).when(judged.count() > 0, ~judged.any()).then(pl.lit(False))
