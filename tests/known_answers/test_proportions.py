"""Is the number right? Against R, and against a printed interval.

R: recipes/proportions.R (R 4.2.2, binom.test) wrote recipes/proportions.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.proportions import clopper_pearson

R = pl.read_csv(Path(__file__).parent / "recipes" / "proportions.csv")
# Reached by the upper limit of 1 of 25 million, where R is the more exact one; all others agree to 1e-14.
RELATIVE_TOLERANCE = 1e-9


@pytest.mark.parametrize("level", R["level"].unique().sort().to_list())
def test_proportion_and_interval_are_those_of_r(level: float) -> None:
    expected = R.filter(pl.col("level") == level)
    ours = clopper_pearson(expected["numerator"].to_numpy(), expected["denominator"].to_numpy(), level)
    for name, values in zip(("estimate", "low", "high"), ours, strict=True):
        np.testing.assert_allclose(values, expected[name].to_numpy(), rtol=RELATIVE_TOLERANCE)


def test_deng_1990_to_the_printed_digit() -> None:
    """12 of 9,792: 1.23 per 1000 (0.63-2.14), doi:10.1176/ajp.147.9.1149."""
    assert [f"{1000 * float(value):.2f}" for value in clopper_pearson(12, 9792, 0.95)] == ["1.23", "0.63", "2.14"]
