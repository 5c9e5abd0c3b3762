"""An attacker who knows every sum, every shown number and that hidden counts are at least 1 cannot solve a hidden one."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from nms_pv.measures.cohort import compared, trend
from nms_pv.measures.cohort.write import cohort_results
from nms_pv.measures.regression import Fitted
from nms_pv.spec.params import load_params
from nms_pv.spec.standards import band_weights, load_standards
from nms_pv.spec.time_at_risk import load_time_at_risk
from nms_pv.tables.export import published
from nms_pv.tables.measures import RESULTS
from tests.lib.person_time_rows import person_time, random_stretches, stretches
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

REPOSITORY = Path(__file__).parents[2]
PARAMS = load_params(REPOSITORY / "params.yaml")
SETTINGS = load_time_at_risk(REPOSITORY / "study")
STANDARDS = load_standards(REPOSITORY / "study")
WEIGHTS = band_weights(STANDARDS, PARAMS.cohort.standard, PARAMS.cohort.age_bands)
DRUGS = drug_table()
YEARS = range(2014, 2018)
PER_DAY = 365.25 * 100_000

Cell = tuple[str, str, str, str | None]
Equation = tuple[dict[Cell, float], float]
Shown = dict[Cell, dict[str, object]]


@pytest.fixture(autouse=True, scope="module")
def without_regression() -> Iterator[None]:
    """The attack reads the counts beside a fitted ratio, never the ratio, and fitting takes most of the time."""
    fitted = Fitted(1.0, 0.5, 2.0, "not fitted", None, 1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compared, "adjusted_rate_ratio", lambda *_: fitted)
        patch.setattr(trend, "annual_rate_ratio", lambda *_: fitted)
        yield


def results(time: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Results with some years in both periods."""
    periods = PARAMS.cohort.periods.model_copy(update={"early": [2014, 2015], "late": [2016, 2017]})
    cohort = PARAMS.cohort.model_copy(update={"periods": periods, "bootstraps": 100})
    leaving = PARAMS.leaving.model_copy(update={"smallest_cell": smallest})
    params = PARAMS.model_copy(update={"cohort": cohort, "leaving": leaving})
    return cohort_results(person_time(time, DRUGS, TABLE_GENERATIONS), DRUGS, params, SETTINGS, STANDARDS)


def cells(frame: pl.DataFrame, measure: str) -> Shown:
    rows = frame.filter(pl.col("measure") == measure).iter_rows(named=True)
    return {(row["analysis"], row["group_kind"], row["group"], row["stratum"]): row for row in rows}


def sums_of_strata(shown: Shown) -> Iterable[Equation]:
    for analysis, kind, group in {cell[:3] for cell in shown}:
        here = [cell[3] for cell in shown if cell[:3] == (analysis, kind, group) and cell[3]]
        for dimension in ("age=", "sex=", "year=", "since_start="):
            strata = [stratum for stratum in here if stratum.startswith(dimension)]
            if strata:
                yield {(analysis, kind, group, None): 1} | {(analysis, kind, group, s): -1 for s in strata}, 0
        for period in [stratum for stratum in here if stratum.startswith("years=")]:
            first, last = map(int, period.removeprefix("years=").split("-"))
            years = [f"year={year}" for year in range(first, last + 1) if f"year={year}" in here]
            yield {(analysis, kind, group, period): 1} | {(analysis, kind, group, year): -1 for year in years}, 0


def sums_of_groups(shown: Shown) -> Iterable[Equation]:
    antipsychotic = ("antipsychotic", "antipsychotic")
    parts = {
        (*antipsychotic, kind): {group for _, found, group, _ in shown if found == kind}
        for kind in ("generation", "generation_state", "formulation")
    }
    for drug in DRUGS.drugs.values():
        if drug.blocks_or_depletes_dopamine:
            parts.setdefault(("chemical_class", drug.chemical_class, "ingredient"), set()).add(drug.ingredient)
    for analysis, stratum in {(cell[0], cell[3]) for cell in shown}:
        for (kind, group, part_kind), members in parts.items():
            cells_of_parts = [
                (analysis, part_kind, part, stratum) for part in members if (analysis, part_kind, part, stratum) in shown
            ]
            if cells_of_parts:
                yield {(analysis, kind, group, stratum): 1} | dict.fromkeys(cells_of_parts, -1), 0


def what_estimates_say(frame: pl.DataFrame, days: dict[Cell, int]) -> Iterable[Equation]:
    """Counts from shown numbers that are made of others; of standardised rates, the weighted sum itself."""
    for row in frame.filter(~pl.col("suppressed"), pl.col("estimate").is_not_null()).iter_rows(named=True):
        whole = (row["analysis"], row["group_kind"], row["group"])
        if row["measure"] == "incidence_rate":
            yield {(*whole, row["stratum"]): 1}, round(row["estimate"] * row["denominator"] / PER_DAY)
        if row["measure"] in ("rate_ratio", "rate_difference", "adjusted_rate_ratio"):
            yield {(*whole, None): 1}, row["numerator"]
            yield {(*whole[:2], row["reference"], None): 1}, row["reference_numerator"]
        if row["measure"] in ("pooled_rate", "annual_rate_ratio", "annual_rate_ratio_given_mix"):
            yield {(*whole, None): 1}, row["numerator"]
        if row["measure"].startswith("rate_change"):
            yield {(*whole, row["stratum"]): 1}, row["numerator"]
            yield {(*whole, f"years={row['reference']}"): 1}, row["reference_numerator"]
        if row["measure"] == "standardised_rate":
            ages = {(*whole, f"age={band}"): weight for band, weight in WEIGHTS.items()}
            yield {age: w / sum(WEIGHTS.values()) * PER_DAY / days[age] for age, w in ages.items()}, row["estimate"]


