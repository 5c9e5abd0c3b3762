from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.bias.e_value import e_value
from nms_pv.measures.bias.misclassification import true_proportion, true_rate, true_rate_ratio
from nms_pv.measures.bias.priors import Beta, Scenario, Trapezoid, draw
from nms_pv.measures.bias.write import BiasAnalysis, bias_results, write_bias
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.strict import StudyError
from nms_pv.tables.measures import RESULTS
from tests.lib.small_study import VERSION

PERFECT = Trapezoid(1, 1, 1, 1)
UNSURE = Trapezoid(0.5, 0.6, 0.8, 0.9)
COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml")


def result(measure: str, group: str, estimate: float | None, counts: list[int | None], **stated: object) -> dict[str, object]:
    arm = "reports" if measure in ("reports", "ror") else "cohort"
    address = {"roles": "ps+ss", "duplicates": "collapsed"} if arm == "reports" else {"analysis": "exact"}
    limits = {} if estimate is None else {"low": estimate / 2, "high": estimate * 2}
    return {
        "result_id": "/".join([measure, *map(str, stated.values()), group]),
        "arm": arm,
        "question": "how_often",
        "measure": measure,
        "definition": "pt_only",
        "group_kind": "generation_state" if arm == "cohort" else "all",
        "group": group,
        "estimate": estimate,
        **limits,
        **address,
        **dict(zip(COUNTS, [*counts, None, None, None, None][:4], strict=True)),
        "unit": "x",
        "level": 0.95,
        "method": "x",
        "data_version": VERSION,
        "suppressed": False,
        **stated,
    }


ROWS = [
    result("incidence_rate", "FGA", 4.0, [40, 365_250_000]),
    result("incidence_rate", "none", 0.0, [0, 365_250]),
    result("rate_ratio", "SGA", 0.5, [20, 365_250_000, 40, 365_250_000], reference="FGA"),
    result("rate_ratio", "TGA", None, [0, 10, 0, 10], reference="FGA", undefined_reason="no episode in either group"),
    result("rate_ratio", "switch", 0.0, [0, 10, 3, 10], reference="FGA"),
    result("incidence_proportion", "FGA", 0.01, [10, 1_000]),
    result("incidence_rate", "SGA", 1.0, [4, 365_250], stratum="sex=female"),
    result("incidence_rate", "SGA", 1.0, [4, 365_250], analysis="other"),
    result("reports", "all", 100.0, [100, 5_000]),
    result("ror", "all", 3.0, [10, 100, 10, 300]),
]


def table(*rows: dict[str, object]) -> pl.DataFrame:
    return RESULTS.check(pl.DataFrame(rows, schema=RESULTS.types))


def analysed(params: Params, **scenario: object) -> dict[str, dict[str, object]]:
    plain = {"sensitivity": PERFECT, "specificity": PERFECT, "ppv": PERFECT}
    analysis = BiasAnalysis([Scenario("s", **(plain | scenario))], 400, 1)
    return {row["result_id"]: row for row in bias_results(table(*ROWS), analysis, params).iter_rows(named=True)}


def test_a_perfect_definition_leaves_every_number(params: Params) -> None:
    rows = analysed(params)
    for address, estimate in {
        "bias_adjusted_rate/pt_only/exact/generation_state/FGA": 4.0,
        "bias_adjusted_rate_ratio/pt_only/exact/generation_state/SGA/vs FGA": 0.5,
        "bias_adjusted_proportion/pt_only/exact/generation_state/FGA": 0.01,
        "ppv_corrected_reports/pt_only/ps+ss/collapsed/all/all": 100.0,
    }.items():
        alone, total = (rows[f"{address}/scenario=s;error={error}"] for error in ("systematic", "total"))
        assert (alone["estimate"], alone["low"], alone["high"]) == (pytest.approx(estimate), None, None)
        if total["measure"] != "ppv_corrected_reports":
            assert total["low"] < estimate < total["high"]


def test_only_the_main_setting_unsplit_is_analysed(params: Params) -> None:
    assert not any("SGA/scenario" in address or "sex=female" in address for address in analysed(params))


def test_more_missed_episodes_make_a_higher_rate(params: Params) -> None:
    rows = analysed(params, sensitivity=UNSURE)
    rate = rows["bias_adjusted_rate/pt_only/exact/generation_state/FGA/scenario=s;error=systematic"]
    assert 4 / 0.9 < rate["low"] < rate["estimate"] < rate["high"] < 4 / 0.5


