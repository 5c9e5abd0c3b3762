"""Is the number right? Against R and lifelines, and against planted times.

R: recipes/onset.R (R 4.2.2, survival 3.5-3) wrote recipes/onset_times.csv and onset.csv; recipes/onset_lifelines.py
(lifelines 0.30.3) wrote onset_lifelines.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom, weibull_min

from nms_pv.measures.onset.equality import equality, holm
from nms_pv.measures.onset.fit_quality import bootstrap_p
from nms_pv.measures.onset.lynden_bell import reverse_curve, share_within
from nms_pv.measures.onset.quantiles import quantiles
from nms_pv.measures.onset.weibull import NO_SCALE, Times, times_of, weibull
from nms_pv.measures.proportions import clopper_pearson
from tests.lib import onset

RECIPES = Path(__file__).parent / "recipes"
R = pl.read_csv(RECIPES / "onset.csv", null_values="NA")
CASES = pl.read_csv(RECIPES / "onset_times.csv", schema_overrides={"day": pl.Float64, "limit": pl.Float64})
LIFELINES = pl.read_csv(RECIPES / "onset_lifelines.csv")
SETS = CASES["set"].unique(maintain_order=True).to_list()
LEVEL = 0.95
# survreg iterates to 1e-14; optim and uniroot of the recipe, and lifelines' search, stop at about 1e-6 and 1e-5 of the logarithm.
SURVREG, OPTIM, LIFELINES_SEARCH = 1e-8, 5e-5, 5e-5


def times(name: str, *, limited: bool) -> Times:
    of_set = CASES.filter(set=name)
    return times_of(of_set["day"].to_numpy(), of_set["limit"].to_numpy() if limited else np.inf)


@pytest.mark.parametrize("name", SETS)
def test_shape_and_scale_without_limits_are_those_of_survreg_and_lifelines(name: str) -> None:
    fit = weibull(times(name, limited=False), LEVEL)
    theirs = dict(R.filter(set=name, what="survreg").select("where", "estimate").iter_rows())
    np.testing.assert_allclose([fit.shape.estimate, fit.scale.estimate], [theirs["shape"], theirs["scale"]], rtol=SURVREG)
    python = LIFELINES.filter(set=name).row(0, named=True)
    np.testing.assert_allclose(
        [fit.shape.estimate, fit.scale.estimate], [python["shape"], python["scale"]], rtol=LIFELINES_SEARCH
    )


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("limits", ["ignored", "taken"])
def test_likelihood_under_limits_and_its_profile_are_those_of_optim(name: str, limits: str) -> None:
    fit = weibull(times(name, limited=limits == "taken"), LEVEL)
    for parameter in ("shape", "scale"):
        theirs = R.filter(set=name, what=limits, where=parameter).row(0, named=True)
        ours = getattr(fit, parameter)
        np.testing.assert_allclose(
            [ours.estimate, ours.low], [theirs["estimate"], theirs["low"]], rtol=OPTIM, err_msg=f"{name} {parameter}"
        )
        # R looks for a limit up to 20 times the estimate.
        if theirs["high"] is None:
            assert ours.high > 15 * ours.estimate
        else:
            np.testing.assert_allclose(ours.high, theirs["high"], rtol=OPTIM)


@pytest.mark.parametrize("name", SETS)
def test_product_limit_in_reverse_time_is_survfit_of_reversed_times(name: str) -> None:
    of_set, theirs = CASES.filter(set=name), R.filter(set=name, what="reverse").with_columns(pl.col("where").cast(pl.Float64))
    curve = reverse_curve(of_set["day"].to_numpy(), of_set["limit"].to_numpy(), LEVEL)
    assert theirs.height > 3
    for row in theirs.iter_rows(named=True):
        at = np.searchsorted(curve.day, row["where"])
        ours = [curve.share.estimate[at], curve.share.low[at], curve.share.high[at]]
        np.testing.assert_allclose(ours, [row["estimate"], row["low"], row["high"]], rtol=1e-10)


@pytest.mark.parametrize("name", SETS)
def test_quartiles_and_their_ranks_are_those_of_r(name: str) -> None:
    theirs = R.filter(set=name, what="quantile")
    ours = quantiles(CASES.filter(set=name)["day"].to_numpy(), tuple(float(p) for p in theirs["where"]), LEVEL)
    np.testing.assert_array_equal(ours.estimate, theirs["estimate"])
    np.testing.assert_array_equal(ours.low, theirs["low"])
    np.testing.assert_array_equal(ours.high, theirs["high"])


def test_holm_is_that_of_p_adjust() -> None:
    theirs = R.filter(what="holm")
    ours = holm([float(p) for p in theirs["where"]])
    np.testing.assert_allclose(ours, theirs["estimate"], rtol=1e-15)


def test_permutation_p_value_of_two_small_groups_is_that_of_all_permutations() -> None:
    """Fully apart groups of 5: 2 of the 252 ways to split ten cases are as far apart."""
    found = equality({"a": np.arange(5.0), "b": np.arange(10.0, 15.0)}, resamples=1000, seed=1)
    assert found[0].p == pytest.approx(2 / 252)


def no_worse_than(covered: int, runs: int, level: float) -> bool:
    """Whether so few covered would be seen in fewer than 1 of 1,000 simulations of an interval of that coverage."""
    return bool(binom.cdf(covered, runs, level) > 0.001)


@pytest.mark.proof
@pytest.mark.parametrize(("n", "shape"), [(20, 0.7), (20, 1.5), (100, 0.7), (100, 1.5)])
def test_weibull_intervals_cover_planted_shape_and_scale_under_limits(n: int, shape: float) -> None:
    """Limits taken: within 3 % of the level at 20 cases, 2 % at 100. Limits ignored: the bias that is left."""
    random, scale, runs = np.random.default_rng(5), 20.0, 200
    covered = {"shape": 0, "scale": 0}
    taken, ignored, without_scale = [], [], 0
    for _ in range(runs):
        days, limits = onset.drawn_under_limits(random, n, shape, scale, longest_limit=90)
        fit = weibull(times_of(days, limits), LEVEL)
        without_scale += fit.undefined_reason == NO_SCALE
        naive = weibull(times_of(days, np.inf), LEVEL)
        taken.append((fit.shape.estimate, fit.scale.estimate))
        ignored.append((naive.shape.estimate, naive.scale.estimate))
        covered["shape"] += fit.shape.low <= shape <= fit.shape.high
        covered["scale"] += fit.scale.low <= scale <= fit.scale.high
    defined = runs - without_scale
    with_limits, without = np.nanmedian(taken, axis=0), np.nanmedian(ignored, axis=0)
    print(  # noqa: T201
        f"n {n}, shape {shape}, scale {scale}: covered shape {covered['shape'] / defined:.3f}, scale "
        f"{covered['scale'] / defined:.3f}; without a maximum {without_scale}; median estimates with limits "
        f"{with_limits.round(2)}, without {without.round(2)}"
    )
    for parameter in covered:
        assert no_worse_than(covered[parameter], defined, LEVEL - (0.03 if n == 20 else 0.02))
    assert without[1] < 0.9 * scale
    assert without[1] < with_limits[1]


@pytest.mark.proof
def test_limits_that_hold_the_time_itself_mislead() -> None:
    """Day of receipt - start is time to onset + delay: as a limit it moves with the time, and the fit is wrong."""
    random, shape, scale = np.random.default_rng(7), 0.8, 20.0
    days = np.floor(scale * random.weibull(shape, 4000))
    delay = np.floor(random.exponential(30, 4000))
    by_receipt = weibull(times_of(days, days + delay), LEVEL)
    by_data_cut = weibull(times_of(days, 5000), LEVEL)
    print(  # noqa: T201
        f"scale {scale}: by receipt {by_receipt.scale.estimate} ({by_receipt.undefined_reason}), "
        f"by end of data {by_data_cut.scale}"
    )
    assert by_data_cut.scale.low < scale < by_data_cut.scale.high
    assert by_receipt.undefined_reason == NO_SCALE or not by_receipt.scale.low < scale < by_receipt.scale.high


@pytest.mark.proof
@pytest.mark.parametrize("n", [20, 100])
def test_product_limit_intervals_cover_the_planted_share(n: int) -> None:
    """Shares within 1, 7 and 30 days, given onset within the largest limit; at 20 cases 6 %, at 100 cases 3 % below the level."""
    random, shape, scale, runs, marks = np.random.default_rng(11), 0.8, 15.0, 400, (1, 7, 30)
    covered, defined, estimates = np.zeros(3), np.zeros(3), []
    for _ in range(runs):
        days, limits = onset.drawn_under_limits(random, n, shape, scale, longest_limit=90)
        truth = [onset.share_within(mark, shape, scale) / onset.share_within(89, shape, scale) for mark in marks]
        found = share_within(reverse_curve(days, limits, LEVEL), marks)
        has_interval = ~np.isnan(found.low)
        covered += has_interval & (found.low <= truth) & (truth <= found.high)
        defined += has_interval
        estimates.append((*found.estimate, *(np.mean(days <= mark) for mark in marks)))
    print(f"n {n}: covered {covered / defined}; truth {np.round(truth, 3)}; mean product limit and plain share", end=" ")  # noqa: T201
    print(np.nanmean(estimates, axis=0).round(3))  # noqa: T201
    assert all(no_worse_than(int(c), int(d), LEVEL - (0.06 if n == 20 else 0.03)) for c, d in zip(covered, defined, strict=True))


@pytest.mark.proof
@pytest.mark.parametrize("n", [6, 15, 60])
def test_order_statistic_intervals_cover_planted_quartiles(n: int) -> None:
    """Never below the level, ties or not: whole days lie in one distribution with their own quartiles."""
    random, shares, runs = np.random.default_rng(13), (0.25, 0.5, 0.75), 2000
    days = np.floor(weibull_min.ppf(np.linspace(0, 1, 1_000_001)[1:-1], 0.8, scale=15))
    truth = np.quantile(days, shares, method="inverted_cdf")
    samples = np.floor(15 * random.weibull(0.8, (runs, n)))
    found = [quantiles(sample, shares, LEVEL) for sample in samples]
    covered = np.sum([(one.low <= truth) & (truth <= one.high) for one in found], axis=0)
    print(f"n {n}: covered {covered / runs}")  # noqa: T201
    assert all(no_worse_than(int(c), runs, LEVEL) for c in covered)


@pytest.mark.proof
def test_shares_within_marks_cover_the_planted_share() -> None:
    random, runs, n = np.random.default_rng(17), 2000, 25
    days = np.floor(15 * random.weibull(0.8, (runs, n)))
    for mark in (1, 7, 30):
        found = clopper_pearson((days <= mark).sum(axis=1), np.full(runs, n), LEVEL)
        truth = onset.share_within(mark, 0.8, 15)
        covered = int(((found.low <= truth) & (truth <= found.high)).sum())
        print(f"within {mark}: covered {covered / runs}")  # noqa: T201
        assert no_worse_than(covered, runs, LEVEL)


@pytest.mark.proof
def test_p_value_of_the_fit_keeps_its_size_and_sees_a_mixture() -> None:
    random, runs = np.random.default_rng(19), 60
    small = sees = 0
    for number in range(runs):
        days, limits = onset.drawn_under_limits(random, 40, 0.8, 15, longest_limit=120)
        fit = weibull(times_of(days, limits), LEVEL)
        small += fit.undefined_reason is None and bootstrap_p(days, limits, fit.fits, 39, number) <= 0.1
        mixed = np.where(random.random(120) < 0.5, np.floor(3 * random.random(120)), 40 + np.floor(10 * random.random(120)))
        odd = weibull(times_of(mixed, np.full(120, 500)), LEVEL)
        sees += bootstrap_p(mixed, np.full(120, 500.0), odd.fits, 39, number) <= 0.1
    print(f"p <= 0.1: {small / runs:.2f} of Weibull samples, {sees / runs:.2f} of mixtures")  # noqa: T201
    assert small <= binom.ppf(0.999, runs, 0.1)
    assert sees == runs


@pytest.mark.proof
def test_equality_keeps_its_size_and_sees_a_difference() -> None:
    random, runs, small, sees = np.random.default_rng(23), 60, 0, 0
    for number in range(runs):
        here, there = (np.floor(scale * random.weibull(0.8, 30)) for scale in (15, 15))
        later = np.floor(90 * random.weibull(0.8, 30))
        small += (equality({"a": here, "b": there}, 199, number)[0].p or 0) <= 0.05
        sees += (equality({"a": here, "b": later}, 199, number)[0].p or 1) <= 0.05
    print(f"p <= 0.05: {small / runs:.2f} of equal groups, {sees / runs:.2f} of groups six times as slow")  # noqa: T201
    assert small <= binom.ppf(0.999, runs, 0.05)
    assert sees > 0.9 * runs
