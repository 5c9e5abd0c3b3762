"""Is the number right? Against a grid search over R's glm, with the same permutations in both.

R: recipes/joinpoint.R (R 4.2.2) wrote recipes/joinpoint_series.csv, recipes/joinpoint_orders.csv and recipes/joinpoint.csv.
"""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.joinpoint.permutation import permutation_p
from nms_pv.measures.joinpoint.segmented import Series, best_fit, most_joinpoints
from nms_pv.measures.joinpoint.trend import trend_of

RECIPES = Path(__file__).parent / "recipes"
SERIES = pl.read_csv(RECIPES / "joinpoint_series.csv")
ORDERS = pl.read_csv(RECIPES / "joinpoint_orders.csv")
R = pl.read_csv(RECIPES / "joinpoint.csv", schema_overrides={"at": pl.String, "p": pl.Float64, "change": pl.String})
# Both stop where the deviance no longer falls by much.
RELATIVE_TOLERANCE = 1e-6


def series(name: str) -> Series:
    return Series(*(SERIES.filter(name=name)[column].cast(pl.Float64).to_numpy() for column in ("year", "events", "size")))


def numbers(text: object) -> list[float]:
    return [float(part) for part in str(text or "").split(";") if part]


@pytest.mark.parametrize("expected", R.to_dicts(), ids=lambda row: f"{row['name']}-{row['joinpoints']}")
def test_place_deviance_slopes_and_limits_are_those_of_r(expected: dict[str, Any]) -> None:
    here = series(expected["name"])
    fit = best_fit(here, expected["joinpoints"])
    assert fit is not None
    assert fit.joinpoints.tolist() == numbers(expected["at"])
    assert fit.deviance == pytest.approx(float(expected["deviance"]), rel=RELATIVE_TOLERANCE)
    trend = trend_of(here, fit, (), 0.95)
    assert trend.dispersion == pytest.approx(float(expected["dispersion"]), rel=RELATIVE_TOLERANCE)
    for field, ours in zip(("", "_low", "_high"), trend.changes, strict=True):
        np.testing.assert_allclose(ours, numbers(expected[f"change{field}"]), rtol=1e-5)
    for field, ours in zip(("", "_low", "_high"), trend.average, strict=True):
        assert float(ours) == pytest.approx(float(expected[f"average{field}"]), rel=1e-5)


@pytest.mark.parametrize("expected", R.drop_nulls("p").to_dicts(), ids=lambda row: f"{row['name']}-{row['joinpoints']}")
def test_with_the_same_permutations_p_is_that_of_r(expected: dict[str, Any]) -> None:
    here = series(expected["name"])
    fits = [best_fit(here, k) for k in (expected["joinpoints"], most_joinpoints(here.year.size))]
    assert fits[0] is not None
    assert fits[1] is not None
    orders = ORDERS.filter(name=expected["name"])["from"].to_numpy().reshape(-1, here.year.size)
    assert permutation_p(here, fits[0], fits[1], orders) == pytest.approx(expected["p"], abs=1e-12)
