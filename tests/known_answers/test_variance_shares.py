"""Is the number right? Against R's lm and drop1.

R: recipes/variance_shares.R (R 4.2.2) wrote recipes/variance_values.csv and recipes/variance_shares.csv.
"""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.grid.summary import DECIMALS, variance_shares

RECIPES = Path(__file__).parent / "recipes"


def test_shares_are_those_of_r() -> None:
    values = pl.read_csv(RECIPES / "variance_values.csv")
    expected = dict(pl.read_csv(RECIPES / "variance_shares.csv").iter_rows())
    ours = variance_shares(values["value"].to_numpy(), {factor: values[factor].to_list() for factor in expected})
    assert ours.factors == pytest.approx(expected, abs=10.0**-DECIMALS)
    assert sum(ours.factors.values()) + ours.rest == pytest.approx(1, abs=1e-8)
