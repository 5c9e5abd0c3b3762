"""What a regression leaves out, what it calls undefined, and why."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from nms_pv.measures import count_model
from nms_pv.measures.rates import rate_ratio
from nms_pv.measures.regression import NO_FINITE_ESTIMATE, NOT_CONVERGED, Fitted, adjusted_rate_ratio, annual_rate_ratio

BANDS = ["18-64", "65+"]
YEARS = ["2020", "2021", "2022"]


def strata(**events: int) -> pl.DataFrame:
    """1,000 person-days in each stratum; episodes by name, `exposed_65_2021=3`, all of them in women."""
    rows = [
        {
            "exposed": exposed,
            "age_band": band,
            "sex": sex,
            "year": year,
            "person_days": 1000,
            "events": events.get(f"{'exposed' if exposed else 'other'}_{band[:2]}_{year}", 0) if sex == "female" else 0,
        }
        for exposed, band, sex, year in product([True, False], BANDS, ["female", "male"], YEARS)
    ]
    return pl.DataFrame(rows)


MIXED = {
    "exposed_18_2020": 2,
    "exposed_65_2021": 4,
    "other_18_2021": 1,
    "other_65_2020": 3,
    "other_65_2022": 2,
    "exposed_18_2022": 1,
}


def assert_undefined(fitted: Fitted, reason: str) -> None:
    assert np.isnan(fitted[:3]).all()
    assert fitted.undefined_reason == reason


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (strata(), "no episode in either group"),
        (strata(exposed_18_2020=2), "no episode in the reference group"),
        (strata(other_18_2020=2), "no episode in the group"),
        (strata(**MIXED).filter("exposed"), "no person-time in the reference group"),
        (strata(**MIXED).filter(~pl.col("exposed")), "no person-time in the group"),
        # In the old only the exposed fell ill, in the young only the others; those who could tell have no person-time.
        (
            strata(exposed_65_2020=1, other_18_2020=2).filter(pl.col("exposed") == (pl.col("age_band") == "65+")),
            NO_FINITE_ESTIMATE,
        ),
    ],
)
def test_adjusted_ratio_is_undefined_with_a_reason(frame: pl.DataFrame, reason: str) -> None:
    assert_undefined(adjusted_rate_ratio(frame, 0.95), reason)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (strata(), "no episode"),
        (strata(**MIXED).filter(year="2020"), "person-time in one year only"),
        (strata(exposed_18_2022=3, other_65_2022=1), NO_FINITE_ESTIMATE),
    ],
)
def test_annual_ratio_is_undefined_with_a_reason(frame: pl.DataFrame, reason: str) -> None:
    assert_undefined(annual_rate_ratio(frame, False, 0.95), reason)


def test_strata_without_information_are_left_out_and_named() -> None:
    """Men had no episode at all, so with or without them the ratio is the same."""
    everyone, women = (adjusted_rate_ratio(frame, 0.95) for frame in (strata(**MIXED), strata(**MIXED).filter(sex="female")))
    np.testing.assert_allclose(everyone[:3], women[:3], rtol=1e-6)
    assert "left out" in everyone.method
    assert "left out" not in women.method


def test_with_one_level_of_each_covariate_the_ratio_is_the_crude_one() -> None:
    frame = strata(exposed_18_2020=9, other_18_2020=3).filter(year="2020", age_band="18-64", sex="female")
    fitted = adjusted_rate_ratio(frame, 0.95)
    assert fitted.estimate == pytest.approx(float(rate_ratio(9, 1000, 3, 1000, 0.95).estimate))
    assert np.isnan(fitted.dispersion)


def test_rows_of_the_same_covariates_are_summed_and_rows_without_person_time_left() -> None:
    frame = strata(**MIXED)
    halves = [
        frame.with_columns(pl.col("person_days") // 2),
        frame.with_columns(pl.col("person_days") // 2, events=0 * pl.col("events")),
    ]
    empty = frame.with_columns(pl.col("person_days", "events") * 0, age_band=pl.lit("85+"))
    expected = adjusted_rate_ratio(frame, 0.95)
    same = adjusted_rate_ratio(pl.concat([*halves, empty]), 0.95)
    np.testing.assert_allclose(same[:3], expected[:3], rtol=1e-8)
    assert same.method == expected.method


def test_swapping_the_groups_inverts_the_ratio() -> None:
    here, swapped = (
        adjusted_rate_ratio(frame, 0.95) for frame in (strata(**MIXED), strata(**MIXED).with_columns(~pl.col("exposed")))
    )
    np.testing.assert_allclose(swapped[:3], [1 / here.estimate, 1 / here.high, 1 / here.low], rtol=1e-6)


def test_a_trend_that_is_all_mix_is_gone_within_states() -> None:
    """Rates of two states stay 40 and 10; the first state shrinks from 3 of 4 to 1 of 4."""
    frame = pl.DataFrame(
        {
            "year": [2020, 2021, 2022] * 2,
            "state": ["FGA"] * 3 + ["SGA"] * 3,
            "person_days": [30_000, 20_000, 10_000, 10_000, 20_000, 30_000],
            "events": [120, 80, 40, 10, 20, 30],
            "age_band": "18-64",
            "sex": "female",
        }
    )
    overall, within = (annual_rate_ratio(frame, with_mix, 0.95) for with_mix in (False, True))
    assert overall.high < 1
    assert within.estimate == pytest.approx(1)
    assert "generation state" in within.method
    assert "generation state" not in overall.method


def test_more_variance_than_poisson_makes_it_negative_binomial() -> None:
    spread = {"exposed_18_2020": 90, "exposed_65_2021": 2, "other_18_2021": 40, "other_65_2020": 1, "other_65_2022": 30}
    fitted = adjusted_rate_ratio(strata(**spread).filter(sex="female"), 0.95)
    assert fitted.method.startswith("negative binomial")
    assert fitted.dispersion > 2


def test_a_fit_that_does_not_converge_is_undefined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_model, "MOST_STEPS", 1)
    assert_undefined(adjusted_rate_ratio(strata(**MIXED), 0.95), NOT_CONVERGED)
