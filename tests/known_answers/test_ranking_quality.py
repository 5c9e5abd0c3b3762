"""Is the number right? Against R.

R: recipes/ranking_quality.R (R 4.2.2, base R: definition of DeLong's variance, glm) wrote recipes/ranking_quality.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.ranking.judged import MEASURES

R = pl.read_csv(Path(__file__).parent / "recipes" / "ranking_quality.csv")
# All agree to 2e-15 here; a processor with other rounding may differ in the last digits.
RELATIVE_TOLERANCE = 1e-12
# Probability and class as in the recipe.
NUMBER = np.arange(1, 61)
PROBABILITY = np.round(((37 * NUMBER) % 97 + 1) / 99, 2)
IS_CASE = ((53 * NUMBER) % 89) / 89 < PROBABILITY


@pytest.mark.parametrize("measure", MEASURES)
def test_measure_and_interval_are_those_of_r(measure: str) -> None:
    (expected,) = R.filter(pl.col("measure") == measure).fill_null(np.nan).to_dicts()
    ours = MEASURES[measure][0](PROBABILITY, IS_CASE, 0.95)
    for name, value in ours._asdict().items():
        np.testing.assert_allclose(float(value), expected[name], rtol=RELATIVE_TOLERANCE)


def test_area_counts_ties_half_by_hand() -> None:
    """Cases 0.9 and 0.5, others 0.5 and 0.1: pairs won 1, 1, 1/2, 1; area 3.5 / 4."""
    area = MEASURES["auc"][0](np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]), 0.95)
    assert area.estimate == 3.5 / 4
    assert area.high == 1


def test_brier_score_by_hand() -> None:
    """(1 - 0.8)^2 and (0 - 0.4)^2: mean of 0.04 and 0.16."""
    assert MEASURES["brier"][0](np.array([0.8, 0.4]), np.array([True, False]), 0.95).estimate == pytest.approx(0.10, abs=1e-15)
