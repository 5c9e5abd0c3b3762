import csv
import zipfile
from pathlib import Path

import pytest

from nms_pv.simulate.faers.layout import columns, deleted_member, table_member, zip_name
from nms_pv.simulate.faers.quarters import Span, span
from nms_pv.spec.source import FaersSpec, load_faers
from tests.lib.simulated import archive_of, raw_lines, simulate


@pytest.fixture(scope="module")
def faers(repository: Path) -> FaersSpec:
    return load_faers(repository / "study")


def quarter(label: str, faers: FaersSpec) -> Span:
    return span(label, faers.rules)


def header(label: str, table: str, faers: FaersSpec) -> str:
    return "$".join(raw for raw, _ in columns(quarter(label, faers), table, faers))


def test_headers_stand_in_the_order_of_the_source(faers: FaersSpec) -> None:
    assert header("2004Q1", "DEMO", faers).endswith("$death_dt$to_mfr$confid")
    assert header("2011Q4", "DEMO", faers).endswith("$to_mfr$confid$reporter_country")
    assert header("2012Q4", "DEMO", faers) == (
        "primaryid$caseid$caseversion$i_f_code$event_dt$mfr_dt$init_fda_dt$fda_dt$rept_cod$mfr_num$mfr_sndr$age$age_cod$gndr_cod"
        "$e_sub$wt$wt_cod$ rept_dt$to_mfr$occp_cod$reporter_country$occr_country"
    )
    assert "$dechal$rechal$lot_nbr$exp_dt$" in header("2012Q4", "DRUG", faers)
    assert "$dechal$rechal$lot_num$exp_dt$" in header("2013Q1", "DRUG", faers)
    assert header("2024Q1", "DEMO", faers) == (
        "primaryid$caseid$caseversion$i_f_code$event_dt$mfr_dt$init_fda_dt$fda_dt$rept_cod$auth_num$mfr_num$mfr_sndr$lit_ref$age"
        "$age_cod$age_grp$sex$e_sub$wt$wt_cod$rept_dt$to_mfr$occp_cod$reporter_country$occr_country"
    )
    assert header("2024Q1", "REAC", faers) == "primaryid$caseid$pt$drug_rec_act"


@pytest.mark.parametrize(
    ("label", "archive", "demo", "deleted"),
    [
        ("2011Q4", "aers_ascii_2011q4.zip", "ascii/DEMO11Q4.TXT", None),
        ("2012Q4", "faers_ascii_2012q4.zip", "ascii/demo12q4.txt", None),
        ("2013Q3", "faers_ascii_2013q3.zip", "ASCII/DEMO13Q3.txt", None),
        ("2018Q1", "faers_ascii_2018q1.zip", "ascii/DEMO18Q1_new.txt", None),
        ("2019Q4", "faers_ascii_2019Q4.zip", "ascii/DEMO19Q4.txt", "deleted/ADR19Q4DeletedCases.txt"),
        ("2020Q2", "faers_ascii_2020Q2.zip", "ASCII/DEMO20Q2.txt", "DELETED/ADR20Q2DeletedCases.txt"),
        ("2020Q3", "faers_ascii_2020Q3.zip", "ASCII/DEMO20Q3.txt", "Deleted/ADR20Q3DeletedCases.txt"),
        ("2021Q1", "faers_ascii_2021Q1.zip", "ASCII/DEMO21Q1.txt", "Deleted/21Q1DeletedCases.txt"),
        ("2024Q1", "faers_ascii_2024Q1.zip", "ASCII/DEMO24Q1.txt", "Deleted/DELETE24Q1.txt"),
    ],
)
def test_files_are_named_as_the_source_names_them(
    label: str, archive: str, demo: str, deleted: str | None, faers: FaersSpec
) -> None:
    here = quarter(label, faers)
    assert (zip_name(here), table_member(here, "DEMO")) == (archive, demo)
    if deleted:
        assert deleted_member(here) == deleted


