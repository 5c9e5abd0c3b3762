from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.joinpoint.permutation import choose, permutation_p
from nms_pv.measures.joinpoint.segmented import Series, best_fit
from nms_pv.measures.joinpoint.trend import joinpoint_trend
from nms_pv.measures.joinpoint.write import write_joinpoint, years_of_states
from nms_pv.spec.params import load_params
from nms_pv.spec.questions import TrendSettings
from nms_pv.tables.measures import CURVES, RESULTS
from nms_pv.tables.person_time import PERSON_TIME
from tests.lib.person_time_rows import person_time, random_stretches
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

VERSION = "cohort:0123456789ab"


def series(events: list[float], size: float = 1e6) -> Series:
    return Series(np.arange(2001.0, 2001 + len(events)), np.array(events, dtype=float), np.full(len(events), size))


def trend(events: list[float], permutations: int = 99):
    return joinpoint_trend(series(events), 0.95, permutations, seed=1)


def test_too_few_years_are_a_reason() -> None:
    assert trend([5] * 6).undefined_reason == "6 years; a trend with joinpoints needs 7"


def test_years_without_size_do_not_count() -> None:
    here = series([5] * 8)
    here.size[[0, 3]] = 0
    found = joinpoint_trend(here, 0.95, 99, 1)
    assert found.undefined_reason == "6 years; a trend with joinpoints needs 7"


@pytest.mark.parametrize("events", [[0] * 8, [0, 0, 0, 7, 0, 0, 0, 0]])
def test_events_in_fewer_than_two_years_are_a_reason(events: list[float]) -> None:
    found = trend(events)
    assert found.undefined_reason == "events in fewer than 2 years: no finite slope"
    assert np.isnan(found.average.estimate)


def test_a_place_whose_slope_would_run_to_infinity_is_no_place() -> None:
    found = trend([9, 4, 0, 0, 0, 0, 0, 0])
    assert found.segments == ((2001, 2008),)
    assert found.tests == ()


def test_events_that_double_every_year_until_they_halve_have_one_joinpoint() -> None:
    found = trend([10, 20, 40, 80, 160, 80, 40, 20, 10])
    assert found.segments == ((2001, 2005), (2005, 2009))
    np.testing.assert_allclose(found.changes.estimate, [100, -50], rtol=1e-6)
    assert found.average.estimate == pytest.approx(0, abs=1e-6)
    assert [(test.fewer, test.more, test.level) for test in found.tests] == [(0, 1, 0.05)]


def test_the_tests_go_on_until_supposed_and_held_against_meet() -> None:
    events = [100, 130, 170, 220, 280, 200, 140, 100, 70, 100, 140, 200, 280]
    chosen = choose(series(events), 99, 1, 0.05)
    assert chosen is not None
    assert [(test.fewer, test.more, test.level) for test in chosen.tests] == [(0, 2, 0.025), (1, 2, 0.05)]
    assert chosen.fit.joinpoints.tolist() == [2005, 2009]


def test_two_perfect_fits_are_as_good_as_each_other() -> None:
    here = series([10.0] * 9)
    fits = [best_fit(here, joinpoints) for joinpoints in (0, 1)]
    assert fits[0] is not None
    assert fits[1] is not None
    orders = np.tile(np.arange(9), (5, 1))
    assert permutation_p(here, fits[0], fits[1], orders) == 1


def test_a_permuted_series_that_cannot_be_fitted_counts_as_below() -> None:
    here = series([0, 0, 0, 0, 0, 0, 0.2, 0.4, 0.1])
    supposed = best_fit(here, 0)
    assert supposed is not None
    against = supposed._replace(joinpoints=np.array([2004.0]), deviance=supposed.deviance / 3)
    p = permutation_p(here, supposed, against, np.tile(np.arange(9), (3, 1)))
    assert p == 1 / 4


@pytest.fixture
def written(repository: Path, tmp_path: Path) -> Path:
    time = random_stretches(1, 4000, 300, drug_table(), years=range(2005, 2014))
    PERSON_TIME.write(person_time(time, drug_table(), TABLE_GENERATIONS), tmp_path / "person_time.parquet")
    params = load_params(repository / "params.yaml")
    write_joinpoint(tmp_path, tmp_path / "out", params, VERSION, TrendSettings(permutations=19, seed=1))
    return tmp_path


def test_results_and_curves_are_written(written: Path) -> None:
    results = RESULTS.scan(written / "out" / "joinpoint" / "results.parquet").collect()
    assert set(results["measure"]) == {"annual_percent_change", "average_annual_percent_change", "joinpoints", "joinpoint_p"}
    assert results.filter(pl.col("estimate").is_null() == pl.col("undefined_reason").is_null()).is_empty()
    assert set(results["question"]) == {"falling"}
    whole = results.filter(result_id="average_annual_percent_change/pt_only/exact/antipsychotic/antipsychotic").row(0, named=True)
    counts = years_of_states(PERSON_TIME.scan(written / "person_time.parquet").collect(), "pt_only", "exact")
    of_all = counts.filter(group="antipsychotic")
    assert (whole["numerator"], whole["denominator"]) == (of_all["numerator"].sum(), of_all["denominator"].sum())
    curves = CURVES.scan(written / "out" / "joinpoint" / "curves.parquet").collect()
    fitted = curves.filter(group="antipsychotic")
    assert fitted["x"].to_list() == [float(year) for year in range(2005, 2014)]
    # A fit with a constant keeps the total: episodes per 100,000 person-years times the time.
    days = of_all.sort("year")["denominator"]
    assert (fitted["y"] * days).sum() / 36_525_000 == pytest.approx(of_all["numerator"].sum(), rel=1e-6)


def test_the_same_input_gives_the_same_bytes(written: Path, repository: Path) -> None:
    write_joinpoint(
        written, written / "again", load_params(repository / "params.yaml"), VERSION, TrendSettings(permutations=19, seed=1)
    )
    for name in ("results.parquet", "curves.parquet"):
        one, two = (written / folder / "joinpoint" / name for folder in ("out", "again"))
        assert one.read_bytes() == two.read_bytes()
