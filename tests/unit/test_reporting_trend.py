from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.grid.groups import antipsychotic_groups
from nms_pv.measures.reporting_trend.comparison import annual_ratio
from nms_pv.measures.reporting_trend.counting import add_up, by_group, tally_part, years_at_hand
from nms_pv.measures.reporting_trend.write import WIDE, reporting_frames, write_reporting_trend
from nms_pv.spec.params import Params, load_params
from nms_pv.spec.questions import TrendSettings
from nms_pv.tables.measures import CURVES, RESULTS
from tests.lib.grid_study import VERDICT_OF, Study
from tests.lib.small_study import MAIN, TABLE_GENERATIONS, drug_table

VERSION = "reports:0123456789ab"
GROUPS = antipsychotic_groups(drug_table(), TABLE_GENERATIONS)
HALOPERIDOL_2020 = {"pt_only": "met", "sender": "A/B;C"}
STUDY = Study(
    HALOPERIDOL_2020,
    HALOPERIDOL_2020 | {"reporter": "lawyer"},
    HALOPERIDOL_2020 | {"representative": False, "sender": "D"},
    HALOPERIDOL_2020 | {"sender": "D"},
    {"reporter": "lawyer"},
    {},
    {"drugs": "aripiprazole PS", "pt_only": "met", "year": 2021, "quarter": "2021Q1", "sender": None},
    {"drugs": "aripiprazole SS", "year": 2024, "quarter": "2021Q1"},
    {"drugs": "risperidone other", "year": None},
    {"drugs": "biperiden PS", "pt_only": "met"},
    {"drugs": "biperiden PS", "year": 2021, "quarter": "2021Q1"},
)


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    tally = add_up([tally_part(STUDY.universe, STUDY.ingredients, STUDY.met.filter(definition="pt_only"), GROUPS, MAIN)])
    assert tally.quarters == {"2020Q1", "2021Q1"}
    wide, ingredients = by_group(tally, GROUPS, WIDE), by_group(tally, GROUPS, ["ingredient"])
    found: dict[str, pl.DataFrame] = {}
    for measure, frame, _ in reporting_frames(wide, ingredients, MAIN, 0.95):
        found[measure] = pl.concat([found[measure], frame], how="diagonal") if measure in found else frame
    return found


def one(frame: pl.DataFrame, group: str, stratum: str | None) -> dict[str, object]:
    return frame.filter(pl.col("group") == group, pl.col("stratum").eq_missing(pl.lit(stratum))).row(0, named=True)


COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]


def test_a_year_is_compared_with_all_other_reports_of_the_year(frames: dict[str, pl.DataFrame]) -> None:
    with_lawyers = one(frames["ror_by_year"], "FGA", "year=2020")
    assert [with_lawyers[name] for name in COUNTS] == [3, 5, 1, 1]
    assert with_lawyers["estimate"] is None
    without = one(frames["ror_by_year"], "FGA", "year=2020;without=lawyer")
    assert [without[name] for name in COUNTS] == [2, 3, 1, 1]


def test_proportion_without_lawyers(frames: dict[str, pl.DataFrame]) -> None:
    ours = one(frames["reporting_proportion"], "FGA", "year=2020;without=lawyer")
    assert (ours["numerator"], ours["denominator"], ours["estimate"]) == (2, 3, 2 / 3)
    assert one(frames["reporting_proportion"], "FGA", "year=2021;without=lawyer")["estimate"] is None


def test_share_of_lawyers_stands_beside_that_of_other_reports(frames: dict[str, pl.DataFrame]) -> None:
    ours = one(frames["case_share"], "FGA", "year=2020;reporter_type=lawyer")
    assert [ours[name] for name in COUNTS] == [1, 3, 1, 2]
    assert one(frames["case_share"], "all", "report_type=expedited")["denominator"] == 5


def test_share_of_duplicates_and_of_reports_without_a_year(frames: dict[str, pl.DataFrame]) -> None:
    copies = one(frames["case_share"], "FGA", "probable_duplicate=yes")
    assert (copies["numerator"], copies["denominator"], copies["duplicates"]) == (1, 4, "kept")
    undated = one(frames["case_share"], "all", "received_year_known=no")
    assert [undated[name] for name in COUNTS] == [0, 5, 1, 5]


def test_the_largest_sender_is_named_and_weighed(frames: dict[str, pl.DataFrame]) -> None:
    ours = one(frames["largest_sender_share"], "FGA", "year=2020;sender=A B C")
    assert (ours["numerator"], ours["denominator"]) == (2, 3)
    assert one(frames["sender_concentration"], "FGA", "year=2020")["estimate"] == pytest.approx(5 / 9)
    assert frames["sender_concentration"].filter(group="TGA").is_empty()


