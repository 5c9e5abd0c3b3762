"""Is the number right? The empirical null against R's optim of the same likelihoods.

R: recipes/calibration.R (R 4.2.2) wrote recipes/calibration_controls.csv and recipes/calibration.csv.
"""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.calibration.null import calibrated_interval, calibrated_p, null_of_counts, null_of_estimates

RECIPES = Path(__file__).parent / "recipes"
CONTROLS = pl.read_csv(RECIPES / "calibration_controls.csv")
# R integrates adaptively and searches with optim's Nelder-Mead; here the trapezoidal rule.
ABSOLUTE_TOLERANCE = 2e-4


@pytest.mark.parametrize("expected", pl.read_csv(RECIPES / "calibration.csv").to_dicts(), ids=lambda row: row["kind"])
def test_null_p_value_and_interval_are_those_of_r(expected: dict[str, Any]) -> None:
    counted = CONTROLS.filter(pl.col("a") > 0) if expected["kind"] == "normal" else CONTROLS
    a, n1, c, n0 = (counted[name].to_numpy() for name in CONTROLS.columns)
    if expected["kind"] == "normal":
        cells = np.array([a, n1 - a, c, n0 - c], dtype=float)
        log_estimates = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
        null = null_of_estimates(log_estimates, np.sqrt((1 / cells).sum(axis=0)), 0.95)
    else:
        null = null_of_counts(a, n1, c, n0, 0.95)
    ours = [*null.mean, *null.spread]
    theirs = [expected[name] for name in ("mean", "mean_low", "mean_high", "sd", "sd_low", "sd_high")]
    np.testing.assert_allclose(ours, theirs, atol=ABSOLUTE_TOLERANCE)
    log_estimate, error = np.array([np.log(3)]), np.array([0.4])
    np.testing.assert_allclose(calibrated_p(log_estimate, error, null), expected["p"], atol=ABSOLUTE_TOLERANCE)
    interval = np.concatenate(calibrated_interval(log_estimate, error, null, 0.95))
    np.testing.assert_allclose(np.log(interval), np.log([expected[k] for k in ("ratio", "low", "high")]), atol=ABSOLUTE_TOLERANCE)
