"""Is the number right? Against R, and against printed E-values.

R: recipes/bias.R (R 4.2.2) wrote recipes/bias.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.bias.e_value import KIND, e_value
from nms_pv.measures.bias.misclassification import true_proportion, true_rate_ratio
from nms_pv.measures.bias.priors import Beta, Trapezoid

R = pl.read_csv(Path(__file__).parent / "recipes" / "bias.csv", schema_overrides={"case": pl.String})


@pytest.mark.parametrize(
    ("ratio", "low", "high", "printed"),
    [
        # VanderWeele and Ding 2017 (memory: to be verified): formula feeding and death of respiratory infection; breast-feeding
        # and ovarian cancer.
        (3.9, 1.8, 8.7, "7.26 3.00"),
        (0.80, 0.71, 0.91, "1.81 1.43"),
    ],
)
def test_printed_e_values(ratio: float, low: float, high: float, printed: str) -> None:
    found = e_value([ratio], [low], [high], "rate_ratio")
    assert f"{found.estimate[0]:.2f} {found.limit[0]:.2f}" == printed


@pytest.mark.parametrize("kind", KIND)
def test_e_values_are_those_of_r(kind: str) -> None:
    rows = R.filter(quantity=kind)
    ratio = rows["case"].cast(pl.Float64).to_numpy()
    np.testing.assert_allclose(e_value(ratio, ratio, ratio, kind).estimate, rows["value"].to_numpy(), rtol=1e-10)


def test_quantiles_of_a_trapezoid_are_those_of_r() -> None:
    trapezoids = R.filter(pl.col("quantity").str.contains(r"^0\."))
    for (case,), rows in trapezoids.partition_by("case", as_dict=True).items():
        prior = Trapezoid(*(float(number) for number in case.split()))
        theirs = rows["value"].to_numpy()
        np.testing.assert_allclose(prior.quantile(rows["quantity"].cast(pl.Float64).to_numpy()), theirs, rtol=1e-7)


def test_true_proportions_are_those_of_r() -> None:
    for case, value in R.filter(quantity="proportion").select("case", "value").iter_rows():
        a, n, sensitivity, specificity = (float(number) for number in case.split())
        np.testing.assert_allclose(true_proportion(a / n, sensitivity, specificity), value, rtol=1e-10)


def test_a_ratio_of_rates_that_are_found_with_different_accuracy() -> None:
    value = R.filter(quantity="rate_ratio_corrected")["value"][0]
    np.testing.assert_allclose(true_rate_ratio(40 / 20, 0.7, 0.9, 0.5, 0.8), value, rtol=1e-12)


def test_a_beta_prior_has_the_quantiles_of_every_table() -> None:
    """Beta(1, 1) is uniform; the median of beta(2, 2) is one half."""
    np.testing.assert_allclose(Beta(1, 1).quantile(np.array([0.025, 0.9])), [0.025, 0.9])
    np.testing.assert_allclose(Beta(2, 2).quantile(np.array([0.5])), [0.5])
