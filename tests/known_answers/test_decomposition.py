"""Is the number right? Against a sum worked by hand, and against R.

R: recipes/decomposition.R (R 4.2.2) wrote recipes/decomposition.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.decomposition import decompose, decompose_with_intervals

R = pl.read_csv(Path(__file__).parent / "recipes" / "decomposition.csv")
RELATIVE_TOLERANCE = 1e-12
CENTURY = 36525


def test_two_states_by_hand() -> None:
    """Half of the time moves from a state of rate 40 (then 30) to one of 10 (then 10); per 100,000 person-years x 1000.

    ===== ============ ============ =========================== ===========================
    state share         rate         by mix                      within
    ===== ============ ============ =========================== ===========================
    one   0.75 -> 0.25  40 -> 30     (0.25 - 0.75) x 35 = -17.5  (30 - 40) x 0.5 = -5
    two   0.25 -> 0.75  10 -> 10     (0.75 - 0.25) x 10 = 5      0
    ===== ============ ============ =========================== ===========================
    """
    parts = decompose([120, 10], [3 * CENTURY, CENTURY], [30, 30], [CENTURY, 3 * CENTURY])
    np.testing.assert_allclose(parts.by_mix_of_state, [-17_500, 5_000], rtol=RELATIVE_TOLERANCE)
    np.testing.assert_allclose(parts.within_of_state, [-5_000, 0], rtol=RELATIVE_TOLERANCE)
    np.testing.assert_allclose(parts[:3], [-17_500, -12_500, -5_000], rtol=RELATIVE_TOLERANCE)


@pytest.mark.parametrize("row", R.to_dicts(), ids=lambda row: str(row["name"]))
def test_parts_are_those_of_r(row: dict[str, str | float]) -> None:
    names = ("events_early", "days_early", "events_late", "days_late")
    parts = decompose(*(np.array(str(row[name]).split(), dtype=float) for name in names))
    np.testing.assert_allclose(parts[:3], [row["change"], row["by_mix"], row["within"]], rtol=RELATIVE_TOLERANCE)


# Rates per 100,000 person-years and 10,000 person-years of five states, early and late.
RATES = np.array([[10, 6, 3, 12, 8], [8, 5, 3, 10, 8]])
SETTINGS = {"a few episodes": 0.2, "as many as usual": 1.0, "many episodes": 10.0}
YEARS = 1e5 * np.array([[3, 1, 0.2, 0.4, 0.3], [1, 3, 1, 0.6, 0.5]])
RUNS = 2000


@pytest.mark.proof
@pytest.mark.parametrize("size", SETTINGS.values(), ids=SETTINGS.keys())
def test_intervals_cover_the_truth_as_often_as_they_say(size: float) -> None:
    random = np.random.default_rng(7)
    days = np.round(YEARS * size * 365.25)
    expected = RATES * days / 365.25 / 1e5
    truth = decompose(expected[0], days[0], expected[1], days[1])
    covered = np.zeros(3)
    # A seed for each run: one seed for all would share its own error among them.
    for run, (early, late) in enumerate(random.poisson(expected, (RUNS, *expected.shape))):
        intervals = decompose_with_intervals(early, days[0], late, days[1], 0.95, 1000, run)
        covered += [part.low <= true <= part.high for part, true in zip(intervals[:3], truth[:3], strict=True)]
    simulation_error = 2 * np.sqrt(0.95 * 0.05 / RUNS)
    assert (covered / RUNS > 0.95 - 0.01 - simulation_error).all(), covered / RUNS