def ranges(shown: Shown, count: str, equations: list[Equation], positive: set[Cell]) -> dict[Cell, tuple[float, float]]:
    """Range of every hidden count; equal ends: solved. `positive`: those that must be at least 1, the others are 0.

    The search for ends stops as soon as two tables differ in the cell.
    """
    unknown = sorted((cell for cell, row in shown.items() if row["suppressed"] and cell in positive), key=str)
    number = {cell: at for at, cell in enumerate(unknown)}
    left, right = [], []
    for coefficients, total in equations:
        row = np.zeros(len(unknown))
        known = 0.0
        for cell, coefficient in coefficients.items():
            if cell in number:
                row[number[cell]] += coefficient
            elif cell in shown and not shown[cell]["suppressed"]:
                known += coefficient * shown[cell][count]
        if row.any():
            left.append(row)
            right.append(total - known)
    if not unknown:
        return {}
    rules = [LinearConstraint(np.array(left), np.array(right) - 1e-6, np.array(right) + 1e-6)] if left else []

    low, high = np.full(len(unknown), np.inf), np.full(len(unknown), -np.inf)
    for at in range(len(unknown)):
        for sign in (1, -1):
            if low[at] >= high[at]:
                goal = np.zeros(len(unknown))
                goal[at] = sign
                table = milp(goal, integrality=np.ones(len(unknown)), bounds=Bounds(1, 1000), constraints=rules).x.round()
                low, high = np.minimum(low, table), np.maximum(high, table)
    return {cell: (low[at], high[at]) for cell, at in number.items()}


def solved(frame: pl.DataFrame, smallest: int) -> list[tuple[str, str, Cell]]:
    """Hidden cells that the published results give away: definition, what is counted, cell.

    Many persons at risk are no secret: only few of them must not be solved.
    """
    found = []
    for of_definition in published(frame).partition_by("definition", maintain_order=True):
        name = of_definition["definition"][0]
        true = frame.filter(pl.col("definition") == name)
        rates, proportions = (cells(of_definition, measure) for measure in ("incidence_rate", "incidence_proportion"))
        true_rates, true_proportions = (cells(true, measure) for measure in ("incidence_rate", "incidence_proportion"))
        # Episodes, where they are shown, say how many persons have one; only the other cells are left to be solved.
        with_episode = {
            cell: row
            if rates[cell]["suppressed"]
            else row | {"suppressed": False, "numerator": true_proportions[cell]["numerator"]}
            for cell, row in proportions.items()
        }
        days = {cell: row["denominator"] for cell, row in rates.items()}
        said = list(what_estimates_say(of_definition, days))
        for what, shown, counts, count, others, below in (
            ("episodes", rates, true_rates, "numerator", [*sums_of_groups(rates), *said], np.inf),
            ("persons with an episode", with_episode, true_proportions, "numerator", list(sums_of_groups(proportions)), np.inf),
            ("persons at risk", proportions, true_proportions, "denominator", [], smallest),
        ):
            positive = {cell for cell, row in counts.items() if row[count]}
            possible = ranges(shown, count, [*sums_of_strata(shown), *others], positive)
            given_away = [cell for cell, (low, high) in possible.items() if low == high]
            found += [(name, what, cell) for cell in given_away if counts[cell][count] < below]
    return found


@pytest.mark.parametrize(("smallest", "seed", "episodes"), [(3, 1, 40), (5, 2, 9)])
def test_no_hidden_count_can_be_solved(smallest: int, seed: int, episodes: int) -> None:
    assert solved(results(random_stretches(seed, 150, episodes, DRUGS, YEARS), smallest), smallest) == []


@pytest.mark.proof
@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    smallest=st.sampled_from([3, 5, 11]), seed=st.integers(0, 10_000), persons=st.integers(20, 400), share=st.floats(0.02, 0.5)
)
def test_no_hidden_count_of_any_table_can_be_solved(smallest: int, seed: int, persons: int, share: float) -> None:
    assert solved(results(random_stretches(seed, persons, round(persons * share), DRUGS, YEARS), smallest), smallest) == []


def test_without_secondary_suppression_the_attack_succeeds() -> None:
    """Women 3, men 9, all 12: hiding only the 3 hides nothing."""
    people = [{"person": n, "events": 1, "sex": "female" if n < 3 else "male"} for n in range(12)]
    frame = results(stretches(*people), smallest=5)
    assert solved(frame, 5) == []
    primary = pl.col("numerator").is_between(1, 4) & pl.col("measure").is_in(["incidence_rate", "incidence_proportion"])
    given_away = solved(frame.with_columns(suppressed=primary), 5)
    assert ("pt_only", "episodes", ("exact", "generation", "FGA", "sex=female")) in given_away


def test_what_is_published_of_a_hidden_row_holds_no_count_of_people() -> None:
    time = random_stretches(3, 200, 30, DRUGS, YEARS)
    frame = published(results(time, 5)).filter(pl.col("suppressed"))
    assert frame.height > 0
    assert frame.select("numerator", "reference_numerator", "estimate", "low", "high").null_count().row(0) == (frame.height,) * 5
    assert frame.filter(pl.col("measure") == "incidence_proportion")["denominator"].is_null().all()
    assert frame.filter(pl.col("measure") == "incidence_rate")["denominator"].is_not_null().all()
    assert frame["undefined_reason"].unique().to_list() == ["hidden: small cell"]
    assert frame.columns == list(RESULTS.types)
