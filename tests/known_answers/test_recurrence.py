"""Is the odds ratio that of R, and is a planted excess of recurrence after early restarts recovered?

R: recipes/conditional_odds.R (R 4.2.2) wrote recipes/conditional_odds.csv.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.after.odds import conditional_odds_ratio
from nms_pv.measures.after.recurrence import recurrence_rate_ratios, recurrence_shares, restart_groups
from nms_pv.measures.after.restarts import index_episodes, with_restart
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.params import Generations
from tests.lib.after_tables import counted, met, planted
from tests.lib.questions import CHAINED_DAYS, QUESTIONS

R = pl.read_csv(Path(__file__).parent / "recipes" / "conditional_odds.csv")
# fisher.test finds its roots to about four digits of the share OR / (1 + OR), so that large ratios are loose.
TOLERANCE = 1e-4
GENERATIONS = Generations(disputed="table", third="own")
SETTINGS = QUESTIONS.after
HOW = (GENERATIONS, SETTINGS, CHAINED_DAYS)
LEVEL = 0.95


@pytest.fixture(scope="module")
def drugs(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


@pytest.mark.parametrize("row", R.to_dicts())
def test_odds_ratios_and_limits_are_those_of_r(row: dict[str, float]) -> None:
    cells = [int(row[name]) for name in ("events", "subjects", "reference_events", "reference_subjects")]
    ours = conditional_odds_ratio(*cells, row["level"])  # type: ignore[call-arg]
    theirs = np.array([row["estimate"], row["low"], row["high"]])
    np.testing.assert_allclose(np.array(ours[:3]) / (1 + np.array(ours[:3])), theirs / (1 + theirs), atol=TOLERANCE)


@pytest.mark.proof
@pytest.mark.parametrize("ratio", [1.0, 4.0])
def test_the_rate_ratio_covers_the_planted_hazard_ratio(
    ratio: float, drugs: DrugTable, capsys: pytest.CaptureFixture[str]
) -> None:
    """The odds ratio does not: recurrence soon after an early restart cannot be told from the episode before."""
    random = np.random.default_rng(20260105)
    runs, covered, estimates, odds = 100, 0, [], []
    for _ in range(runs):
        observed, taken = planted(random, 400, 0.004, ratio)
        found = with_restart(
            index_episodes(counted(observed), observed, met(observed)), taken, drugs, GENERATIONS, SETTINGS, CHAINED_DAYS
        )
        grouped = restart_groups(found, SETTINGS)
        early = (pl.col("group") == "0-13") & pl.col("stratum").is_null()
        row = recurrence_rate_ratios(grouped, SETTINGS, LEVEL).filter(early).row(0, named=True)
        covered += row["low"] <= ratio <= row["high"]
        estimates.append(row["estimate"])
        shares = recurrence_shares(grouped, SETTINGS, CHAINED_DAYS, LEVEL)
        odds.append(shares.filter(early, pl.col("measure") == "recurrence_odds_ratio")["estimate"].item())
    middle = np.median(estimates)
    with capsys.disabled():
        sys.stdout.write(f"\nplanted {ratio}: rate ratio {middle:.2f}, coverage {covered / runs}; odds {np.median(odds):.2f}\n")
    assert covered / runs > LEVEL - 2.5 * np.sqrt(LEVEL * (1 - LEVEL) / runs)
    assert abs(np.log(middle / ratio)) < 0.15
