"""What the simulator planted is what the pipeline finds."""

import math
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.lib.layers import run_layers, table, truth
from tests.lib.planted import accuracy, told

IMPLIED = [
    ("levenson_1985", "levenson_1985_probable"),
    ("pope_1986_definite", "pope_1986_probable"),
    ("pope_1986_probable_both", "pope_1986_probable"),
    ("iec_2011", "iec_2011_interval"),
]
QUARTERS = ["2011Q4", "2012Q3", "2012Q4", "2018Q2", "2021Q4", "2025Q4"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    run_layers(folder, seed=11, cases=12_000, quarters=QUARTERS)
    return folder


def planted(study: Path) -> pl.DataFrame:
    cases = truth(study, "cases").filter(~pl.col("deleted"))
    return cases.with_columns(pl.format("faers:{}", "caseid").alias("subject_id"))


def test_the_reports_that_count_are_the_planted_cases(study: Path) -> None:
    found = set(table(study, "5_exposure/universe")["subject_id"])
    assert found == set(planted(study)["subject_id"])


def test_the_cases_are_the_planted_ones(study: Path) -> None:
    verdicts = table(study, "4_labels/verdicts")
    met = verdicts.filter((pl.col("definition") == "pt_only") & (pl.col("verdict") == "met"))["subject_id"]
    expected = planted(study).filter("is_nms")["subject_id"]
    assert len(expected) > 50
    assert set(met) == set(expected)


def test_recall_and_precision_of_every_definition(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Signs are planted with gaps, as reporters leave them, so clinical definitions find some cases and can deny none."""
    cases = set(planted(study).filter("is_nms")["subject_id"])
    found = accuracy(table(study, "4_labels/verdicts"), cases)
    with capsys.disabled():
        sys.stdout.write(f"\n{told(found, len(cases))}\n")
    of = {row["definition"]: row for row in found.iter_rows(named=True)}
    assert (of["pt_only"]["recall"], of["pt_only"]["precision"]) == (1.0, 1.0)
    for narrow, wide in IMPLIED:
        assert of[narrow]["recall"] <= of[wide]["recall"], (narrow, wide)
    # What asks for the exclusion of other causes cannot be met where nobody states it.
    for strict in ("adityanjee_1999", "caroff_mann_1993", "dsm_iv_tr"):
        assert of[strict]["met"] == 0 < of[f"{strict}_signs"]["met"]
    assert of["dsm_5_tr"]["recall"] > 0.1
    assert of["dsm_5_tr"]["precision"] > 0.5


def test_every_planted_element_is_found(study: Path) -> None:
    found = table(study, "3_evidence/findings").select("subject_id", "element").unique()
    wanted = (
        planted(study)
        .drop_nulls("elements")
        .select("subject_id", pl.col("elements").str.split(";").alias("element"))
        .explode("element")
    )
    missing = wanted.filter(pl.col("element") != "").join(found, on=["subject_id", "element"], how="anti")
    assert missing.is_empty()


def test_planted_duplicates_are_found_and_no_others(study: Path) -> None:
    reports = table(study, "2_canonical/reports").filter(pl.col("duplicate_group").is_not_null())
    cases = planted(study)
    copies = cases.filter(pl.col("duplicate_of").is_not_null())
    alive = copies.filter(pl.col("duplicate_of").is_in(cases["caseid"].implode()))
    pairs = {frozenset(pair) for pair in alive.select("caseid", "duplicate_of").iter_rows()}
    group_of = {
        int(subject.split(":")[1]): group for subject, group in reports.select("subject_id", "duplicate_group").iter_rows()
    }
    found = [pair for pair in pairs if len({group_of.get(case, case) for case in pair}) == 1]
    assert len(found) / len(pairs) >= 0.99
    planted_cases = {case for pair in pairs for case in pair}
    assert set(group_of) <= planted_cases
    assert reports.group_by("duplicate_group").agg(pl.col("is_representative").sum())["is_representative"].unique().to_list() == [
        1
    ]


def test_deleted_cases_are_gone_and_those_brought_back_are_shown(study: Path) -> None:
    cases = truth(study, "cases")
    shown = set(table(study, "2_canonical/reports")["subject_id"])
    deleted = {f"faers:{case}" for case in cases.filter("deleted")["caseid"]}
    back = {f"faers:{case}" for case in cases.filter("brought_back")["caseid"]}
    assert deleted and back
    assert not deleted & shown
    assert back <= shown


def test_planted_defects_are_counted(study: Path) -> None:
    """Every defect that breaks or empties something is counted as often as it was planted."""
    defects = truth(study, "defects")
    quarantine = table(study, "1_sources/quarantine.parquet")
    issues = table(study, "2_canonical/value_issues.parquet")
    attrition = pl.read_csv(study / "1_sources" / "attrition.csv")

    def count(*names: str) -> int:
        return int(defects.filter(pl.col("defect").is_in(names))["count"].sum())

    def issue(column: str, *reasons: str) -> int:
        return int(issues.filter((pl.col("column") == column) & pl.col("reason").is_in(reasons))["values"].sum())

    def left(reason: str, where: pl.Expr | bool = True) -> int:
        return int(attrition.filter((pl.col("reason") == reason) & where)["n_left"].sum())

    assert quarantine.filter(pl.col("reasons") == "too_many_fields").height == count("embedded_delimiter")
    assert quarantine.filter(pl.col("reasons").str.contains("last_line_cut")).height == count("truncated_last_row")
    assert -left("glued_records_split") == count("glued_records")
    # Since 2025 a drug has a row for each dosage; some of those are alike by chance.
    by_dosage = pl.col("scope") == "2025Q4:DRUG"
    assert left("exact_copy_of_a_row", ~by_dosage) == count("exact_duplicate_row") - 2
    assert issue("event_day", "before_earliest_date") == count("impossible_event_date")
    assert issue("start_day", "before_earliest_date", "after_end_of_quarter") == count("impossible_start_date")
    assert issue("age_years", "beyond_limits") == count("age_of_550_years")
    assert issue("age_years", "not_a_number") == count("age_is_text")
    assert issue("weight_kg", "beyond_limits") == count("weight_zero")


def test_hostile_names_are_carried_as_text(study: Path) -> None:
    names = table(study, "2_canonical/report_drugs")["drug_name"].drop_nulls()
    assert names.str.contains("<script>", literal=True).any()
    uncoded = table(study, "2_canonical/uncoded_names.parquet")["name"]
    assert uncoded.str.starts_with("=").any()


def planted_ratios(folder: Path) -> dict[str, float]:
    """Planted odds ratios of ingredients that expect at least five cases, and of generations, from the planted shares."""
    rates = truth(folder, "rates").with_columns((pl.col("share_of_reports") * pl.col("nms_share")).alias("events"))
    cases = truth(folder, "cases").height
    all_events = rates["events"].sum() + (1 - rates["share_of_reports"].sum()) * BACKGROUND
    ratios = {
        f"ingredient/{i}": ror for i, e, ror in rates.select("ingredient", "events", "planted_ror").iter_rows() if e * cases >= 5
    }
    groups = (
        rates.filter(pl.col("generation").is_not_null()).group_by("generation").agg(pl.col("events", "share_of_reports").sum())
    )
    for generation, a, share in groups.select("generation", "events", "share_of_reports").iter_rows():
        b, c = share - a, all_events - a
        ratios[f"generation/{generation}"] = a * (1 - share - c) / (b * c)
    return ratios


# What the simulator plants among reports that suspect none of its drugs (simulate/rates.py).
BACKGROUND = 0.001


@pytest.mark.proof
def test_planted_ratios_lie_in_their_intervals_as_often_as_the_intervals_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    covered = total = 0
    bias: list[float] = []
    for seed in range(100):
        folder = tmp_path / str(seed)
        run_layers(folder, seed=seed, cases=8000, quarters=["2012Q3", "2021Q4"])
        results = table(folder, "6_measures/results.parquet")
        for group, ratio in planted_ratios(folder).items():
            row = results.row(by_predicate=pl.col("result_id") == f"ror/pt_only/ps+ss/collapsed/{group}", named=True)
            if row["estimate"] is None:
                continue
            total += 1
            covered += row["low"] <= ratio <= row["high"]
            bias.append(math.log(row["estimate"] / ratio))
    mean = sum(bias) / len(bias)
    share = f"{covered} of {total} = {covered / total:.3f} (nominal 0.95); mean log bias {mean:+.3f}"
    with capsys.disabled():
        sys.stdout.write(f"\ncoverage of planted reporting odds ratios: {share}\n")
    assert 0.94 <= covered / total <= 0.97
    assert abs(mean) < 0.05
