"""Is the number right? Against R, and against planted rates.

R: recipes/pooling.R (R 4.2.2) wrote recipes/pooling.csv, by brute force.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.pooling import pooled_rates
from nms_pv.measures.rates import DAYS_PER_YEAR, PER_PERSON_YEARS

R = pl.read_csv(Path(__file__).parent / "recipes" / "pooling.csv")
# Both sum over a grid. A class with a single episode tells next to nothing of the spread of its rates, so its posterior has
# tails that no grid reaches; limits near 0 are compared on the scale of the rates (per 100,000 person-years).
RELATIVE_TOLERANCE = {"usual": 2e-3, "alike": 1e-4, "uneven": 1e-6, "single": 1e-2}
ABSOLUTE_TOLERANCE = 1e-6


@pytest.mark.parametrize("name", R["name"].unique(maintain_order=True).to_list())
def test_estimates_limits_and_pull_are_those_of_r(name: str) -> None:
    rows = R.filter(name=name)
    ours = pooled_rates(rows["events"].to_numpy(), rows["person_days"].to_numpy(), rows["level"][0])
    for column in ("estimate", "low", "high", "pull"):
        np.testing.assert_allclose(
            getattr(ours, column), rows[column].to_numpy(), rtol=RELATIVE_TOLERANCE[name], atol=ABSOLUTE_TOLERANCE
        )


@pytest.mark.proof
@pytest.mark.parametrize("members", [4, 8])
@pytest.mark.parametrize("shape", [1, 4, 50])
@pytest.mark.parametrize("episodes_each", [1, 5, 25])
def test_intervals_cover_planted_rates(members: int, shape: float, episodes_each: float) -> None:
    """Within 4 % of the level, although the prior of the spread is none that planted the rates."""
    random = np.random.default_rng(11)
    runs, covered, counted = 60, 0, 0
    for _ in range(runs):
        days = np.ceil(DAYS_PER_YEAR * episodes_each * random.lognormal(0, 1, members) / np.exp(0.5) * 1000)
        truth = random.gamma(shape, 1 / shape, members) / 1000
        events = random.poisson(truth * days / DAYS_PER_YEAR)
        ours = pooled_rates(events, days, 0.95)
        if ours.undefined_reason is None:
            covered += ((ours.low <= truth * PER_PERSON_YEARS) & (truth * PER_PERSON_YEARS <= ours.high)).sum()
            counted += members
    assert covered / counted > 0.95 - 0.04 - 2 * np.sqrt(0.95 * 0.05 / counted), covered / counted
