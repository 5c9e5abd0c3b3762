"""Settings that cannot be used, the writer, and the figure."""

from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.own_control import likelihood, within
from nms_pv.measures.own_control.cases import cases_of
from nms_pv.measures.own_control.checks import around_episode, shares
from nms_pv.measures.own_control.crossover import METHOD, METHOD_OF_STOPS, NOBODY, SEVERAL, crossover
from nms_pv.measures.own_control.series import MAIN, series
from nms_pv.measures.own_control.within import ratios_within_persons
from nms_pv.measures.own_control.write import write_own_control
from nms_pv.report.figures.own_control import ratios_by_window
from nms_pv.report.style import GENERATIONS
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.own_control import load_own_control
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.strict import StudyError
from nms_pv.tables.attrition import ATTRITION
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from nms_pv.tables.measures import CURVES, RESULTS
from nms_pv.tables.person_time import CASE_OBSERVATION, ERAS
from tests.lib.own_control import NOTHING, SETTINGS, drawn, episodes_table, eras_table, observation
from tests.lib.small_study import VERSION

PART = "persons-0001.parquet"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("since_start_days: [0, 8, 31, 91]", "since_start_days: [8, 31]", "the first lower bound is 0"),
        ("since_start_days: [0, 8, 31, 91]", "since_start_days: [0, 31, 8]", "numbers go up"),
        ("since_stop_days: [1, 8]", "since_stop_days: [0, 8]", "the first lower bound is 1"),
        ("last_day_since_stop: 30", "last_day_since_stop: 7", "must be at least the last of since_stop_days, 8"),
        ("risk_days: [1, 30]", "risk_days: [30, 1]", "first day, then last day"),
        ("- [91, 120]", "- [30, 120]", "windows share no day"),
        ("days: 180", "day: 180", "around.day"),
    ],
)
def test_settings_that_cannot_be_used(repository: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (repository / "study" / "own_control.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "own_control.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        load_own_control(tmp_path)


@pytest.mark.parametrize("module", [likelihood, within])
def test_a_search_that_does_not_end_is_an_error_never_a_number(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 0)
    person = np.repeat(np.arange(4), 2)
    pattern, days = np.tile(np.arange(2), 4), np.ones(8, dtype=np.int64)
    events = np.array([1, 0, 1, 0, 1, 0, 0, 1])
    with pytest.raises(RuntimeError, match="likelihood"):
        ratios_within_persons(person, pattern, days, events, np.array([[0.0], [1.0]]), np.eye(1), 0.95)


def test_small_errors_have_limits_of_wald_that_are_those_of_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    person = np.repeat(np.arange(4), 2)
    pattern, days = np.tile(np.arange(2), 4), np.array([1, 9, 2, 8, 3, 7, 4, 6])
    events = 200 * np.array([1, 2, 1, 1, 2, 2, 3, 1])
    both = []
    for bound in (within.SMALL_ERROR, 0.0):
        monkeypatch.setattr(within, "SMALL_ERROR", bound)
        both.append(ratios_within_persons(person, pattern, days, events, np.array([[0.0], [1.0]]), np.eye(1), 0.95))
    assert 0.03 < both[0].standard_error[0] < 0.05
    np.testing.assert_allclose(both[0].ratio, both[1].ratio, rtol=2e-3)
    assert both[0].ratio.high[0] != both[1].ratio.high[0]


def test_nobody_with_an_episode_has_no_ratio() -> None:
    cases = cases_of(episodes_table([]), observation([]), eras_table([]))
    assert series(cases, NOTHING, NOTHING, "antipsychotic", MAIN, SETTINGS.series, 0.95).rows["estimate"].is_null().all()
    assert crossover(cases, NOTHING, NOTHING, SEVERAL, SETTINGS.crossover, 0.95)["undefined_reason"].item() == NOBODY
    assert shares(cases, NOTHING, [30], 0.95)["estimate"].is_null().all()
    assert around_episode(cases, NOTHING, SETTINGS.around).is_empty()


@pytest.fixture
def params(repository: Path) -> Params:
    known = load_params(repository / "params.yaml")
    return known.model_copy(update={"definitions": [known.main.definition, "iec_2011"]})


@pytest.fixture
def layers(tmp_path: Path, params: Params) -> Path:
    """120 persons on haloperidol, of whom 20 took levodopa before; all meet the main definition, half the other."""
    observed, taken, episodes = drawn(np.random.default_rng(3), 120)
    eras = pl.concat([eras_table(taken), eras_table([(person, 10, 60) for person in range(20)], "levodopa")])
    subjects = pl.DataFrame(
        [(f"omop:{person}#1", person, 1, day, day + 2, "nms_diagnosis") for person, day in episodes],
        schema=EPISODES.types,
        orient="row",
    )
    met = [
        (subject, definition)
        for subject, person in subjects.select("subject_id", "person_id").iter_rows()
        for definition in params.definitions
        if definition == params.main.definition or person % 2
    ]
    verdicts = pl.DataFrame(met, schema=["subject_id", "definition"], orient="row").with_columns(
        verdict=pl.lit("met"),
        points_low=None,
        points_high=None,
        **dict.fromkeys(("met", "failed", "missing"), pl.lit("")),
        states=0,
    )
    judged = [(name, name, "nms", "found", True, None) for name in params.definitions]
    EPISODES.write(subjects, tmp_path / "evidence" / "episodes" / PART)
    VERDICTS.write(verdicts, tmp_path / "labels" / "verdicts" / PART)
    DEFINITIONS.write(pl.DataFrame(judged, schema=DEFINITIONS.types, orient="row"), tmp_path / "labels" / "definitions.parquet")
    ERAS.write(eras, tmp_path / "exposure" / "eras" / PART)
    CASE_OBSERVATION.write(observation(observed), tmp_path / "exposure" / "case_observation.parquet")
    return tmp_path


def written(layers: Path, out: str, params: Params, repository: Path) -> Path:
    drugs = load_drugs(repository / "study")
    places = (layers / name for name in ("evidence", "labels", "exposure", out))
    write_own_control(*places, drugs, params, SETTINGS, VERSION)
    return layers / out / "own_control"


def test_results_curves_and_attrition_are_written_the_same_each_time(layers: Path, params: Params, repository: Path) -> None:
    one, two = (written(layers, out, params, repository) for out in ("one", "two"))
    for name in ("results.parquet", "curves.parquet", "attrition.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    rows = RESULTS.scan(one / "results.parquet").collect()
    assert rows.select("arm", "question", "data_version").unique().rows() == [("cohort", "own_control", VERSION)]
    assert rows.filter(pl.col("estimate").is_null() != pl.col("undefined_reason").is_not_null()).is_empty()
    main = rows.filter(definition=params.main.definition)
    other = rows.filter(pl.col("definition") != params.main.definition)
    assert set(main["group_kind"]) == {"antipsychotic", "formulation", "generation", "ingredient", "withdrawal"}
    assert set(other["group_kind"]) == {"antipsychotic", "generation"}
    assert set(other["analysis"].drop_nulls()) == {"first_episode", *METHOD}
    assert main.filter(measure="own_control_check").height == 7
    assert set(main.filter(group_kind="withdrawal", measure="crossover_or")["analysis"]) == set(METHOD_OF_STOPS)
    early = main.filter(
        result_id=f"irr/{params.main.definition}/first_episode/antipsychotic/antipsychotic/vs unexposed/window=0-7"
    )
    assert early["low"].item() < 12 < early["high"].item()
    assert set(CURVES.scan(one / "curves.parquet").collect()["curve"]) == {
        "exposed_around_episode",
        "starts_around_episode",
        "observation_ended_after_episode",
    }
    left = pl.read_csv(one / "attrition.csv", schema=ATTRITION.types)
    assert left.filter(scope=f"own_control:{params.main.definition}:persons", reason="kept")["n_kept"].item() == 120


def test_figure_draws_ratios_and_names_what_cannot_be_drawn() -> None:
    row = {"result_id": "irr/x", "measure": "irr", "suppressed": False, "estimate": 3.0, "low": 0.001, "high": 5.0}
    points = [("0-7", row), ("8-30", {**row, "estimate": None}), ("31-90", {**row, "suppressed": True}), ("91+", None)]
    drawn_figure = ratios_by_window([(look, points) for look in GENERATIONS[:2]], "unexposed days", simulated=True)
    for word in (
        "SIMULATED DATA",
        "undefined",
        "hidden",
        "not computed",
        "First generation",
        "rate ratio against unexposed days",
    ):
        assert word in drawn_figure
