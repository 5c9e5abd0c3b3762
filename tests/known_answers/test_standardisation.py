"""Is the number right? Against the example its authors published, and against R.

Fay and Feuer 1997, Table 1: Down's syndrome by birth order, Michigan 1950-1964, standardised by age of the mother; data and
expected values as in the example of epitools::ageadjust.direct (0.5-10.1).
R: recipes/standardisation.R (R 4.2.2, epitools 0.5-10.1) wrote recipes/standardisation.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.rates import DAYS_PER_YEAR
from nms_pv.measures.standardisation import standardised_rate

R = pl.read_csv(Path(__file__).parent / "recipes" / "standardisation.csv")
RELATIVE_TOLERANCE = 1e-10
# Births and cases by age of the mother (under 20, 20-24, ..., 40 and over), for each birth order
BIRTHS = np.array(
    [
        [230061, 329449, 114920, 39487, 14208, 3052],
        [72202, 326701, 208667, 83228, 28466, 5375],
        [15050, 175702, 207081, 117300, 45026, 8660],
        [2293, 68800, 132424, 98301, 46075, 9834],
        [327, 30666, 123419, 149919, 104088, 34392],
    ]
)
CASES = np.array(
    [
        [107, 141, 60, 40, 39, 25],
        [25, 150, 110, 84, 82, 39],
        [3, 71, 114, 103, 108, 75],
        [1, 26, 64, 89, 137, 96],
        [0, 8, 63, 112, 262, 295],
    ]
)
# Per 100,000 births, as printed
PRINTED = ["92.3 80.4 105.8", "91.2 82.4 100.9", "85.1 77.2 94.2", "92.7 80.0 114.7", "75.5 67.7 188.3"]


@pytest.mark.parametrize("order", range(5))
def test_fay_and_feuer_table_1_to_the_printed_digit(order: int) -> None:
    # A birth stands for a person-year.
    values = standardised_rate(CASES[order], BIRTHS[order] * DAYS_PER_YEAR, BIRTHS.sum(axis=0), 0.95)
    assert " ".join(f"{value:.1f}" for value in values[:3]) == PRINTED[order]


@pytest.mark.parametrize("row", R.to_dicts(), ids=lambda row: f"{row['name']}-{row['level']}")
def test_rate_and_interval_are_those_of_r(row: dict[str, str | float]) -> None:
    strata = [np.array(str(row[name]).split(), dtype=float) for name in ("events", "person_days", "weights")]
    values = standardised_rate(*strata, float(row["level"]))
    np.testing.assert_allclose(values[:3], [row["estimate"], row["low"], row["high"]], rtol=RELATIVE_TOLERANCE)
