"""What must hold for every 2x2 table."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nms_pv.measures.reports.disproportionality import (
    chi2_yates,
    evans_screen,
    expected,
    ic,
    ic_screen,
    prr,
    ror,
    ror_screen,
)

LARGEST = 25_000_000
MEASURES = {"ror": ror, "prr": prr, "ic": ic}

counts = st.integers(0, LARGEST)
positive = st.integers(1, LARGEST)
tables = st.tuples(counts, counts, counts, counts)
positive_tables = st.tuples(positive, positive, positive, positive)
levels = st.sampled_from([0.9, 0.95, 0.99])


@given(positive_tables, levels)
def test_swapping_group_and_outside_inverts_the_ror(cells: tuple[int, ...], level: float) -> None:
    a, b, c, d = cells
    here, swapped = ror(a, b, c, d, level), ror(c, d, a, b, level)
    np.testing.assert_allclose(
        [swapped.estimate, swapped.low, swapped.high], [1 / here.estimate, 1 / here.high, 1 / here.low], rtol=1e-9
    )


@given(positive_tables, levels)
def test_swapping_definition_and_its_opposite_inverts_the_ror(cells: tuple[int, ...], level: float) -> None:
    a, b, c, d = cells
    np.testing.assert_allclose(ror(b, a, d, c, level).estimate, 1 / ror(a, b, c, d, level).estimate, rtol=1e-9)


@given(positive_tables)
def test_chi_squared_is_the_same_whatever_the_labels(cells: tuple[int, ...]) -> None:
    a, b, c, d = cells
    for other in [(c, d, a, b), (b, a, d, c), (a, c, b, d)]:
        np.testing.assert_allclose(chi2_yates(*other), chi2_yates(a, b, c, d), rtol=1e-9)


@given(st.tuples(*[st.integers(1, 100_000)] * 4), st.integers(2, 100), levels)
def test_more_reports_of_the_same_shape_keep_the_ratio_and_narrow_the_interval(
    cells: tuple[int, ...], times: int, level: float
) -> None:
    for measure in (ror, prr):
        here, scaled = measure(*cells, level), measure(*(times * cell for cell in cells), level)
        np.testing.assert_allclose(scaled.estimate, here.estimate, rtol=1e-9)
        assert scaled.high / scaled.low < here.high / here.low


@given(positive_tables, levels)
def test_one_more_report_of_the_group_that_is_a_case_raises_every_estimate(cells: tuple[int, ...], level: float) -> None:
    a, b, c, d = cells
    for measure in (ror, prr, ic):
        assert measure(a + 1, b, c, d, level).estimate > measure(a, b + 1, c, d, level).estimate


@pytest.mark.parametrize("measure", MEASURES)
@given(tables, levels)
def test_the_estimate_lies_within_its_interval(measure: str, cells: tuple[int, ...], level: float) -> None:
    estimate, low, high = MEASURES[measure](*cells, level)
    assert (low <= estimate <= high) or (np.isnan(estimate) and np.isnan(low) and np.isnan(high))


@given(tables, levels)
def test_a_ror_is_empty_exactly_when_a_cell_is_zero(cells: tuple[int, ...], level: float) -> None:
    assert np.isnan(ror(*cells, level).estimate) == (0 in cells)


@given(tables, levels)
def test_a_prr_is_empty_exactly_when_a_or_c_is_zero(cells: tuple[int, ...], level: float) -> None:
    a, _, c, _ = cells
    assert np.isnan(prr(*cells, level).estimate) == (0 in (a, c))


@given(tables)
def test_chi_squared_is_empty_exactly_when_a_margin_is_zero(cells: tuple[int, ...]) -> None:
    a, b, c, d = cells
    assert np.isnan(chi2_yates(*cells)) == (0 in (a + b, c + d, a + c, b + d))


@given(tables, levels)
def test_an_ic_is_empty_exactly_when_nothing_is_expected(cells: tuple[int, ...], level: float) -> None:
    a, b, c, _ = cells
    assert np.isnan(ic(*cells, level).estimate) == (a + b == 0 or a + c == 0)


@given(tables)
def test_expected_reports_are_those_of_exact_integers(cells: tuple[int, ...]) -> None:
    a, b, c, d = cells
    assume(sum(cells) > 0)
    np.testing.assert_allclose(expected(*cells), (a + b) * (a + c) / sum(cells), rtol=1e-12)


@given(tables)
def test_what_is_undefined_or_rests_on_two_reports_meets_no_rule_of_a_ratio(cells: tuple[int, ...]) -> None:
    a = cells[0]
    ratio, odds = prr(*cells, 0.95), ror(*cells, 0.95)
    assume(a < 3 or np.isnan(ratio.estimate))
    assert not evans_screen(a, ratio.estimate, chi2_yates(*cells))
    assert not (ror_screen(a, odds.low) and a < 3)


@given(tables)
def test_an_ic_above_zero_by_its_interval_means_more_reports_than_expected(cells: tuple[int, ...]) -> None:
    assume(ic_screen(ic(*cells, 0.95).low))
    assert cells[0] > expected(*cells)


@given(st.lists(tables, min_size=1, max_size=20), levels)
def test_many_tables_at_once_are_the_tables_one_by_one(many: list[tuple[int, ...]], level: float) -> None:
    columns = np.array(many, dtype=np.int64).T
    for measure in (ror, prr, ic):
        together = np.array(measure(*columns, level)).T
        alone = np.array([measure(*cells, level) for cells in many])
        np.testing.assert_array_equal(together, alone)
