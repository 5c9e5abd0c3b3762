"""Is the number right? Against R's glm with an effect for each year, and its profile limits.

R: recipes/reporting_trend.R (R 4.2.2) wrote recipes/reporting_trend_years.csv and recipes/reporting_trend.csv.
"""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nms_pv.measures.reporting_trend.comparison import annual_ratio, herfindahl

RECIPES = Path(__file__).parent / "recipes"
YEARS = pl.read_csv(RECIPES / "reporting_trend_years.csv")
R = pl.read_csv(RECIPES / "reporting_trend.csv")


@pytest.mark.parametrize("expected", R.to_dicts(), ids=lambda row: row["name"])
def test_annual_ratio_limits_and_dispersion_are_those_of_r(expected: dict[str, Any]) -> None:
    years = YEARS.filter(name=expected["name"])
    ours = annual_ratio(*(years[column].to_numpy() for column in ("year", "a", "n1", "c", "n0")), expected["level"])
    assert ours.undefined_reason is None
    for name in ("estimate", "low", "high", "dispersion"):
        assert getattr(ours, name) == pytest.approx(expected[name], rel=1e-6), name


def test_herfindahl_by_hand() -> None:
    # Shares 1/2, 1/3 and 1/6: 1/4 + 1/9 + 1/36.
    assert herfindahl([3, 2, 1]) == pytest.approx(14 / 36, rel=1e-15)
