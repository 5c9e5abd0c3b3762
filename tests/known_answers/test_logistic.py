"""Is the number right? Against brglm2, the published table of the endometrial data, R's optim, and scikit-learn.

R: recipes/logistic.R (R 4.2.2, brglm2 0.8.2) wrote recipes/logistic_data.csv and recipes/logistic.csv.
"""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from nms_pv.measures.logistic.firth import firth
from nms_pv.measures.logistic.patterns import Fitted, separated
from nms_pv.measures.logistic.ridge import ridge

RECIPES = Path(__file__).parent / "recipes"
DATA = pl.read_csv(RECIPES / "logistic_data.csv")
R = pl.read_csv(RECIPES / "logistic.csv")
# R's limits come from searches by finite differences.
RELATIVE_TOLERANCE = 1e-5


def arrays(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = DATA.filter(name=name)
    design = np.column_stack([np.ones(rows.height), *(rows[column].to_numpy() for column in ("x1", "x2", "x3"))])
    return design, rows["successes"].to_numpy(), rows["trials"].to_numpy()


@pytest.mark.parametrize("expected", R.to_dicts(), ids=lambda row: f"{row['name']}-{row['kind']}-{row['column']}")
def test_estimates_and_limits_are_those_of_r(expected: dict[str, Any]) -> None:
    data, column = arrays(expected["name"]), expected["column"]
    penalty = np.array([0.0, 0.0, 2.0, 2.0])
    ours: Fitted
    (ours,) = firth(*data, [column], 0.95) if expected["kind"] == "firth" else ridge(*data, [column], penalty, 0.95)
    for name in ("estimate", "low", "high"):
        assert getattr(ours, name) == pytest.approx(expected[name], rel=RELATIVE_TOLERANCE), name


def test_the_endometrial_table_as_published() -> None:
    """Heinze and Schemper 2002, table II (memory: to be verified): coefficients and limits of NV, PI and EH."""
    printed = [(2.93, 0.61, 7.85), (-0.03, -0.12, 0.04), (-2.60, -4.37, -1.23)]
    fits = firth(*arrays("endometrial"), [1, 2, 3], 0.95)
    assert [tuple(np.round(np.log(fit[:3]), 2)) for fit in fits] == printed


def test_neovasculature_separates_and_the_others_do_not() -> None:
    assert separated(*arrays("endometrial"), [0, 1, 2, 3]).tolist() == [False, True, False, False]


def test_the_ridge_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    design, successes, trials = arrays("grouped")
    rows = np.vstack([design[:, 1:], design[:, 1:]])
    outcome = np.repeat([1, 0], len(design))
    # scikit-learn penalises every column; one that is stretched needs so small a coefficient that its penalty is nothing.
    stretched = rows * [1e4, 1, 1]
    model = LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-12, max_iter=500)
    model.fit(stretched, outcome, sample_weight=np.concatenate([successes, trials - successes]))
    (ours,) = ridge(design, successes, trials, [1], np.array([0.0, 0.0, 2.0, 2.0]), 0.95)
    assert ours.estimate == pytest.approx(np.exp(model.coef_[0, 0] * 1e4), rel=1e-5)


def test_firth_of_a_two_by_two_table_adds_one_half_to_every_cell() -> None:
    """A saturated model: Firth's estimate is the odds ratio with 1/2 added (Firth 1993), the likelihood's is infinite."""
    design = np.array([[1.0, 1.0], [1.0, 0.0]])
    (ours,) = firth(design, [5, 3], [5, 40], [1], 0.95)
    assert ours.estimate == pytest.approx(5.5 * 37.5 / (0.5 * 3.5), rel=1e-8)
    assert expit(np.log(ours.low)) > 0
