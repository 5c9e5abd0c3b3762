"""Is a planted trend found? Size and power of the permutation tests, and coverage of the intervals, measured in simulation."""

import sys

import numpy as np
import pytest
from scipy.stats import binom

from nms_pv.measures.joinpoint.segmented import Series
from nms_pv.measures.joinpoint.trend import Trend, joinpoint_trend
from nms_pv.measures.reporting_trend.comparison import annual_ratio

YEARS, BEND = 14, 7
DRAWS, PERMUTATIONS = 200, 99
Captured = pytest.CaptureFixture[str]


def planted(random: np.random.Generator, mean: float, slopes: tuple[float, float], spread: float) -> tuple[Trend, float]:
    """A trend of events whose log-rate bends in the middle, and the true average annual percent change."""
    x = np.arange(YEARS, dtype=float)
    log_rate = slopes[0] * x + (slopes[1] - slopes[0]) * np.maximum(0, x - BEND)
    expected = mean * np.exp(log_rate) / np.exp(log_rate).mean()
    frailty = random.gamma(1 / spread, spread, YEARS) if spread else np.ones(YEARS)
    events = random.poisson(expected * frailty).astype(float)
    series = Series(2005 + x, events, np.full(YEARS, 1e6))
    return joinpoint_trend(series, 0.95, PERMUTATIONS, seed=1), 100 * np.expm1(log_rate[-1] / x[-1])


def say(capsys: Captured, measured: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{measured}\n")


def fewest(level: float) -> int:
    """As many hits as a right interval exceeds in 999 of 1,000 simulations."""
    return int(binom.ppf(0.001, DRAWS, level))


@pytest.mark.proof
@pytest.mark.parametrize(("mean", "spread"), [(4.0, 0.0), (40.0, 0.0), (40.0, 0.1)])
def test_a_straight_trend_is_rarely_bent_and_its_interval_covers(capsys: Captured, mean: float, spread: float) -> None:
    random = np.random.default_rng(20240601)
    drawn = [planted(random, mean, (-0.05, -0.05), spread) for _ in range(DRAWS)]
    bent = sum(len(trend.segments) > 1 for trend, _ in drawn)
    covered = sum(trend.average.low <= true <= trend.average.high for trend, true in drawn)
    say(capsys, f"mean {mean}, spread {spread}: joinpoints found in {bent / DRAWS:.1%}, average covered in {covered / DRAWS:.1%}")
    assert bent <= binom.ppf(0.999, DRAWS, 0.05)
    assert covered >= fewest(0.93)


@pytest.mark.proof
@pytest.mark.parametrize(("mean", "spread", "power"), [(20.0, 0.0, 0.6), (80.0, 0.0, 0.9), (80.0, 0.05, 0.7)])
def test_a_bend_is_found_and_its_intervals_cover(capsys: Captured, mean: float, spread: float, power: float) -> None:
    random = np.random.default_rng(20240602)
    slopes = (0.15, -0.15)
    drawn = [planted(random, mean, slopes, spread) for _ in range(DRAWS)]
    found = [trend for trend, _ in drawn if len(trend.segments) == 2]
    true = 100 * np.expm1(np.array(slopes))
    covered = np.mean([(trend.changes.low <= true) & (true <= trend.changes.high) for trend in found], axis=0)
    average = np.mean([trend.average.low <= true <= trend.average.high for trend, true in drawn])
    say(
        capsys,
        f"mean {mean}, spread {spread}: one joinpoint in {len(found) / DRAWS:.1%}, where its segments are covered in "
        f"{covered[0]:.1%} and {covered[1]:.1%}; average covered in {average:.1%}",
    )
    assert len(found) / DRAWS >= power
    assert (covered >= binom.ppf(0.001, len(found), 0.90) / len(found)).all()
    assert average >= fewest(0.93) / DRAWS


@pytest.mark.proof
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_interval_of_the_annual_ratio_covers(capsys: Captured, spread: float) -> None:
    random = np.random.default_rng(20240603)
    year, ratio, draws = np.arange(10), 0.95, 600
    covered = 0
    for _ in range(draws):
        n1, n0 = random.integers(500, 3_000, 10), random.integers(5_000, 30_000, 10)
        share = 0.002 * np.exp(random.normal(0, 0.7, 10))
        a = random.poisson(3 * n1 * share * ratio**year * np.exp(random.normal(0, spread, 10)))
        found = annual_ratio(year, a, n1, random.poisson(n0 * share), n0, 0.95)
        covered += found.low <= ratio <= found.high
    say(capsys, f"spread {spread}: annual ratio covered in {covered / draws:.1%}")
    assert covered >= binom.ppf(0.001, draws, 0.93)