def test_accuracy_that_differs_between_groups_moves_a_ratio(params: Params) -> None:
    here = "bias_adjusted_rate_ratio/pt_only/exact/generation_state/SGA/vs FGA/scenario=s;error=systematic"
    assert analysed(params, sensitivity=UNSURE)[here]["estimate"] == pytest.approx(0.5)
    half = Trapezoid(0.5, 0.5, 0.5, 0.5)
    assert analysed(params, sensitivity=half, reference_sensitivity=PERFECT)[here]["estimate"] == pytest.approx(1.0)
    assert analysed(params, reference_ppv=half)[here]["estimate"] == pytest.approx(1.0)


def test_impossible_draws_are_counted_and_left_out(params: Params) -> None:
    """1 % of people have an episode: a specificity below 99 % explains more than all of them."""
    end = "pt_only/exact/generation_state/FGA/scenario=s;error=systematic"
    rows = analysed(params, specificity=Trapezoid(0.98, 0.98, 1, 1))
    assert rows[f"impossible_draws/{end}"]["estimate"] == pytest.approx(0.5, abs=0.1)
    assert rows[f"bias_adjusted_proportion/{end}"]["low"] >= 0
    never = analysed(params, specificity=Trapezoid(0.9, 0.9, 0.9, 0.9))
    assert never[f"bias_adjusted_proportion/{end}"]["undefined_reason"].startswith("every draw of the accuracy is impossible")


def test_e_values_keep_reasons(params: Params) -> None:
    rows = analysed(params)
    end = "pt_only/exact/generation_state"
    one = rows[f"e_value/{end}/SGA/vs FGA/of=rate_ratio"]
    assert (one["estimate"], one["low"], one["high"]) == (pytest.approx(2 + np.sqrt(2)), 1.0, None)
    assert rows[f"e_value/{end}/TGA/vs FGA/of=rate_ratio"]["undefined_reason"] == "no episode in either group"
    assert rows[f"e_value/{end}/switch/vs FGA/of=rate_ratio"]["undefined_reason"].startswith("the ratio is 0")
    assert "taken as a ratio of probabilities" in rows["e_value/pt_only/ps+ss/collapsed/all/all/of=ror"]["method"]


def test_without_results_there_is_nothing_to_say(params: Params) -> None:
    scenario = Scenario("s", PERFECT, PERFECT, PERFECT)
    assert bias_results(RESULTS.empty(), BiasAnalysis([scenario], 10, 1), params).is_empty()


def test_one_arm_is_written_and_the_same_bytes_again(tmp_path: Path, params: Params) -> None:
    RESULTS.write(table(*ROWS), tmp_path / "results.parquet")
    analysis = BiasAnalysis([Scenario("s", UNSURE, Beta(99, 1), UNSURE)], 100, 3)
    for out in ("one", "two"):
        write_bias([tmp_path / "results.parquet"], tmp_path / out, analysis, "cohort", params, VERSION)
    one, two = (tmp_path / out / "bias" / "results.parquet" for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert RESULTS.scan(one).select(pl.col("arm").unique()).collect()["arm"].to_list() == ["cohort"]


@pytest.mark.parametrize("ends", [(0.5, 0.4, 0.6, 0.7), (-0.1, 0, 0, 0), (0.5, 0.6, 0.7, 1.1)])
def test_a_trapezoid_that_is_none_is_an_error(ends: tuple[float, ...]) -> None:
    with pytest.raises(StudyError, match=r"a trapezoid prior needs four shares from 0 to 1"):
        Trapezoid(*ends)


def test_a_beta_that_is_none_is_an_error() -> None:
    with pytest.raises(StudyError, match="a beta prior needs two numbers above 0; found 0, 2"):
        Beta(0, 2)


def test_the_same_seed_draws_the_same() -> None:
    scenario = Scenario("s", UNSURE, UNSURE, UNSURE)
    np.testing.assert_array_equal(draw(scenario, 5, 1).ppv, draw(scenario, 5, 1).ppv)
    assert (draw(scenario, 5, 1).ppv != draw(scenario, 5, 1).sensitivity).all()


def test_what_no_accuracy_allows_is_not_a_number() -> None:
    impossible = [
        true_proportion(0.1, 0.5, 0.5),
        true_proportion(0.1, 0.9, 0.8),
        true_proportion(0.9, 0.5, 1),
        true_rate(1, 0, 1),
        true_rate_ratio(1, 1, 1, 1, 0),
        e_value([0.0], [0.0], [2.0], "rate_ratio").estimate,
        e_value([2.0], [np.nan], [3.0], "rate_ratio").limit,
    ]
    assert all(np.isnan(value).all() for value in impossible)
