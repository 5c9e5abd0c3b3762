"""Times to onset: groups, numbers of tiny tables, published rows, reasons, and what is written."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.onset import equality, fitted, lynden_bell, numbers, weibull
from nms_pv.measures.onset.clocks import CLOCK, STATE, TIMES, since_start
from nms_pv.measures.onset.curves import curve_rows, empirical_curves, truncated_curves
from nms_pv.measures.onset.fit_quality import bootstrap_p
from nms_pv.measures.onset.grouped import grouped_times, onset_groups, shown_groups
from nms_pv.measures.onset.published import PublishedOnset, load_published
from nms_pv.measures.onset.quantiles import quantiles
from nms_pv.measures.onset.write import OnsetStudy, write_cohort_onset, write_onset
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.questions import OnsetSettings
from nms_pv.spec.strict import StudyError
from nms_pv.tables.evidence import EPISODES, EXPOSURES
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import CURVES, RESULTS
from nms_pv.tables.person_time import CASE_OBSERVATION, ERAS
from tests.lib.declared_rows import rows
from tests.lib.onset import EVENT, courses
from tests.lib.small_study import TABLE_GENERATIONS, VERSION, drug_table

GROUPS = onset_groups(drug_table(), TABLE_GENERATIONS)
PUBLISHED = [PublishedOnset("A 1988", 7, 0.66, "memory"), PublishedOnset("B 2025", None, 42.0, "found")]
SETTINGS = OnsetSettings(window_days=365, permutations=19, bootstraps=3, seed=1)
DAYS = [0, 1, 1, 3, 6, 8, 14, 40]


def times_of_cases() -> pl.DataFrame:
    """Eight cases on haloperidol, the first also on risperidone and the last on a long-acting form only, one without a date."""
    more = [
        {"subject_id": "faers:0", "start": 2, "ingredient": "risperidone"},
        {"subject_id": "faers:7", "start": 40, "formulation": "long_acting"},
        {"subject_id": "faers:8", "start": 5, "timing": "event_date_padded"},
    ]
    plain = [{"subject_id": f"faers:{number}", "start": days} for number, days in enumerate(DAYS[:-1])]
    return since_start(courses(*plain, *more), gap_days=14, last_day=EVENT + 300)


def cases(n: int = 10) -> pl.DataFrame:
    return pl.DataFrame({"definition": ["pt_only"] * n, "subject_id": [f"faers:{number}" for number in range(n)]})


def grouped_and_shown() -> tuple[pl.DataFrame, pl.DataFrame]:
    grouped = grouped_times(cases(), times_of_cases(), GROUPS)
    return grouped, shown_groups(cases(), grouped, GROUPS, ["pt_only", "never_met"])


def test_long_acting_forms_are_in_no_group_but_their_own() -> None:
    long_acting = GROUPS.filter(pl.col("formulation") == "long_acting", pl.col("clock") == "start")
    assert long_acting["group_kind"].unique().to_list() == ["formulation"]


def test_every_case_is_accounted_for() -> None:
    grouped, shown = grouped_and_shown()
    known, unknown = numbers.known_proportions(shown, 0.95), numbers.reason_proportions(shown, grouped, 0.95)
    both = pl.concat([known.select(*numbers.KEY, "numerator"), unknown.select(*numbers.KEY, "numerator")])
    added = both.group_by(numbers.KEY).agg(pl.col("numerator").sum()).join(shown, on=numbers.KEY)
    assert added.height == shown.height
    assert (added["numerator"] == added["cases"]).all()
    of_all = grouped.filter(pl.col("group_kind") == "antagonist", pl.col("clock") == "start").group_by("state").len()
    assert dict(of_all.sort("state").iter_rows()) == {"known": 7, "event_date_padded": 1, "only_long_acting": 1, "no_course": 1}


def test_of_two_drugs_of_a_group_the_one_started_last_counts() -> None:
    times = since_start(
        courses({"start": 90}, {"start": 4, "ingredient": "metoclopramide"}, {"start": 30, "ingredient": "amisulpride"}),
        14,
        EVENT,
    )
    grouped = grouped_times(cases().filter(subject_id="faers:1"), times, GROUPS).filter(clock="start")
    days = {(kind, group): day for kind, group, day in grouped.select("group_kind", "group", "days").iter_rows()}
    assert days["antagonist", "all"] == 4
    assert days["chemical_class", "benzamide"] == 4
    assert days["formulation", "other"] == 30
    assert days["generation", "FGA"] == 90


def test_small_ingredients_are_left_out_and_wide_groups_stay_with_a_reason() -> None:
    _, shown = grouped_and_shown()
    kinds = shown.filter(definition="pt_only", clock="start").select("group_kind", "group").rows()
    assert ("ingredient", "haloperidol") in kinds
    assert ("ingredient", "risperidone") not in kinds
    assert ("generation", "TGA") in kinds
    nobody = numbers.known_proportions(shown, 0.95).filter(definition="never_met")
    assert nobody["estimate"].null_count() == nobody.height
    assert nobody["undefined_reason"].unique().to_list() == [numbers.NO_CASE]


def test_shares_and_quartiles_of_known_times() -> None:
    grouped, shown = grouped_and_shown()
    within = numbers.within_proportions(shown, grouped, 0.95).filter(definition="pt_only", clock="start", group_kind="antagonist")
    assert within.select("days", "numerator", "denominator").rows() == [(0, 1, 7), (1, 3, 7), (7, 5, 7), (30, 7, 7)]
    quartiles = numbers.quartiles(shown, grouped, 0.95)
    of_all = quartiles.filter(definition="pt_only", clock="start", group_kind="antagonist")
    assert of_all["estimate"].to_list() == [1, 3, 8]
    too_few = quartiles.filter(definition="pt_only", clock="start", group="SGA")
    assert too_few["estimate"].to_list() == [None] * 3
    assert too_few["undefined_reason"].unique().to_list() == [weibull.TOO_FEW]


def test_published_numbers_are_taken_off_ours() -> None:
    grouped, shown = grouped_and_shown()
    within, medians = numbers.within_proportions(shown, grouped, 0.95), numbers.quartiles(shown, grouped, 0.95)
    shares, of_medians = numbers.against_published(within, medians, PUBLISHED)
    ours = shares.filter(definition="pt_only", group_kind="antagonist").row(0, named=True)
    assert ours["estimate"] == pytest.approx(5 / 7 - 0.66)
    assert (ours["reference"], ours["screen_met"]) == ("A 1988 (memory)", False)
    median = of_medians.filter(definition="pt_only", group_kind="antagonist").row(0, named=True)
    assert (median["estimate"], median["reference"], median["screen_met"]) == (3 - 42, "B 2025 (found)", True)
    nothing = numbers.against_published(within, medians, [])
    assert [frame.height for frame in nothing] == [0, 0]


def test_fits_of_too_few_times_are_empty_with_a_reason() -> None:
    grouped, shown = grouped_and_shown()
    of_start = fitted.cases_from_start(shown.filter(definition="pt_only"), grouped)
    shapes, scales, tests = fitted.weibull_frames(of_start, 0.95, 9, 1)
    for frame in (shapes, scales, tests):
        sga = frame.filter(group="SGA")
        assert sga["estimate"].null_count() == sga.height > 0
        assert sga["undefined_reason"].unique().to_list() == [weibull.TOO_FEW]
    shares = fitted.reverse_shares(of_start, 0.95)
    assert shares.filter(group="SGA")["undefined_reason"].unique().to_list() == [weibull.TOO_FEW]
    assert shares.filter(group_kind="antagonist")["estimate"].null_count() == 0


def test_cases_of_two_generations_are_left_out_of_their_comparison() -> None:
    grouped, shown = grouped_and_shown()
    rows = fitted.equality_rows(shown.filter(definition="pt_only"), grouped, 99, 1)
    pair = rows.filter(group="FGA", reference="SGA").row(0, named=True)
    assert (pair["numerator"], pair["reference_numerator"]) == (6, 0)
    assert pair["undefined_reason"] == equality.TOO_FEW


@pytest.mark.parametrize(
    ("days", "limits", "reason"),
    [
        ([1, 2, 3, 4], np.inf, weibull.TOO_FEW),
        ([0] * 9, np.inf, weibull.SAME_DAY),
        ([3] * 5 + [4] * 5, 60, weibull.SAME_DAY),
        ([10, 11, 12, 13, 14], [10, 11, 12, 13, 14], weibull.NO_MAXIMUM),
        ([2, 9, 14, 20, 27, 30, 33, 37, 39], 40, weibull.NO_SCALE),
    ],
    ids=["too few", "all on day 0", "two days in a row", "all at their limit", "onset does not slow down"],
)
def test_a_likelihood_without_a_maximum_is_said(days: list[int], limits: object, reason: str) -> None:
    fit = weibull.weibull(weibull.times_of(np.array(days), np.asarray(limits, dtype=float)), 0.95)
    assert fit.undefined_reason == reason
    assert np.isnan([*fit.shape, *fit.scale]).all()


def test_a_limit_that_the_data_leave_open_is_infinite_or_0() -> None:
    open_scale = weibull.weibull(weibull.times_of([0, 1, 1, 2, 5, 9, 20], 30), 0.95)
    assert open_scale.scale.high == np.inf
    open_shape = weibull.weibull(weibull.times_of([0, 0, 0, 0, 0, 0, 0, 0, 0, 2], np.inf), 0.99)
    assert open_shape.scale.low < open_shape.scale.estimate < open_shape.scale.high
    alike = weibull.weibull(weibull.times_of([30, 30, 30, 30, 32], np.inf), 0.999)
    assert alike.shape.high == np.inf


def test_without_times_there_are_no_quantiles() -> None:
    assert np.isnan(np.array(quantiles([], (0.5,), 0.95))).all()


def test_a_sample_too_small_for_a_limit_leaves_it_open() -> None:
    found = quantiles([4, 5, 6, 7, 8], (0.5,), 0.95)
    assert (found.low.item(), found.estimate.item(), found.high.item()) == (0, 6, np.inf)


def test_an_exhausted_set_at_risk_leaves_the_share_below_empty() -> None:
    curve = lynden_bell.reverse_curve(np.array([1.0, 2, 30, 31]), np.array([5.0, 5, 60, 60]), 0.95)
    assert np.isnan(lynden_bell.share_within(curve, (0, 1, 7)).estimate).all()
    before_all = lynden_bell.reverse_curve(np.array([3.0, 4, 5]), np.array([9.0, 9, 9]), 0.95)
    assert lynden_bell.share_within(before_all, (0,)).estimate.item() == 0


def test_groups_of_equal_times_are_not_compared() -> None:
    alike = {"a": np.ones(5), "b": np.ones(6)}
    assert [(test.p, test.undefined_reason) for test in equality.equality(alike, 99, 1)] == [(None, equality.ALL_ALIKE)]
    three = equality.equality({"a": np.arange(9.0), "b": np.arange(9.0), "c": 30 + np.arange(9.0)}, 199, 1)
    assert [test.groups for test in three] == [("a", "b", "c"), ("a", "b"), ("a", "c"), ("b", "c")]
    assert (three[1].p or 0) > 0.5 > 0.05 > (three[2].p or 1)


def test_samples_without_a_fit_do_not_count_in_the_test_of_the_fit() -> None:
    days = np.array([0.0, 0, 0, 0, 2])
    fit = weibull.weibull(weibull.times_of(days, np.inf), 0.95)
    assert 0 < bootstrap_p(days, np.full(5, np.inf), fit.fits, 19, 1) <= 1


def test_curves_end_at_1_and_are_as_declared() -> None:
    grouped, shown = grouped_and_shown()
    of_main = grouped.filter(definition="pt_only")
    of_start = fitted.cases_from_start(shown.filter(definition="pt_only"), of_main)
    for points in (empirical_curves(of_main, 0.95), truncated_curves(of_start, 0.95, "limit")):
        drawn = CURVES.check(curve_rows(points.filter(pl.col("group_kind") != "antagonist"), "reports", 0.95))
        assert drawn.filter(group="FGA").sort("x")["y"].to_list()[-1] == 1
    assert curve_rows(truncated_curves([], 0.95, "limit"), "reports", 0.95).height == 0


def test_published_rows_are_those_of_the_study(repository: Path) -> None:
    found = load_published(repository / "study")
    assert [(one.days, one.value) for one in found if one.days] == [(1, 0.16), (7, 0.66), (30, 0.96)]
    assert sorted(one.value for one in found if one.days is None) == [3, 42]


@pytest.mark.parametrize("value_and_unit", ["about 66,%", "166,%", "66,days"])
def test_a_published_number_that_does_not_fit_is_an_error_with_its_line(tmp_path: Path, value_and_unit: str) -> None:
    (tmp_path / "literature.csv").write_text(
        f"study,measure,value,unit,status\nA 1988,onset within 1 week,{value_and_unit},memory\n", encoding="utf-8"
    )
    with pytest.raises(StudyError, match=r"literature\.csv, line 2: value '.*' with unit '.*' does not fit .* needs a number"):
        load_published(tmp_path)


def test_each_clock_and_state_has_a_meaning() -> None:
    assert all(CLOCK.values())
    assert all(STATE.values())
    assert list(times_of_cases().schema) == list(TIMES)


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": ["pt_only"]})


def study(params: Params) -> OnsetStudy:
    return OnsetStudy(drug_table(), params, SETTINGS, PUBLISHED, VERSION)


def verdicts(names: list[str]) -> pl.DataFrame:
    return rows(VERDICTS, *({"subject_id": name, "definition": "pt_only", "verdict": "met"} for name in names))


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Eight reports, one of them a duplicate, one of them with a concomitant drug only."""
    names = [f"faers:{number}" for number in range(8)]
    roles = ["C", *["PS"] * 7]
    taken = courses(*({"subject_id": n, "start": d, "role": r} for n, d, r in zip(names, DAYS, roles, strict=True)))
    counted = ({"subject_id": name, "is_representative": name != names[-1], "quarter": "2024Q4"} for name in names)
    EXPOSURES.write(taken, tmp_path / "evidence" / "exposures" / "2024Q4.parquet")
    VERDICTS.write(verdicts(names), tmp_path / "labels" / "verdicts" / "2024Q4.parquet")
    UNIVERSE.write(rows(UNIVERSE, *counted), tmp_path / "exposure" / "universe" / "2024Q4.parquet")
    return tmp_path


