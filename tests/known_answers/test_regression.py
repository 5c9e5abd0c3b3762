"""Is the number right? Against R's glm and MASS::glm.nb.

R: recipes/regression.R (R 4.2.2, MASS 7.3-58.2) wrote recipes/regression_strata.csv and recipes/regression.csv.
"""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nms_pv.measures.regression import adjusted_rate_ratio, annual_rate_ratio

RECIPES = Path(__file__).parent / "recipes"
STRATA = pl.read_csv(RECIPES / "regression_strata.csv")
R = pl.read_csv(RECIPES / "regression.csv")
# Both sides solve for the limits; the negative binomial has its dispersion found by two different searches.
RELATIVE_TOLERANCE = {"Poisson": 1e-7, "negative binomial": 1e-5}


@pytest.mark.parametrize("expected", R.to_dicts(), ids=lambda row: f"{row['name']}-{row['interest']}")
def test_ratio_interval_and_dispersion_are_those_of_r(expected: dict[str, Any]) -> None:
    strata = STRATA.filter(name=expected["name"])
    if expected["interest"] == "exposed":
        ours = adjusted_rate_ratio(strata, expected["level"])
    else:
        ours = annual_rate_ratio(strata, False, expected["level"])
    distribution = "Poisson" if expected["alpha"] is None else "negative binomial"
    assert ours.undefined_reason is None
    assert ours.method.startswith(distribution)
    assert ("left out" in ours.method) == (expected["name"] == "sparse")
    assert ours.dispersion == pytest.approx(expected["dispersion"], rel=1e-6)
    for name in ("estimate", "low", "high"):
        assert getattr(ours, name) == pytest.approx(expected[name], rel=RELATIVE_TOLERANCE[distribution]), name
