from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.calibration.null import NO_CASES, TOO_FEW, null_of_counts, null_of_estimates
from nms_pv.measures.calibration.write import ALL_CONTROLS, COUNTS, WITH_ESTIMATE, calibration_numbers, write_calibration
from nms_pv.measures.reports.write import write_measures
from nms_pv.spec.controls import Control, load_controls
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.strict import StudyError
from nms_pv.tables.measures import RESULTS
from tests.lib.drug_reports import write_layers
from tests.lib.small_study import VERSION, drug_table

NEUTRAL = [Control(f"neutral {n}", (f"NEUTRAL {n}",), "negative", False, "neutral", "memory") for n in range(7)]
CONTROLS = [*NEUTRAL, Control("haloperidol", ("HALOPERIDOL",), "positive", True, "label", "memory")]


def odds_ratios(*rows: tuple[str, int, int, int, int]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["group", *COUNTS], orient="row")
    why = pl.when(pl.col("numerator") == 0).then(pl.lit("no report of the group meets the definition"))
    return frame.with_columns(group_kind=pl.lit("ingredient"), undefined_reason=why)


def controls(*rows: tuple[int, int], kind: str = "negative") -> pl.DataFrame:
    cases, reports = 100, 10_000
    named = [(kind, f"drug {n}", a, n1, cases - a, reports - n1) for n, (a, n1) in enumerate(rows)]
    return pl.DataFrame(named, schema=["kind", "name", "a", "n1", "c", "n0"], orient="row")


def test_too_few_controls_give_a_reason_everywhere() -> None:
    numbers = calibration_numbers(controls((1, 100), (2, 150)), odds_ratios(("haloperidol", 20, 400, 80, 9600)), 0.95)
    for measure in ("null_mean", "null_sd", "calibrated_p", "calibrated_ror"):
        assert numbers[measure]["estimate"].is_null().all(), measure
        assert set(numbers[measure]["undefined_reason"]) == {TOO_FEW}, measure


def test_controls_without_any_case_give_a_reason() -> None:
    assert null_of_counts(np.zeros(6), np.full(6, 100), np.full(6, 50), np.full(6, 9_000), 0.95).undefined_reason == NO_CASES
    assert null_of_estimates(np.zeros(4), np.ones(4), 0.95).undefined_reason == TOO_FEW


def test_controls_without_a_case_count_and_move_the_null_down() -> None:
    numbers = calibration_numbers(
        controls(*[(1, 100)] * 5, *[(0, 100)] * 5, (0, 0)), odds_ratios(("haloperidol", 20, 400, 80, 9600)), 0.95
    )
    mean = dict(numbers["null_mean"].select("group", "estimate").rows())
    assert mean[ALL_CONTROLS] < mean[WITH_ESTIMATE]
    assert mean[WITH_ESTIMATE] == pytest.approx(0, abs=0.05)


def test_control_rows_say_why_they_have_no_number() -> None:
    rows = calibration_numbers(controls((0, 0), (0, 5), (5, 5), (2, 9)), odds_ratios(), 0.95)["control_ror"]
    assert rows["undefined_reason"].to_list()[:3] == [
        "no report names the control",
        "no report of the control meets the definition",
        "a cell of the 2x2 table is empty",
    ]
    assert rows["estimate"].is_null().to_list() == [True, True, True, False]


def test_an_undefined_odds_ratio_keeps_its_own_reason() -> None:
    numbers = calibration_numbers(controls(*[(2, 200)] * 6), odds_ratios(("a", 0, 9, 5, 90), ("b", 3, 9, 5, 90)), 0.95)
    assert numbers["calibrated_ror"]["undefined_reason"].to_list()[0] == "no report of the group meets the definition"
    assert numbers["calibrated_ror"]["estimate"].is_null().to_list() == [True, False]
    assert numbers["calibrated_p"]["low"].is_null().all()


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": ["pt_only"]})


def test_results_are_written_alike_every_time(tmp_path: Path, params: Params) -> None:
    write_layers(tmp_path)
    labels, exposure = tmp_path / "labels", tmp_path / "exposure"
    write_measures(labels, exposure, tmp_path / "measures", drug_table(), params, VERSION)
    for out in ("one", "two"):
        results = tmp_path / "measures" / "results.parquet"
        write_calibration(labels, exposure, results, tmp_path / out, CONTROLS, params, VERSION)
    one, two = (tmp_path / out / "calibration" / "results.parquet" for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    written = RESULTS.scan(one).collect()
    ids = written["result_id"].to_list()
    assert "control_ror/pt_only/ps+ss/collapsed/positive_control/haloperidol" in ids
    assert "calibrated_ror/pt_only/ps+ss/collapsed/generation/FGA" in ids
    assert written.filter(pl.col("measure") == "control_ror").height == len(CONTROLS)


def test_the_controls_of_the_study_are_read(repository: Path) -> None:
    found = load_controls(repository / "study", load_drugs(repository / "study"))
    negative = [control for control in found if control.kind == "negative"]
    assert len(negative) >= 20
    assert {control.status for control in found} <= {"found", "memory"}
    assert "METFORMIN HYDROCHLORIDE" in next(control.names for control in negative if control.name == "metformin")


HEADER = "name,salts,kind,reason,status,source\n"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("metformin,,neutral,why,memory,\n", r"line 2: control 'metformin': column kind holds 'neutral'; known are"),
        ("metformin,,negative,why,heard,\n", "column status holds 'heard'"),
        ("metformin,,negative,,memory,\n", "column reason is empty"),
        ("metformin,,positive,why,memory,\n", r"must be an ingredient of study/drugs\.csv"),
        ("metoclopramide,,negative,why,memory,\n", "it is antagonist in study/drugs.csv, so it is no negative control"),
        ("HALOPERIDOL,,negative,why,memory,\n", "use its ingredient 'haloperidol' as the name"),
        ("metformin,,negative,why,memory,\n" * 2, "line 3: control 'metformin': it stands there twice"),
    ],
)
def test_controls_that_make_no_sense_are_refused(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "controls.csv").write_text(HEADER + lines)
    with pytest.raises(StudyError, match=said):
        load_controls(tmp_path, drug_table())


def test_a_listed_drug_without_a_relation_to_dopamine_can_be_a_negative_control(tmp_path: Path) -> None:
    (tmp_path / "controls.csv").write_text(HEADER + "biperiden,,negative,why,memory,\n")
    assert load_controls(tmp_path, drug_table())[0].is_listed
