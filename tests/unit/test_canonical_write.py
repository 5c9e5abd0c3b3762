"""Small quarters through the canonical layer: rules that span several tables."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.canonical.faers.write import write_canonical
from nms_pv.sources.faers.read import write_sources
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import Duplicates
from nms_pv.tables.contract import ContractError
from tests.lib.faers import FAERS, REPOSITORY, row, write_quarter

DRUGS = load_drugs(REPOSITORY / "study")
NONE = Duplicates(rule="none", largest_padded_group=7, largest_age_gap_years=2)


def run(folder: Path) -> Path:
    write_sources(folder / "raw", folder / "1_sources", FAERS, None)
    write_canonical(folder / "1_sources", folder / "2_canonical", FAERS, DRUGS, NONE)
    return folder / "2_canonical"


def demo(quarter: str, case: int, version: int = 1, **values: str) -> str:
    return row(quarter, "DEMO", primaryid=f"{case}{version}", caseid=f"{case}", **{"caseversion": f"{version}", **values})


def reports(out: Path) -> dict[str, dict[str, object]]:
    return {r["subject_id"]: r for r in pl.read_parquet(out / "reports" / "*.parquet").iter_rows(named=True)}


def test_a_legacy_report_is_first_received_with_the_earliest_version_at_hand(tmp_path: Path) -> None:
    for quarter, day, follow_up in (("2011Q3", "20110801", ""), ("2011Q4", "20111005", "1")):
        legacy = row(quarter, "DEMO", primaryid=f"9{quarter[-1]}", caseid="7", caseversion=follow_up, fda_dt=day)
        write_quarter(tmp_path / "raw", quarter, {"DEMO": [legacy]})
    report = reports(run(tmp_path))["faers:7"]
    assert report["version_id"] == "faers:2011Q4:94"
    assert report["first_received_day"] == (pl.Series(["20110801"]).str.to_date("%Y%m%d").to_physical().item())
    assert report["received_day"] == (pl.Series(["20111005"]).str.to_date("%Y%m%d").to_physical().item())
    assert report["first_received_day_precision"] == "day"


def test_a_day_of_receipt_that_is_not_believed_decides_nothing(tmp_path: Path) -> None:
    rows = [
        row("2024Q1", "DEMO", primaryid=f"7{n}", caseid="7", caseversion="1", fda_dt=day)
        for n, day in ((1, "30190930"), (2, "20240110"), (3, "19000101"), (4, "2024"))
    ]
    write_quarter(tmp_path / "raw", "2024Q1", {"DEMO": rows})
    out = run(tmp_path)
    report = reports(out)["faers:7"]
    assert report["version_id"] == "faers:2024Q1:72"
    assert report["first_received_day"] == report["received_day"]
    versions = pl.read_parquet(out / "report_versions" / "2024Q1.parquet").sort("source_line")
    assert versions["received_day_precision"].to_list() == ["none", "day", "none", "none"]


@pytest.mark.parametrize(("age", "country"), [("NA", None), ("40", "NA")])
def test_na_is_namibia_unless_the_file_uses_it_for_nothing(tmp_path: Path, age: str, country: str | None) -> None:
    rows = [demo("2024Q1", 1, age=age, age_cod="YR", occr_country="NA"), demo("2024Q1", 2, occr_country="US")]
    write_quarter(tmp_path / "raw", "2024Q1", {"DEMO": rows})
    assert reports(run(tmp_path))["faers:1"]["occurrence_country"] == country


def test_therapy_dates_reach_every_row_of_a_repeated_drug_number(tmp_path: Path) -> None:
    drugs = [row("2025Q4", "DRUG", primaryid="11", caseid="1", drug_seq="1", dose_vbm=dose) for dose in ("5 mg", "10 mg")]
    therapies = [
        row("2025Q4", "THER", primaryid="11", caseid="1", drug_seq="1.0", start_dt=start, end_dt=end)
        for start, end in (("202401", "20240210"), ("20240101", "2024"), ("30190930", ""))
    ]
    write_quarter(tmp_path / "raw", "2025Q4", {"DRUG": drugs, "THER": therapies})
    out = run(tmp_path)
    found = pl.read_parquet(out / "report_drugs" / "2025Q4.parquet")
    first_of_january = pl.Series(["20240101"]).str.to_date("%Y%m%d").to_physical().item()
    assert found.select("drug_no", "start_day", "start_day_precision", "end_day", "end_day_precision").rows() == [
        (1, first_of_january, "day", first_of_january + 40, "day"),
        (2, first_of_january, "day", first_of_january + 40, "day"),
    ]
    issues = pl.read_parquet(out / "value_issues.parquet")
    assert issues.rows() == [("faers:2025Q4:THER", "start_day", "after_end_of_quarter", 1, "30190930")]


def test_a_therapy_that_ends_before_it_starts_has_no_end(tmp_path: Path) -> None:
    dates = (("20240110", "20240109"), ("202401", "2023"), ("20240110", "20240110"))
    tables = {
        "DRUG": [row("2024Q1", "DRUG", primaryid="11", caseid="1", drug_seq=f"{n}") for n in range(3)],
        "THER": [
            row("2024Q1", "THER", primaryid="11", caseid="1", drug_seq=f"{n}", start_dt=start, end_dt=end)
            for n, (start, end) in enumerate(dates)
        ],
    }
    write_quarter(tmp_path / "raw", "2024Q1", tables)
    out = run(tmp_path)
    assert pl.read_parquet(out / "report_drugs" / "2024Q1.parquet")["end_day_precision"].to_list() == ["none", "year", "day"]
    assert pl.read_parquet(out / "value_issues.parquet").rows() == [
        ("faers:2024Q1:THER", "end_day", "end_before_start", 1, "20240109")
    ]


def test_rows_without_a_report_leave_with_a_count(tmp_path: Path) -> None:
    stranger = row("2024Q1", "REAC", primaryid="991", caseid="99", pt="Rash")
    own = row("2024Q1", "REAC", primaryid="11", caseid="1", pt="Hallucination, visual")
    write_quarter(tmp_path / "raw", "2024Q1", {"REAC": [stranger, own]})
    out = run(tmp_path)
    assert pl.read_parquet(out / "report_events" / "2024Q1.parquet")["term"].to_list() == ["Hallucination, visual"]
    attrition = pl.read_csv(out / "attrition.csv").filter(pl.col("scope") == "2024Q1:REAC")
    assert attrition.select("reason", "n_left").rows() == [("no_report_row", 1), ("kept", 0)]


def test_a_table_that_is_not_used_is_counted_out(tmp_path: Path) -> None:
    sources = [row("2024Q1", "RPSR", primaryid="11", caseid="1", rpsr_cod=code) for code in ("HP", "CSM")]
    write_quarter(tmp_path / "raw", "2024Q1", {"RPSR": sources})
    attrition = pl.read_csv(run(tmp_path) / "attrition.csv").filter(pl.col("scope") == "2024Q1:RPSR")
    assert attrition.select("reason", "n_left", "n_kept").rows() == [("table_not_used", 2, 0), ("kept", 0, 0)]


def test_seriousness_is_unknown_where_the_quarter_has_no_outcomes(tmp_path: Path) -> None:
    write_quarter(tmp_path / "raw", "2023Q4", {"DEMO": [demo("2023Q4", 5)]})
    outcome = row("2024Q1", "OUTC", primaryid="11", caseid="1", outc_cod="DE")
    write_quarter(tmp_path / "raw", "2024Q1", {"DEMO": [demo("2024Q1", 1), demo("2024Q1", 2)], "OUTC": [outcome]})
    found = reports(run(tmp_path))
    assert [found[f"faers:{case}"]["is_serious"] for case in (5, 1, 2)] == [None, True, False]


def test_the_same_record_twice_in_a_file_keeps_its_children_once(tmp_path: Path) -> None:
    twice = [demo("2012Q4", 8616443, 2, mfr_sndr="A"), demo("2012Q4", 8616443, 2, mfr_sndr="B")]
    reaction = row("2012Q4", "REAC", primaryid="86164432", caseid="8616443", pt="Rash")
    write_quarter(tmp_path / "raw", "2012Q4", {"DEMO": twice, "REAC": [reaction]})
    out = run(tmp_path)
    assert reports(out)["faers:8616443"]["sender"] == "B"
    assert pl.read_parquet(out / "report_events" / "2012Q4.parquet").height == 1
    versions = pl.read_parquet(out / "report_versions" / "2012Q4.parquet")
    assert versions.select("version_id", "status", "reason").rows() == [
        ("faers:2012Q4:86164432", "shown", "latest_version"),
        ("faers:2012Q4:86164432#2", "superseded", "later_copy"),
    ]


def test_quarters_without_any_report_are_an_error(tmp_path: Path) -> None:
    write_quarter(tmp_path / "raw", "2024Q1", {"DEMO": [], "DRUG": [], "REAC": []})
    with pytest.raises(ContractError, match="no quarter holds a report"):
        run(tmp_path)


def test_a_quarter_without_reports_beside_one_with_reports_is_fine(tmp_path: Path) -> None:
    write_quarter(tmp_path / "raw", "2023Q4", {"DEMO": [], "DRUG": [], "REAC": []})
    write_quarter(tmp_path / "raw", "2024Q1", {})
    assert set(reports(run(tmp_path))) == {"faers:1"}


def test_parts_of_quarters_that_are_gone_do_not_stay(tmp_path: Path) -> None:
    for quarter in ("2023Q4", "2024Q1"):
        write_quarter(tmp_path / "raw", quarter, {"DEMO": [demo(quarter, int(quarter[3]))]})
    run(tmp_path)
    for path in sorted((tmp_path / "raw" / "2023Q4").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (tmp_path / "raw" / "2023Q4").rmdir()
    out = run(tmp_path)
    assert [p.name for p in out.rglob("2023Q4.parquet")] == []
    assert set(reports(out)) == {"faers:4"}
