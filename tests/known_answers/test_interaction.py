"""Is the number right? Omega as printed by Norén et al. 2008, and limits from binom.test and qgamma.

R: recipes/interaction.R (R 4.2.2) wrote recipes/interaction.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl

from nms_pv.measures.interaction.statistics import Cells, additive_contrast, expected_together, omega

R = pl.read_csv(Path(__file__).parent / "recipes" / "interaction.csv")
CELLS = Cells(*(R[name].to_numpy() for name in Cells._fields))


def test_omega_and_its_limits() -> None:
    np.testing.assert_allclose(expected_together(CELLS), R["expected"], rtol=1e-12)
    for ours, name in zip(omega(CELLS, 0.95), ("omega", "omega_low", "omega_high"), strict=True):
        np.testing.assert_allclose(ours, R[name], rtol=1e-10)


def test_the_additive_contrast_and_its_limits() -> None:
    for ours, name in zip(additive_contrast(CELLS, 0.95), ("contrast", "contrast_low", "contrast_high"), strict=True):
        np.testing.assert_allclose(ours, R[name], rtol=1e-10)


def test_odds_that_add_up_by_hand() -> None:
    """Odds 1/9 and 1/4 of each drug alone, 1/99 of neither: 1/9 + 1/4 - 1/99 = 0.35101 of both, so 25.98 of 100 reports."""
    cells = Cells([26], [100], [10], [100], [20], [100], [1], [100])
    np.testing.assert_allclose(expected_together(cells), [25.9813], atol=1e-4)
