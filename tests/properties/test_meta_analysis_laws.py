"""What must hold for pooled proportions, whatever the counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.meta_analysis.pooled import leave_one_out, likelihood_ratio_test, pooled_proportion, wald_test

few = settings(deadline=None, max_examples=6)
study = st.integers(20, 5_000).flatmap(lambda n: st.tuples(st.integers(1, n // 10), st.just(n)))
any_study = st.sampled_from([5, 80, 3_000, 300_000]).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
studies = st.lists(study, min_size=3, max_size=5)


@given(studies, st.randoms(use_true_random=False))
@few
def test_the_order_of_studies_does_not_matter(rows: list[tuple[int, int]], random) -> None:
    shuffled = random.sample(rows, len(rows))
    here, there = (pooled_proportion(*zip(*order, strict=True), 0.95) for order in (rows, shuffled))
    np.testing.assert_allclose(there.pooled, here.pooled, rtol=1e-4)
    np.testing.assert_allclose(there.tau2[0], here.tau2[0], rtol=1e-3, atol=1e-6)


@given(studies)
@few
def test_counting_those_without_turns_the_proportion(rows: list[tuple[int, int]]) -> None:
    events, people = np.array(rows).T
    here, there = pooled_proportion(events, people, 0.95), pooled_proportion(people - events, people, 0.95)
    np.testing.assert_allclose(1 - np.array(there.pooled)[[0, 2, 1]], here.pooled, rtol=1e-4)
    np.testing.assert_allclose(there.tau2[0], here.tau2[0], rtol=1e-3, atol=1e-6)


@given(studies)
@few
def test_limits_lie_around_the_estimate_and_a_new_study_is_less_certain(rows: list[tuple[int, int]]) -> None:
    found = pooled_proportion(*zip(*rows, strict=True), 0.95)
    estimate, low, high = found.pooled
    assert found.predicted[1] <= low <= estimate <= high <= found.predicted[2]
    assert found.tau2[1] <= found.tau2[0] <= found.tau2[2]
    assert 0 <= found.i2 < 1
    assert min(x / n for x, n in rows) * 0.99 <= estimate <= max(x / n for x, n in rows) * 1.01


@given(st.lists(any_study, min_size=3, max_size=5))
@settings(deadline=None, max_examples=15)
def test_any_studies_are_pooled_or_say_why_not(rows: list[tuple[int, int]]) -> None:
    """Also such of none, of all, and of very different size: no warning, no limit on the wrong side."""
    found = pooled_proportion(*zip(*rows, strict=True), 0.95)
    if found.undefined_reason is None:
        assert 0 <= found.predicted[1] <= found.pooled[1] <= found.pooled[0] <= found.pooled[2] <= found.predicted[2] <= 1
    else:
        assert all(x in (0, n) for x, n in rows), found.undefined_reason


@given(study, st.integers(3, 6))
@few
def test_identical_studies_do_not_differ(one: tuple[int, int], k: int) -> None:
    events, people = [one[0]] * k, [one[1]] * k
    found = pooled_proportion(events, people, 0.95)
    assert found.tau2[:2] == (0.0, 0.0)
    assert found.i2 == 0.0
    np.testing.assert_allclose(found.pooled[0], one[0] / one[1], rtol=1e-6)
    for test in (likelihood_ratio_test(events, people), wald_test(events, people)):
        assert test.statistic < 1e-8
        assert test.p_value > 0.999


@given(studies)
@few
def test_leaving_one_out_is_pooling_the_others(rows: list[tuple[int, int]]) -> None:
    limited, reason = leave_one_out(*zip(*rows, strict=True), 0.95)[0]
    others = pooled_proportion(*zip(*rows[1:], strict=True), 0.95)
    assert reason == others.undefined_reason
    np.testing.assert_array_equal(limited, others.pooled)