def test_the_first_year_is_known_only_after_the_files_begin(frames: dict[str, pl.DataFrame]) -> None:
    first = {row["group"]: row for row in frames["first_reported_year"].to_dicts()}
    assert first["aripiprazole"]["estimate"] == 2021
    assert first["haloperidol"]["estimate"] is None
    assert first["haloperidol"]["undefined_reason"] is not None
    since = frames["reporting_proportion"].filter(group="aripiprazole")
    assert dict(since.select("stratum", "estimate").iter_rows()) == {"years_since_first=0": 1, "years_since_first=3-4": 0}


def test_years_at_hand() -> None:
    quarters = frozenset({"2019Q4", "2020Q1", "2020Q2", "2020Q3", "2020Q4"})
    assert years_at_hand(quarters, 1) == [2019, 2020]
    assert years_at_hand(quarters, 4) == [2020]


UNDEFINED = {
    "2 years with a case and reports on both sides; a trend needs 3": ([1, 1, 0], [9, 9, 9], [1, 1, 0], [9, 9, 9]),
    "1 years with a case and reports on both sides; a trend needs 3": ([1, 1, 1], [9, 0, 9], [1, 1, 1], [9, 9, 0]),
    "no case of the group in any year": ([0, 0, 0], [9, 9, 9], [1, 1, 1], [9, 9, 9]),
    "no case outside the group in any year": ([1, 1, 1], [9, 9, 9], [0, 0, 0], [9, 9, 9]),
    "no finite estimate: the cases of the group lie all before or all after the others": (
        [2, 1, 0], [9, 9, 9], [0, 1, 3], [9, 9, 9]
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", UNDEFINED)
def test_an_annual_ratio_without_a_finite_estimate_has_a_reason(reason: str) -> None:
    a, n1, c, n0 = UNDEFINED[reason]
    assert annual_ratio([2010, 2011, 2012], a, n1, c, n0, 0.95).undefined_reason == reason


def test_reporting_that_stays_has_an_annual_ratio_of_one() -> None:
    found = annual_ratio([2010, 2011, 2012], [4, 4, 4], [90, 90, 90], [7, 7, 7], [300, 300, 300], 0.95)
    assert found.estimate == pytest.approx(1, abs=1e-9)
    assert found.low < 1 < found.high


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": VERDICT_OF})


def test_results_and_curves_are_written(tmp_path: Path, params: Params) -> None:
    quarters = [f"{year}Q{quarter}" for year in range(2013, 2021) for quarter in range(1, 5)]
    for number, quarter in enumerate(quarters):
        stated = [{"quarter": quarter, "year": int(quarter[:4]), "subject_id": f"faers:{number}{i}"} for i in range(6)]
        cases = [report | {"pt_only": "met"} for report in stated[: 2 + number % 3]]
        others = [stated[5] | {"drugs": "biperiden PS", "subject_id": f"faers:{number}9"}]
        Study(*cases, *stated[len(cases) :], *others).write(tmp_path, f"{quarter}.parquet")
    labels, exposure, out = (tmp_path / name for name in ("labels", "exposure", "out"))
    write_reporting_trend(labels, exposure, out, drug_table(), params, VERSION, TrendSettings(permutations=19, seed=1))
    results = RESULTS.scan(out / "reporting_trend" / "results.parquet").collect()
    assert results.filter(pl.col("estimate").is_null() == pl.col("undefined_reason").is_null()).is_empty()
    assert not any("risk" in method or "incidence" in method for method in results["method"].unique())
    trend = results.filter(result_id="average_annual_percent_change/pt_only/ps+ss/collapsed/generation/FGA")
    assert trend["undefined_reason"].to_list() == [None]
    assert trend["denominator"].to_list() == [6 * 32]
    curves = CURVES.scan(out / "reporting_trend" / "curves.parquet").collect()
    assert curves.filter(group="FGA").height == 8


def test_years_that_lack_a_quarter_make_no_trend(tmp_path: Path, params: Params) -> None:
    Study({"pt_only": "met"}, {}).write(tmp_path)
    labels, exposure, out = (tmp_path / name for name in ("labels", "exposure", "out"))
    write_reporting_trend(labels, exposure, out, drug_table(), params, VERSION, TrendSettings(permutations=19, seed=1))
    results = RESULTS.scan(out / "reporting_trend" / "results.parquet").collect()
    trend = results.filter(result_id="joinpoints/pt_only/ps+ss/collapsed/generation/FGA").row(0, named=True)
    assert trend["undefined_reason"] == "0 years; a trend with joinpoints needs 7"
