"""Is the number right? Against R, and against a printed table.

R: recipes/comparison.R (R 4.2.2, metafor 3.8-1, epitools 0.5-10.1) wrote recipes/comparison_*.csv.
JADER: Table 3 of Sci Rep 2023, doi:10.1038/s41598-023-45783-z; cells a and b as printed.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.comparison.exact import conditional_ror, mid_p, q_values
from nms_pv.measures.comparison.masking import masking_ratio
from nms_pv.measures.comparison.shrunk import pooled_ratios
from nms_pv.measures.comparison.stratified import (
    breslow_day_tarone,
    informative_strata,
    mantel_haenszel_ror,
    stratified_ic,
)
from nms_pv.measures.interval import Interval
from nms_pv.measures.reports.disproportionality import ror

RECIPES = Path(__file__).parent / "recipes"
STRATA = pl.read_csv(RECIPES / "comparison_strata.csv")
STRATIFIED = pl.read_csv(RECIPES / "comparison_stratified.csv")
TESTS = pl.read_csv(RECIPES / "comparison_tests.csv")
POOLING = pl.read_csv(RECIPES / "pooling.csv")
CELLS = ["a", "b", "c", "d"]
SETS = STRATIFIED["name"].to_list()
# metafor finds the expected cells by bisection.
R_TOLERANCE, TEST_TOLERANCE = 1e-10, 1e-6
# Sums over the whole distribution in one, closed tails in the other; 15 million reports cost digits.
P_TOLERANCE, CONDITIONAL_TOLERANCE = 1e-8, 1e-5


def cells(name: str) -> list[np.ndarray]:
    return [STRATA.filter(name=name)[cell].to_numpy() for cell in CELLS]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("measure", "column"), [(mantel_haenszel_ror, "ror"), (stratified_ic, "ic")])
def test_stratified_estimates_are_those_of_r(measure, column: str, name: str) -> None:
    row = STRATIFIED.row(by_predicate=pl.col("name") == name, named=True)
    expected = [row[column], row[f"{column}_low"], row[f"{column}_high"]]
    np.testing.assert_allclose(measure(*cells(name), row["level"]), expected, rtol=R_TOLERANCE)


@pytest.mark.parametrize("name", SETS)
def test_homogeneity_is_that_of_metafor(name: str) -> None:
    row = STRATIFIED.row(by_predicate=pl.col("name") == name, named=True)
    ours = breslow_day_tarone(*cells(name), 0)
    np.testing.assert_allclose([ours.chi2, ours.p], [row["chi2"], row["p"]], rtol=TEST_TOLERANCE)
    assert ours.strata == row["informative"] == informative_strata(*cells(name))


def test_mid_p_and_q_values_are_those_of_r() -> None:
    p = mid_p(*(TESTS[cell].to_numpy() for cell in CELLS))
    np.testing.assert_allclose(p, TESTS["p"].to_numpy(), rtol=P_TOLERANCE)
    np.testing.assert_allclose(q_values(p), TESTS["q"].to_numpy(), rtol=P_TOLERANCE)


def test_conditional_ratios_are_those_of_r() -> None:
    ours = conditional_ror(*(TESTS[cell].to_numpy() for cell in CELLS), 0.95)
    for values, column in zip(ours, ("ror", "low", "high"), strict=True):
        expected = TESTS[column].cast(pl.Float64).to_numpy()
        finite = np.where(np.isinf(expected), np.nan, expected)
        np.testing.assert_allclose(values, finite, rtol=CONDITIONAL_TOLERANCE, equal_nan=True)


def test_pooled_ratios_are_the_pooled_rates_of_r_with_expected_reports_as_time() -> None:
    rows = POOLING.filter(name="uneven")
    per_day = 100_000 * 365.25
    ours = pooled_ratios(rows["events"].to_numpy(), rows["person_days"].to_numpy() / per_day, 0.95)
    for column in ("estimate", "low", "high", "pull"):
        np.testing.assert_allclose(getattr(ours, column), rows[column].to_numpy(), rtol=1e-6)


def test_the_comparator_turns_the_ratio_round_in_jader() -> None:
    """Olanzapine is named 33 times as often as all other drugs, and a third as often as haloperidol."""
    against_all = ror(151, 1805, 2991 - 151, 1_121_146 - 1805, 0.95).estimate
    against_haloperidol = ror(151, 1805, 206, 796, 0.95)
    assert f"{against_all:.2f}" == "32.97"
    assert float(against_haloperidol.estimate) == pytest.approx(151 * 796 / (1805 * 206))
    assert against_haloperidol.high < 1


def test_masking_by_hand() -> None:
    """Of 100 cases among 10,000 other reports, the masker has 80 of 2,000: 1 % becomes 20 of 8,000, a quarter of it."""
    assert masking_ratio(100, 9_900, 80, 2_000) == pytest.approx(4.0)


def test_one_stratum_is_the_crude_ratio_with_its_wald_interval() -> None:
    table = [np.array([cell]) for cell in (151, 1805, 206, 796)]
    crude: Interval = ror(151, 1805, 206, 796, 0.9)
    np.testing.assert_allclose(mantel_haenszel_ror(*table, 0.9), crude, rtol=1e-12)
