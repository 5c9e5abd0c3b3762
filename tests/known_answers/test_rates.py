"""Is the number right? Against R, and against printed intervals.

R: recipes/rates.R (R 4.2.2, poisson.test and round) wrote recipes/rates.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.interval import Interval
from nms_pv.measures.rates import rate, rate_difference, rate_ratio, rounded_rate

R = pl.read_csv(Path(__file__).parent / "recipes" / "rates.csv")
PAIR = ["a", "t1", "c", "t0"]
# A difference of rates that are alike loses digits, so it has an absolute tolerance too (per 100,000 person-years).
TOLERANCE = {"rtol": 1e-10, "atol": 1e-9}


def ours(measure: str, rows: pl.DataFrame, level: float) -> Interval:
    pair = [rows[name].to_numpy() for name in PAIR]
    if measure == "rate":
        return rate(*pair[:2], level)
    return {"ratio": rate_ratio, "difference": rate_difference}[measure](*pair, level)


@pytest.mark.parametrize("level", R["level"].unique().sort().to_list())
@pytest.mark.parametrize("measure", ["rate", "ratio", "difference"])
def test_estimate_and_interval_are_those_of_r(measure: str, level: float) -> None:
    rows = R.filter(pl.col("level") == level)
    for name, values in zip((measure, f"{measure}_low", f"{measure}_high"), ours(measure, rows, level), strict=True):
        np.testing.assert_allclose(values, rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy(), **TOLERANCE)


@pytest.mark.parametrize("level", R["level"].unique().sort().to_list())
def test_rounded_rate_is_that_of_r_to_the_last_bit(level: float) -> None:
    rows = R.filter(pl.col("level") == level)
    values = rounded_rate(rows["a"].to_numpy(), rows["t1"].to_numpy(), level)
    for name, column in zip(("rounded", "rounded_low", "rounded_high"), values, strict=True):
        assert column.tolist() == rows[name].to_list()


@pytest.mark.parametrize(
    ("events", "person_days", "printed"),
    [
        # R: round(x, 3), ties to the decimal neighbour that is nearer as stored.
        (1, 36525, "1000.000 25.318 5571.643"),
        (0, 36525, "0.000 0.000 3688.879"),
    ],
)
def test_rounded_rates_of_one_hundred_person_years(events: int, person_days: int, printed: str) -> None:
    """Garwood's limits of 0 and 1 events, 3.688879, 0.025318 and 5.571643, are in every table of the Poisson distribution."""
    assert " ".join(f"{float(value):.3f}" for value in rounded_rate(events, person_days, 0.95)) == printed
