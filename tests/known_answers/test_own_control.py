"""Is the number right? Against R's glm and survival::clogit, against statsmodels, and against a printed example.

R: recipes/own_control.R (R 4.2.2, survival 3.5-3) wrote recipes/own_control_cells.csv, own_control_matched.csv, own_control.csv.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.interval import Floats
from nms_pv.measures.own_control.cells import cells, indicators
from nms_pv.measures.own_control.crossover import PAIRS, crossover
from nms_pv.measures.own_control.spans import Spans, numbered, spans
from nms_pv.measures.own_control.within import Within, ratios_within_persons
from tests.lib.own_control import NOTHING, SETTINGS, cases_and_eras

RECIPES = Path(__file__).parent / "recipes"
CELLS = pl.read_csv(RECIPES / "own_control_cells.csv")
MATCHED = pl.read_csv(RECIPES / "own_control_matched.csv").sort("person", "place")
R = {row["name"]: row for row in pl.read_csv(RECIPES / "own_control.csv").iter_rows(named=True)}
# Both sides search for the limits.
RELATIVE_TOLERANCE = 1e-6


def of_cells() -> tuple[Floats, Within]:
    """Covariates of each cell, and the ratios of the windows."""
    levels = CELLS.select(pl.col("window").replace_strict({"none": 0, "early": 1, "late": 2}), pl.col("age") == "old").to_numpy()
    design = indicators(levels.astype(np.int64), [2, 1])
    columns = (CELLS[name].to_numpy() for name in ("person", "days", "events"))
    person, days, events = columns
    return design, ratios_within_persons(person, np.arange(len(person)), days, events, design, np.eye(3)[:2], 0.95)


def of_matched() -> tuple[Floats, Within]:
    design = MATCHED.select("exposed", "other").to_numpy().astype(float)
    person, case = MATCHED["person"].to_numpy(), MATCHED["case"].to_numpy()
    row = np.arange(len(person))
    return design, ratios_within_persons(person, row, np.ones_like(row), case, design, np.array([[1.0, 0.0]]), 0.95)


@pytest.mark.parametrize(("name", "place"), [("early", 0), ("late", 1), ("crossover", 0)])
def test_ratio_interval_and_error_are_those_of_r(name: str, place: int) -> None:
    _, found = of_matched() if name == "crossover" else of_cells()
    for field, values in found.ratio._asdict().items():
        assert values[place] == pytest.approx(R[name][field], rel=RELATIVE_TOLERANCE), field
    assert found.standard_error[place] == pytest.approx(R[name]["standard_error"], rel=RELATIVE_TOLERANCE)


def test_the_conditional_likelihood_of_statsmodels_has_its_maximum_there() -> None:
    """Its own search stops earlier than ours, so that its gradient at our estimate tells more than its estimate."""
    from statsmodels.discrete.conditional_models import ConditionalLogit, ConditionalPoisson

    design, _ = of_cells()
    person, days, events = (CELLS[name].to_numpy() for name in ("person", "days", "events"))
    logs = np.log(ratios_within_persons(person, np.arange(len(person)), days, events, design, np.eye(3), 0.95).ratio.estimate)
    model = ConditionalPoisson(events, design, groups=person, offset=np.log(days))
    np.testing.assert_allclose(model.score(logs), 0, atol=1e-4)
    design, _ = of_matched()
    person, case = MATCHED["person"].to_numpy(), MATCHED["case"].to_numpy()
    ones, row = np.ones_like(person), np.arange(len(person))
    logs = np.log(ratios_within_persons(person, row, ones, case, design, np.eye(2), 0.95).ratio.estimate)
    np.testing.assert_allclose(ConditionalLogit(case, design, groups=person).score(logs), 0, atol=1e-4)


def test_meningitis_after_mmr_in_oxford() -> None:
    """Ten children with viral meningitis, aged 366 to 730 days, two age groups cut at 547 days, risk 15 to 35 days after MMR.

    Printed: relative incidence 12.04 (3.00 to 48.26), Wald's interval. Whitaker HJ, Farrington CP, Spiessens B, Musonda P. Stat
    Med 2006;25:1768-97. The ages are recalled; that they give the printed numbers to the digit is what verifies them.
    """
    event = np.array([398, 413, 449, 455, 472, 474, 485, 524, 700, 399])
    vaccine = np.array([458, 392, 429, 433, 432, 395, 470, 496, 428, 716])
    child = numbered(np.arange(10), np.zeros(10, dtype=np.int64))
    observed = spans(child + 366, child + 730)
    at_risk: Spans = spans(child + vaccine + 15, child + vaccine + 35)
    older = spans(child + 548, child + 730)
    counted = cells(observed, [at_risk, older], child + event)
    found = ratios_within_persons(
        counted.person,
        counted.pattern,
        counted.days,
        counted.events,
        indicators(counted.levels, [1, 1]),
        np.array([[1.0, 0.0]]),
        0.95,
    )
    estimate, error = found.ratio.estimate[0], found.standard_error[0]
    wald = estimate * np.exp(np.array([0, -1, 1]) * 1.959964 * error)
    assert [f"{value:.2f}" for value in wald] == ["12.04", "3.00", "48.26"]


def test_matched_pairs_have_the_interval_of_the_binomial_test() -> None:
    observed = [(person, 0, 400) for person in range(14)]
    taken = [(person, 290, 310) if person < 11 else (person, 200, 205) for person in range(14)]
    cases, eras = cases_and_eras(observed, taken, [(person, 311) for person in range(14)])
    row = crossover(cases, eras, NOTHING, PAIRS, SETTINGS.crossover, 0.95)
    assert row.select("numerator", "denominator", "reference_numerator", "reference_denominator").row(0) == (11, 14, 3, 14)
    for field in ("estimate", "low", "high"):
        assert row[field].item() == pytest.approx(R["pairs"][field], rel=1e-12), field