@pytest.mark.parametrize(
    ("roles", "duplicates", "known"), [("ps+ss", "collapsed", (6, 7)), ("any", "collapsed", (7, 7)), ("ps", "kept", (7, 8))]
)
def test_the_setting_says_which_reports_and_drugs_count(
    reports: Path, params: Params, roles: str, duplicates: str, known: tuple[int, int]
) -> None:
    main = params.main.model_copy(update={"roles": roles, "duplicates": duplicates})
    of_setting = study(params.model_copy(update={"main": main}))
    folders = [reports / name for name in ("evidence", "labels", "exposure", "out")]
    write_onset(*folders, of_setting, 14)
    written = RESULTS.scan(reports / "out" / "onset" / "results.parquet").collect()
    address = f"onset_known_proportion/pt_only/{roles}/{duplicates}/antagonist/all/clock=start"
    assert written.filter(result_id=address).select("numerator", "denominator").row(0) == known
    assert written.filter(pl.col("estimate").is_null())["undefined_reason"].null_count() == 0
    assert CURVES.scan(reports / "out" / "onset" / "curves.parquet").collect().height > 0


def test_a_cohort_is_written_from_eras_and_twice_to_the_same_bytes(tmp_path: Path, params: Params) -> None:
    names = [f"omop:{person}#1" for person in range(8)]
    taken = courses(*({"subject_id": name, "start": 1, "role": "unknown"} for name in names))
    person = [{"person_id": number, "ingredient": "haloperidol", "formulation": "other"} for number in range(8)]
    EXPOSURES.write(taken, tmp_path / "evidence" / "exposures" / "a.parquet")
    EPISODES.write(
        rows(EPISODES, *({"subject_id": n, "person_id": i, "start_day": EVENT, "end_day": EVENT} for i, n in enumerate(names))),
        tmp_path / "evidence" / "episodes" / "a.parquet",
    )
    VERDICTS.write(verdicts(names), tmp_path / "labels" / "verdicts" / "a.parquet")
    eras = (one | {"start_day": EVENT - days, "end_day": EVENT + 9} for one, days in zip(person, DAYS, strict=True))
    ERAS.write(rows(ERAS, *eras), tmp_path / "exposure" / "eras" / "a.parquet")
    seen = ({"person_id": number, "start_day": EVENT - 900, "end_day": EVENT + 200} for number in range(8))
    CASE_OBSERVATION.write(rows(CASE_OBSERVATION, *seen), tmp_path / "exposure" / "case_observation.parquet")
    for out in ("one", "two"):
        write_cohort_onset(*(tmp_path / name for name in ("evidence", "labels", "exposure", out)), study(params))
    one, two = (tmp_path / out / "onset" / "results.parquet" for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    median = RESULTS.scan(one).filter(result_id="onset_quantile/pt_only/antagonist/all/clock=start;quantile=0.5").collect()
    assert median["estimate"].item() == 4.5
