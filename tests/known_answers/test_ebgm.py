"""Is EBGM right? Against numerical integration, against R, and against the model written out cell by cell.

recipes/ebgm_scores.py (mpmath 1.3) integrates prior x Poisson likelihood and wrote recipes/ebgm_scores.csv; recipes/ebgm_fit.R
(R 4.2.2, nlm) fitted the table of recipes/ebgm_table.csv (recipes/ebgm_table.py) and wrote recipes/ebgm_fit.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.gamma_mixture.fit import fit_prior
from nms_pv.measures.gamma_mixture.likelihood import free_parameters, log_likelihood
from nms_pv.measures.gamma_mixture.prior import DUMOUCHEL_1999, Prior
from nms_pv.measures.gamma_mixture.score import ebgm
from nms_pv.measures.gamma_mixture.squash import squash
from tests.lib.pair_tables import margins_of, pairs_of

RECIPES = Path(__file__).parent / "recipes"
SCORES = pl.read_csv(RECIPES / "ebgm_scores.csv")
FITS = pl.read_csv(RECIPES / "ebgm_fit.csv")
PRIORS = {
    "dumouchel_1999": DUMOUCHEL_1999,
    "narrow": Prior(3.21, 0.61, 161.8, 178.0, 0.0209),
    "wide": Prior(0.824, 0.278, 9.37, 10.97, 0.121),
}
# A relative 1e-9 is what root finding promises.
SCORE_TOLERANCE = 1e-9
# nlm stops where the last digits of its log likelihood are noise; the prior is given to 6 digits.
FIT_TOLERANCE = 2e-5


def table() -> np.ndarray:
    rows = pl.read_csv(RECIPES / "ebgm_table.csv")
    counts = np.zeros((rows["drug"].max() + 1, rows["term"].max() + 1), dtype=np.int64)
    counts[rows["drug"], rows["term"]] = rows["reports"]
    return counts


@pytest.mark.parametrize("name", PRIORS)
def test_ebgm_and_its_limits_are_those_of_numerical_integration(name: str) -> None:
    rows = SCORES.filter(pl.col("prior") == name)
    found = ebgm(rows["n"].to_numpy(), rows["e"].to_numpy(), PRIORS[name])
    for column, values in zip(("ebgm", "q0.05", "q0.95"), found, strict=True):
        np.testing.assert_allclose(values, rows[column].to_numpy(), rtol=SCORE_TOLERANCE, err_msg=column)


@pytest.mark.parametrize("name", PRIORS)
def test_a_level_of_nothing_is_the_median(name: str) -> None:
    rows = SCORES.filter(pl.col("prior") == name)
    found = ebgm(rows["n"].to_numpy(), rows["e"].to_numpy(), PRIORS[name], level=0.0)
    np.testing.assert_allclose(found.low, rows["q0.5"].to_numpy(), rtol=SCORE_TOLERANCE)
    np.testing.assert_array_equal(found.low, found.high)


def test_the_fit_of_the_squashed_table_is_that_of_r() -> None:
    counts = table()
    cells = squash(pairs_of(counts), margins_of(counts[None])).cells
    expected = FITS.row(by_predicate=pl.col("cells") == "squashed", named=True)
    assert len(cells.weight) == expected["entries"]
    fit = fit_prior(cells)
    np.testing.assert_allclose(fit.prior, [expected[name] for name in Prior._fields], rtol=FIT_TOLERANCE)
    best = max(ended.log_likelihood for ended in fit.ends)
    assert best == pytest.approx(expected["log_likelihood"], abs=1e-8)


def test_the_log_likelihood_of_r_at_the_prior_of_r() -> None:
    counts = table()
    cells = squash(pairs_of(counts), margins_of(counts[None])).cells
    expected = FITS.row(by_predicate=pl.col("cells") == "squashed", named=True)
    there = log_likelihood(free_parameters(Prior(*(expected[name] for name in Prior._fields))), cells)
    assert there.value == pytest.approx(expected["log_likelihood"], rel=1e-13)


def test_squashing_moves_no_parameter_by_more_than_a_thousandth() -> None:
    squashed, written_out = (FITS.select(Prior._fields).row(number) for number in (0, 1))
    np.testing.assert_allclose(squashed, written_out, rtol=1e-3)
