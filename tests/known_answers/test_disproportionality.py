"""Is the number right? Against a printed table, and against R.

JADER: Table 3 of Sci Rep 2023, doi:10.1038/s41598-023-45783-z (https://pmc.ncbi.nlm.nih.gov/articles/PMC10611799/table/Tab3),
whose printed intervals of the PRR are not used: they were made with the standard error of ln(ROR).
R: recipes/disproportionality.R (R 4.2.2, epitools 0.5-10.1) wrote recipes/disproportionality.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.reports.disproportionality import chi2_yates, ic, prr, ror

CASES, NON_CASES = 2991, 1_121_146
# drug, cases, non-cases, chi-squared, PRR, ROR, lower and upper 95 % limit of the ROR, as printed
JADER = [
    ("risperidone", 252, 2282, 8929.07, 40.72, 45.11, 39.40, 51.65),
    ("aripiprazole", 220, 2282, 6838.47, 35.59, 38.93, 33.73, 44.92),
    ("haloperidol", 206, 796, 15486.77, 82.91, 104.11, 88.92, 121.89),
    ("olanzapine", 151, 1805, 4074.30, 30.50, 32.97, 27.82, 39.08),
    ("quetiapine", 121, 1716, 2746.43, 25.76, 27.50, 22.79, 33.19),
    ("blonanserin", 118, 644, 6598.68, 60.55, 71.46, 58.53, 87.25),
    ("paroxetine", 71, 2853, 508.31, 9.32, 9.53, 7.51, 12.10),
    ("levomepromazine", 71, 575, 2761.32, 42.29, 47.39, 36.93, 60.80),
    ("biperiden", 62, 435, 2747.04, 47.86, 54.54, 41.69, 71.33),
    ("perospirone", 58, 316, 3218.14, 59.42, 70.14, 52.89, 93.02),
    ("sulpiride", 58, 929, 1150.68, 22.50, 23.85, 18.24, 31.17),
    ("lithium", 56, 806, 1238.55, 24.86, 26.52, 20.18, 34.86),
    ("flunitrazepam", 56, 980, 1012.83, 20.68, 21.81, 16.62, 28.62),
    ("amantadine", 53, 801, 1114.09, 23.73, 25.23, 19.06, 33.40),
    ("paliperidone", 40, 414, 1217.58, 33.55, 36.69, 26.47, 50.86),
    ("donepezil", 39, 1720, 245.42, 8.43, 8.60, 6.25, 11.83),
    ("carbamazepine", 34, 5083, 29.25, 2.51, 2.52, 1.80, 3.54),
    ("chlorpromazine", 33, 292, 1160.77, 38.58, 42.82, 29.82, 61.49),
    ("fluvoxamine", 31, 837, 345.29, 13.55, 14.02, 9.78, 20.10),
]
RECIPES = Path(__file__).parent / "recipes"
R = pl.read_csv(RECIPES / "disproportionality.csv")
CELLS = ["a", "b", "c", "d"]
# Relative tolerance to R, and absolute tolerance where the value is zero.
R_TOLERANCE = {"rtol": 1e-10, "atol": 1e-12}


@pytest.mark.parametrize(("drug", "a", "b", "chi2", "prr_", "ror_", "low", "high"), JADER, ids=[row[0] for row in JADER])
def test_jader_table_3_to_the_printed_digit(
    drug: str, a: int, b: int, chi2: float, prr_: float, ror_: float, low: float, high: float
) -> None:
    cells = (a, b, CASES - a, NON_CASES - b)
    ours = (chi2_yates(*cells), prr(*cells, 0.95).estimate, *ror(*cells, 0.95))
    assert [f"{float(value):.2f}" for value in ours] == [f"{value:.2f}" for value in (chi2, prr_, ror_, low, high)]


@pytest.mark.parametrize("level", R["level"].unique().sort().to_list())
@pytest.mark.parametrize("measure", ["ror", "prr", "ic"])
def test_estimate_and_interval_are_those_of_r(measure: str, level: float) -> None:
    expected = R.filter(pl.col("level") == level)
    ours = {"ror": ror, "prr": prr, "ic": ic}[measure](*(expected[cell].to_numpy() for cell in CELLS), level)
    for name, values in zip((measure, f"{measure}_low", f"{measure}_high"), ours, strict=True):
        np.testing.assert_allclose(values, expected[name].cast(pl.Float64).to_numpy(), equal_nan=True, **R_TOLERANCE)


def test_chi_squared_is_that_of_r() -> None:
    ours = chi2_yates(*(R[cell].to_numpy() for cell in CELLS))
    np.testing.assert_allclose(ours, R["chi2_yates"].to_numpy(), **R_TOLERANCE)