@pytest.mark.shared
def test_every_published_quarter_has_the_published_members_and_headers(shared: Path, faers: FaersSpec) -> None:
    with (shared / "data" / "faers_layout" / "layout.csv").open(encoding="utf-8", newline="") as file:
        published = [row for row in csv.DictReader(file) if row["table"] != "stat"]
    wrong = []
    for row in published:
        here, table = quarter(row["quarter"].upper(), faers), row["table"].upper()
        # The inventory was made with tidy names: the blank before rept_dt in 2012Q4 and the byte order mark are not in it.
        ours = [raw.strip() for raw, _ in columns(here, table, faers)]
        if table_member(here, table) != row["member"] or ours != row["columns"].removeprefix("\ufeff").split(";"):
            wrong.append((row["quarter"], table))
    assert len(published) == 90 * 7
    assert not wrong


@pytest.mark.shared
def test_deleted_lists_are_named_as_published(shared: Path, faers: FaersSpec) -> None:
    with (shared / "data" / "faers_layout" / "members.csv").open(encoding="utf-8", newline="") as file:
        members = {(row["quarter"].upper(), row["member"]) for row in csv.DictReader(file)}
    labels = sorted({label for label, _ in members})
    missing = [l for l in labels if l >= "2019Q1" and (l, deleted_member(quarter(l, faers))) not in members]  # noqa: E741
    assert not missing


def test_bytes_of_each_era(tmp_path: Path, repository: Path) -> None:
    folder = simulate(tmp_path, repository / "study", cases=500, quarters=["2006Q1", "2012Q4", "2017Q4", "2018Q1", "2026Q1"])
    content = {}
    for path in (folder / "raw").glob("*/*.zip"):
        with zipfile.ZipFile(path) as archive:
            content |= {name: archive.read(name) for name in archive.namelist()}
    legacy = content["ascii/DRUG06Q1.TXT"].split(b"\r\n")
    assert legacy[0] == b"ISR$DRUG_SEQ$ROLE_COD$DRUGNAME$VAL_VBM$ROUTE$DOSE_VBM$DECHAL$RECHAL$LOT_NUM$EXP_DT$NDA_NUM$"
    assert {line.count(b"$") for line in legacy[1:-1]} == {12}
    assert legacy[-1] == b""
    assert content["ascii/drug12q4.txt"].startswith(b"\xef\xbb\xbfprimaryid$")
    assert content["ascii/demo12q4.txt"].startswith(b"primaryid$")
    assert b"\r" not in content["ascii/REAC17Q4.txt"]
    assert content["ascii/REAC18Q1.txt"].count(b"\r\n") == content["ascii/REAC18Q1.txt"].count(b"\n")
    assert not content["Deleted/DELETE26Q1.txt"].startswith(b" ")
    assert content["SIMULATED.txt"].startswith(b"SIMULATED")


def test_deleted_list_opens_with_a_blank_line(tmp_path: Path, repository: Path) -> None:
    folder = simulate(tmp_path, repository / "study", cases=300, quarters=["2021Q4"])
    first, *lines = raw_lines(folder, "2021Q4", "DELETED")
    assert first == " "
    assert all(line.strip().isdigit() for line in lines)
    assert archive_of(folder, "2021Q4").name == "faers_ascii_2021Q4.zip"


def test_first_quarter_with_lists_has_a_second_one(tmp_path: Path, repository: Path) -> None:
    folder = simulate(tmp_path, repository / "study", cases=300, quarters=["2019Q1"])
    with zipfile.ZipFile(archive_of(folder, "2019Q1")) as archive:
        lists = {name: archive.read(name).split() for name in archive.namelist() if name.startswith("deleted/")}
    both = lists["deleted/ADR19Q1DeletedCases.txt"], lists["deleted/AllDeletedCases.txt"]
    assert set(both[1]) < set(both[0])


def test_quarter_before_the_first_published_is_refused(faers: FaersSpec) -> None:
    with pytest.raises(ValueError, match="2003Q4 cannot be simulated; the first published quarter is 2004Q1"):
        quarter("2003Q4", faers)


def test_the_change_of_systems_divides_2012(faers: FaersSpec) -> None:
    before, after = quarter("2012Q3", faers), quarter("2012Q4", faers)
    assert after.first_day == before.last_day + 1 == 15580  # 28 August 2012
    assert (before.is_current, after.is_current) == (False, True)
    assert before.first_case + before.room == after.first_case
    assert quarter("2024Q4", faers).last_day + 1 == quarter("2025Q1", faers).first_day
