"""What holds of every check of data quality, whatever the data."""

import math

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.quality.files import quarters_from
from nms_pv.measures.quality.reports import quarter_end
from nms_pv.measures.quality.rows import COUNTED, quality_rows, quantile
from nms_pv.report.quality.leaving import to_leave
from nms_pv.report.rounding import SmallCells

FEW = settings(max_examples=60, deadline=None)
COUNT = st.integers(0, 60)
PAIRS = st.lists(st.tuples(COUNT, COUNT), min_size=1, max_size=12)


def _quality(pairs: list[tuple[int, int]]) -> pl.DataFrame:
    rows = [("omop:death", str(2000 + n), "deaths_recorded", "all", a, a + b, None, None) for n, (a, b) in enumerate(pairs)]
    return quality_rows(pl.DataFrame(rows, schema=COUNTED, orient="row"), "cohort", "cohort:0123456789ab")


@FEW
@given(days=st.lists(st.one_of(st.none(), st.integers(-50, 50)), max_size=40), percent=st.integers(1, 100))
def test_a_quantile_is_the_smallest_number_that_enough_do_not_exceed(days: list[int | None], percent: int) -> None:
    found = pl.DataFrame({"days": pl.Series(days, dtype=pl.Int32)}).select(quantile(pl.col("days"), percent)).item()
    known = sorted(day for day in days if day is not None)
    expected = next((day for day in known if 100 * sum(d <= day for d in known) >= percent * len(known)), None)
    assert found == expected


@FEW
@given(pairs=PAIRS)
def test_a_share_is_its_counts_and_lies_between_0_and_1_or_has_a_reason(pairs: list[tuple[int, int]]) -> None:
    for row in _quality(pairs).iter_rows(named=True):
        if row["denominator"]:
            assert row["estimate"] == row["numerator"] / row["denominator"]
            assert 0 <= row["estimate"] <= 1
        else:
            assert row["estimate"] is None
            assert row["undefined_reason"]


@FEW
@given(pairs=PAIRS, limit=st.integers(1, 11))
def test_what_leaves_a_cohort_depends_on_the_exact_counts_only_through_rounding(pairs: list[tuple[int, int]], limit: int) -> None:
    left = to_leave(_quality(pairs), SmallCells(limit))
    assert left.height == len(pairs)
    for (a, b), row in zip(pairs, left.iter_rows(named=True), strict=True):
        numerator, denominator = row["numerator"], row["denominator"]
        assert denominator is None if a + b < 2 * limit else abs(denominator - a - b) <= limit / 2
        assert numerator is None or (numerator % limit == 0 and abs(numerator - a) <= limit / 2)
        if 0 < a < limit:
            assert numerator is None
        if numerator is None:
            assert row["estimate"] is None
            assert row["undefined_reason"]
        else:
            assert math.isclose(row["estimate"], numerator / denominator)


@FEW
@given(first=st.integers(4 * 2004, 4 * 2040), many=st.integers(1, 30))
def test_quarters_follow_each_other_without_a_gap(first: int, many: int) -> None:
    names = [f"{n // 4}Q{n % 4 + 1}" for n in range(first, first + many)]
    assert quarters_from(names[0], names[-1]) == names
    ends = [quarter_end(name) for name in names]
    assert all(80 < (later - earlier).days < 100 for earlier, later in zip(ends, ends[1:], strict=False))
    assert all((end.month, end.day) in {(3, 31), (6, 30), (9, 30), (12, 31)} for end in ends)
