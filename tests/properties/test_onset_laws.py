"""What must hold for times to onset, whatever the times."""

import numpy as np
import polars as pl
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nms_pv.measures.onset.clocks import since_start
from nms_pv.measures.onset.equality import equality, holm
from nms_pv.measures.onset.lynden_bell import reverse_curve
from nms_pv.measures.onset.quantiles import QUARTILES, quantiles
from nms_pv.measures.onset.weibull import log_likelihood, most_likely, start, times_of, weibull, why_undefined
from tests.lib import onset

unhurried = settings(deadline=None, max_examples=6)
quick = settings(deadline=None, max_examples=25)
days = st.lists(st.integers(0, 400), min_size=1, max_size=40)
cases = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 400)), min_size=5, max_size=25)
levels = st.sampled_from([0.9, 0.95, 0.99])


def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Times, and limits not below them."""
    day, beyond = np.array(rows, dtype=float).T
    return day, day + beyond


@given(days, levels)
@quick
def test_quartiles_lie_in_order_within_their_limits_whatever_the_order_of_cases(times: list[int], level: float) -> None:
    here, turned = quantiles(times, QUARTILES, level), quantiles(times[::-1], QUARTILES, level)
    np.testing.assert_array_equal(np.array(here), np.array(turned))
    assert (np.diff(here.estimate) >= 0).all()
    assert (here.low <= here.estimate).all()
    assert (here.estimate <= here.high).all()


@given(days, st.integers(1, 50))
@quick
def test_time_in_another_unit_scales_quartiles(times: list[int], factor: int) -> None:
    here, scaled = quantiles(times, QUARTILES, 0.95), quantiles(factor * np.array(times), QUARTILES, 0.95)
    np.testing.assert_allclose(np.array(scaled), factor * np.array(here))


@given(days)
@quick
def test_a_higher_level_never_narrows_the_limits_of_quartiles(times: list[int]) -> None:
    narrow, wide = quantiles(times, QUARTILES, 0.9), quantiles(times, QUARTILES, 0.99)
    assert (wide.low <= narrow.low).all()
    assert (narrow.high <= wide.high).all()


@given(cases, levels)
@quick
def test_shares_rise_with_the_days_and_lie_within_their_limits(rows: list[tuple[int, int]], level: float) -> None:
    curve = reverse_curve(*arrays(rows), level)
    share, low, high = curve.share
    assert share[-1] == 1
    known = ~np.isnan(share)
    assert (np.diff(share[known]) >= 0).all()
    assert (known[:-1] <= known[1:]).all()
    has = ~np.isnan(low)
    assert ((low[has] <= share[has]) & (share[has] <= high[has])).all()


@given(cases)
@quick
def test_without_limits_the_product_limit_is_the_empirical_distribution(rows: list[tuple[int, int]]) -> None:
    day, _ = arrays(rows)
    curve = reverse_curve(day, np.full_like(day, np.inf), 0.95)
    np.testing.assert_allclose(curve.share.estimate, [np.mean(day <= d) for d in curve.day], rtol=1e-12)


@given(cases)
@quick
def test_limits_raise_no_share_and_the_order_of_cases_does_not_matter(rows: list[tuple[int, int]]) -> None:
    """Those with late onset are missed, so they count for more: the share with early onset can only fall."""
    day, limit = arrays(rows)
    curve, turned = reverse_curve(day, limit, 0.95), reverse_curve(day[::-1], limit[::-1], 0.95)
    np.testing.assert_array_equal(curve.share.estimate, turned.share.estimate)
    plain = np.array([np.mean(day <= d) for d in curve.day])
    known = ~np.isnan(curve.share.estimate)
    assert (curve.share.estimate[known] <= plain[known] + 1e-12).all()


@given(cases)
@unhurried
def test_fits_are_empty_with_a_reason_or_lie_within_their_limits(rows: list[tuple[int, int]]) -> None:
    for limits in (arrays(rows)[1], np.inf):
        fit = weibull(times_of(arrays(rows)[0], limits), 0.95)
        assert fit.undefined_reason is not None or np.isfinite(fit.fits).all()
        for found in (fit.shape, fit.scale):
            if fit.undefined_reason is None:
                assert found.low < found.estimate < found.high
            else:
                assert np.isnan(np.array(found)).all()


@given(cases, st.permutations(range(5)))
@unhurried
def test_the_order_of_cases_does_not_matter_to_a_fit(rows: list[tuple[int, int]], order: list[int]) -> None:
    mixed = [rows[place] for place in order] + rows[5:]
    here, there = (weibull(times_of(*arrays(some)), 0.95) for some in (rows, mixed))
    np.testing.assert_array_equal(here.fits, there.fits)


@given(st.integers(0, 1_000), st.sampled_from([1.0, 2.0]), st.sampled_from([2, 5]))
@example(420, 1.0, 2)
@unhurried
def test_time_in_another_unit_scales_the_scale_and_keeps_the_shape(seed: int, shape: float, factor: int) -> None:
    """Whole days are grid points of any unit only roughly: long times make the grid fine, and fits agree to their likelihood."""
    day, limit = onset.drawn_under_limits(np.random.default_rng(seed), 40, shape, 20_000, longest_limit=60_000)
    scaled = times_of(factor * day, factor * limit)
    fits = [most_likely(times, start(times)) for times in (times_of(day, limit), scaled)]
    assume(np.isfinite(fits).all() and fits[0][1] < np.log(500_000))
    best, carried_over = (log_likelihood(scaled, at)[0] for at in (fits[1], fits[0] + [0, np.log(factor)]))
    assert best - 0.01 < carried_over <= best + 1e-6


@given(st.integers(0, 1_000), st.integers(5, 40))
@quick
def test_one_day_or_two_days_in_a_row_have_no_fit(day: int, n: int) -> None:
    assert why_undefined(times_of(np.full(n, day), np.inf)) is not None
    assert why_undefined(times_of(day + np.arange(n) % 2, np.inf)) is not None
    assert why_undefined(times_of(day + np.arange(n) % 3, np.inf)) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@quick
def test_correction_keeps_the_order_of_p_values_and_lowers_none(p_values: list[float]) -> None:
    corrected = np.array(holm(p_values))
    assert (corrected >= np.array(p_values)).all()
    assert (corrected <= 1).all()
    assert (np.diff(corrected[np.argsort(p_values, kind="stable")]) >= 0).all()


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.lists(st.integers(0, 30), min_size=5, max_size=5))
@settings(deadline=None, max_examples=5)
def test_swapping_the_groups_keeps_the_p_value(here: list[int], there: list[int]) -> None:
    a, b = np.array(here, dtype=float), np.array(there, dtype=float)
    first, swapped = (equality(samples, 252, 1)[0].p for samples in ({"a": a, "b": b}, {"b": b, "a": a}))
    assert first == swapped


@given(st.lists(st.tuples(st.integers(-20, 100), st.integers(0, 30)), min_size=1, max_size=6), st.integers(0, 20))
@quick
def test_the_start_of_the_current_therapy_is_a_start_by_the_event_and_not_later_with_longer_gaps(
    spans: list[tuple[int, int]], gap_days: int
) -> None:
    rows = onset.courses(*({"start": begin, "end": begin - length} for begin, length in spans))
    here, longer = (since_start(rows, gap, onset.EVENT + 1_000).row(0, named=True) for gap in (gap_days, gap_days + 5))
    begun = [begin for begin, _ in spans if begin >= 0]
    if not begun:
        assert here["days"] is None
    else:
        assert min(begun) <= here["days"] <= longer["days"] <= max(begun)
    np.testing.assert_equal(
        since_start(rows.sort("course_no", descending=True), gap_days, onset.EVENT + 1_000).row(0, named=True), here
    )
    assert (
        since_start(pl.concat([rows, rows.with_columns(course_no=pl.col("course_no") + 9)]), gap_days, onset.EVENT + 1_000).height
        == 1
    )
