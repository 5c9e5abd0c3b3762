"""Is the number right? Against R, against a published example, and by enumeration.

R: recipes/agreement.R (R 4.2.2, epiR 2.0.57) wrote recipes/agreement.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from nms_pv.measures.definitions.alpha import krippendorff_alpha
from nms_pv.measures.definitions.features import share_difference
from nms_pv.measures.definitions.kappa import bias_index, kappa, observed_agreement, pabak, prevalence_index

R = pl.read_csv(Path(__file__).parent / "recipes" / "agreement.csv")
RELATIVE_TOLERANCE = 1e-11
# The standard error of R is a numerical derivative.
TOLERANCE_OF_LIMITS = 1e-7


@pytest.mark.parametrize("level", R["level"].unique().sort().to_list())
def test_kappa_and_its_relatives_are_those_of_r(level: float) -> None:
    expected = R.filter(level=level)
    a, b, c, d = (expected[name].to_numpy() for name in "abcd")
    ours = {
        "kappa": kappa(a, b, c, d, level).estimate,
        "pabak": pabak(a, b, c, d, level).estimate,
        "pabak_low": pabak(a, b, c, d, level).low,
        "pabak_high": pabak(a, b, c, d, level).high,
        "observed": observed_agreement(a, b, c, d, level).estimate,
        "observed_low": observed_agreement(a, b, c, d, level).low,
        "observed_high": observed_agreement(a, b, c, d, level).high,
        "prevalence_index": prevalence_index(a, b, c, d),
        "bias_index": bias_index(a, b, c, d),
    }
    for name, values in ours.items():
        np.testing.assert_allclose(values, expected[name].to_numpy(), rtol=RELATIVE_TOLERANCE, err_msg=name)
    for name, values in (("kappa_low", kappa(a, b, c, d, level).low), ("kappa_high", kappa(a, b, c, d, level).high)):
        np.testing.assert_allclose(values, expected[name].to_numpy(), atol=TOLERANCE_OF_LIMITS, err_msg=name)


def test_krippendorffs_example_to_the_printed_digit() -> None:
    """Four observers, twelve units, some values missing: alpha for nominal data 0.743 (data from memory: to be verified)."""
    observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    units = np.array([list(observer) for observer in observers]).T
    values = np.column_stack([(units == value).sum(axis=1) for value in "12345"])
    alpha = krippendorff_alpha(values, np.ones(12, np.int64), level=0.95, resamples=200, seed=1)
    assert f"{alpha.estimate:.3f}" == "0.743"
    assert alpha.low < alpha.estimate < alpha.high


def test_two_complete_observers_by_hand() -> None:
    """Of 10 units 6 agree on 0, 0 on 1, 4 differ: pairs 12 + 8, V_0 = 16, V_1 = 4; 1 - 19 x 8 / (16 x 4 x 2) = -0.1875."""
    alpha = krippendorff_alpha(np.array([[0, 2], [1, 1]]), np.array([6, 4]), level=0.95, resamples=50, seed=1)
    assert alpha.estimate == pytest.approx(-0.1875)


@pytest.mark.parametrize(("n_1", "n_0", "least"), [(5, 5, 0.92), (20, 8, 0.94)])
def test_limits_of_a_difference_cover_by_enumeration(n_1: int, n_0: int, least: float) -> None:
    """Over all outcomes, and 26 shares of each group."""
    x_1, x_0 = np.meshgrid(np.arange(n_1 + 1), np.arange(n_0 + 1), indexing="ij")
    found = share_difference(x_1, n_1, x_0, n_0, 0.95)
    shares = np.linspace(0, 1, 26)
    likely_1, likely_0 = (binom.pmf(np.arange(n + 1)[:, None], n, shares) for n in (n_1, n_0))
    truth = shares[:, None, None, None] - shares[None, :, None, None]
    covered = (found.low - 1e-12 <= truth) & (truth <= found.high + 1e-12)
    coverage = np.einsum("pqxy,xp,yq->pq", covered, likely_1, likely_0)
    assert coverage.min() >= least
