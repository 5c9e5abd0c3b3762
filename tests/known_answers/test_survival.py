"""Are the curves right? Against R's survival and cmprsk, against lifelines, and against planted lifetimes.

R: recipes/survival.R (R 4.2.2, survival 3.5-3, cmprsk 2.2-11) wrote recipes/survival_subjects.csv and recipes/survival.csv.
lifelines: recipes/survival_lifelines.py (lifelines 0.30) wrote recipes/survival_lifelines.csv.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.interval import Floats
from nms_pv.measures.survival.aalen_johansen import aalen_johansen
from nms_pv.measures.survival.curve import Curve, at, quantile
from nms_pv.measures.survival.kaplan_meier import kaplan_meier

RECIPES = Path(__file__).parent / "recipes"
SUBJECTS = pl.read_csv(RECIPES / "survival_subjects.csv")
R = pl.read_csv(RECIPES / "survival.csv", schema_overrides={"low": pl.Float64, "high": pl.Float64})
LIFELINES = pl.read_csv(RECIPES / "survival_lifelines.csv")
NAMES = SUBJECTS["name"].unique(maintain_order=True).to_list()
TOLERANCE = 1e-10
LEVEL = 0.95


def curve(name: str, what: str) -> Curve:
    subjects = SUBJECTS.filter(name=name)
    times, causes, entry = (subjects[column].to_numpy() for column in ("time", "cause", "entry"))
    if what == "kaplan_meier":
        return kaplan_meier(times, causes > 0, LEVEL, entry)
    return aalen_johansen(times, causes, int(what[-1]), LEVEL, entry)


def assert_near_where_r_has_a_number(ours: Floats, theirs: pl.Series, tolerance: float) -> None:
    has = theirs.is_not_null().to_numpy()
    np.testing.assert_allclose(ours[has], theirs.to_numpy()[has], rtol=tolerance, atol=TOLERANCE)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", ["kaplan_meier", "aalen_johansen_1", "aalen_johansen_2"])
def test_curves_and_limits_are_those_of_r(name: str, what: str) -> None:
    """R has no limits where the share is 0 or 1; ours are exact there.

    R's variance of the cumulative incidence is the infinitesimal jackknife: the same without late entry, nearly so with it.
    """
    tolerance = 0.01 if name == "late" and what != "kaplan_meier" else TOLERANCE
    rows = R.filter(name=name, what=what)
    ours = at(curve(name, what), rows["time"].to_numpy())
    for field in ("estimate", "low", "high"):
        assert_near_where_r_has_a_number(getattr(ours, field), rows[field], tolerance if field != "estimate" else TOLERANCE)


@pytest.mark.parametrize("name", NAMES)
def test_quantiles_and_limits_are_those_of_r(name: str) -> None:
    found = curve(name, "kaplan_meier")
    for row in R.filter(name=name, what="quantile").iter_rows(named=True):
        ours = quantile(found, row["time"])
        theirs = [np.nan if row[field] is None else row[field] for field in ("estimate", "low", "high")]
        if ours.undefined_reason is None:
            np.testing.assert_array_equal(ours[:3], theirs)
        else:
            assert np.isnan(theirs[0])


@pytest.mark.parametrize("name", ["few", "ties", "none_censored"])
def test_cumulative_incidence_is_that_of_cmprsk_and_the_width_near_it(name: str) -> None:
    """cmprsk has Aalen's variance, another estimator: equal limits are not to be expected."""
    for cause in (1, 2):
        rows = R.filter(name=name, what=f"cuminc_variance_{cause}").filter(pl.col("estimate") > 0)
        ours = at(curve(name, f"aalen_johansen_{cause}"), rows["time"].to_numpy())
        share, error = rows["estimate"].to_numpy(), np.sqrt(rows["low"].to_numpy())
        np.testing.assert_allclose(ours.estimate, share, rtol=TOLERANCE)
        width = np.exp(1.959964 * error / (share * -np.log(share)))
        np.testing.assert_allclose(ours.low, share**width, rtol=0.2)
        np.testing.assert_allclose(ours.high, share ** (1 / width), rtol=0.2)


@pytest.mark.parametrize("name", LIFELINES["name"].unique(maintain_order=True).to_list())
def test_survival_and_limits_are_those_of_lifelines(name: str) -> None:
    rows = LIFELINES.filter(name=name)
    ours = at(curve(name, "kaplan_meier"), rows["time"].to_numpy())
    for field in ("estimate", "low", "high"):
        np.testing.assert_allclose(getattr(ours, field), rows[field].to_numpy(), rtol=1e-9)


def planted(random: np.random.Generator, subjects: int) -> tuple[Floats, Floats]:
    """Days until recovery (constant hazard 1/9), death (1/120), or leaving (1/60): the first of them, and which it was."""
    drawn = np.stack([random.exponential(scale, subjects) for scale in (60, 9, 120)])
    return np.ceil(drawn.min(axis=0) * 4), drawn.argmin(axis=0).astype(float)


def true_share(cause: int, quarter_days: Floats) -> Floats:
    hazards = np.array([1 / 9, 1 / 120])
    total = hazards.sum()
    return hazards[cause - 1] / total * (1 - np.exp(-total * quarter_days / 4))


@pytest.mark.proof
@pytest.mark.parametrize("subjects", [25, 100, 600])
def test_intervals_cover_planted_shares_and_medians(subjects: int, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(20260104)
    runs, days = 2000, np.array([2.0, 7.0, 14.0, 30.0]) * 4
    hits = {"recovered": np.zeros(4), "died": np.zeros(4), "ended": np.zeros(4), "median": np.zeros(1)}
    seen = {name: np.zeros_like(values) for name, values in hits.items()}
    total = 1 / 9 + 1 / 120
    for _ in range(runs):
        times, causes = planted(random, subjects)
        ended = kaplan_meier(times, causes > 0, LEVEL)
        half = quantile(ended, 0.5)
        wanted = {
            "recovered": (at(aalen_johansen(times, causes, 1, LEVEL), days), true_share(1, days)),
            "died": (at(aalen_johansen(times, causes, 2, LEVEL), days), true_share(2, days)),
            "ended": (at(ended, days), np.exp(-total * days / 4)),
        }
        for name, (found, truth) in wanted.items():
            known = ~np.isnan(found.low) & ~np.isnan(found.high)
            seen[name] += known
            hits[name] += known & (found.low <= truth) & (truth <= found.high)
        if half.undefined_reason is None:
            seen["median"] += 1
            hits["median"] += (half.low <= np.ceil(np.log(2) / total * 4)) & ~(half.high < np.ceil(np.log(2) / total * 4))
    shares = {name: (hits[name] / seen[name]).round(3).tolist() for name in hits}
    with capsys.disabled():
        sys.stdout.write(f"\n{subjects} subjects, {runs} runs, coverage at level {LEVEL}: {shares}\n")
    for name in hits:
        coverage = hits[name] / seen[name]
        allowed = 0.03 if subjects == 25 else 0.02
        assert (coverage > LEVEL - allowed - 2 * np.sqrt(LEVEL * (1 - LEVEL) / runs)).all(), (name, coverage)
