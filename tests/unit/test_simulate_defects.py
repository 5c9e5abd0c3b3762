from pathlib import Path

import pytest

from nms_pv.simulate.faers.defect_list import DEFECTS
from tests.lib.simulated import member_bytes, raw_lines, rows, simulate, truth

QUARTERS = ["2011Q4", "2012Q4", "2018Q2", "2021Q4", "2025Q4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    return simulate(tmp_path_factory.mktemp("defects"), repository / "study", cases=5000, quarters=QUARTERS)


def planted(folder: Path, quarter: str, table: str, defect: str) -> list[str]:
    """The raw lines in which a defect was planted."""
    lines = raw_lines(folder, quarter, table)
    found = [r for r in truth(folder, "defects") if (r["quarter"], r["table"], r["defect"]) == (quarter, table, defect)]
    return [lines[int(r["line"]) - 1] for r in found]


def count(folder: Path, quarter: str, table: str, defect: str) -> int:
    return sum(
        int(r["count"]) for r in truth(folder, "defects") if (r["quarter"], r["table"], r["defect"]) == (quarter, table, defect)
    )


def test_every_defect_is_planted_in_its_quarters_and_in_no_other(folder: Path) -> None:
    found = {(r["quarter"], r["table"], r["defect"]) for r in truth(folder, "defects") if r["line"]}
    wanted = {
        (quarter, defect.table, defect.name)
        for quarter in QUARTERS
        for defect in DEFECTS
        if defect.first <= quarter <= defect.last and (quarter == QUARTERS[-1] or not defect.only_in_last_quarter)
    }
    assert {(q, t, d) for q, t, d in found if t != "DELETED"} == wanted
    for quarter, table, name in wanted:
        defects = [d for d in DEFECTS if (d.table, d.name) == (table, name) and d.first <= quarter <= d.last]
        assert len(planted(folder, quarter, table, name)) == sum(d.rows for d in defects)


CELLS = [
    ("2011Q4", "DEMO", "embedded_delimiter", "$JP-HOLLIS-$E2B0000000182$"),
    ("2012Q4", "DEMO", "same_record_twice", "$20121231$"),
    ("2021Q4", "DEMO", "impossible_event_date", "$19000101$"),
    ("2025Q4", "DEMO", "date_as_float", ".0$"),
    ("2021Q4", "DEMO", "age_in_days", "$31028$DY$"),
    ("2021Q4", "DEMO", "age_in_decades", "$5$DEC$"),
    ("2021Q4", "DEMO", "age_of_550_years", "$55$DEC$"),
    ("2011Q4", "DEMO", "age_is_text", "$163/6$YR$"),
    ("2021Q4", "DEMO", "weight_in_pounds", "$154$LBS$"),
    ("2021Q4", "DEMO", "weight_zero", "$0.0$KG$"),
    ("2011Q4", "DEMO", "sex_code_unk", "$UNK$"),
    ("2018Q2", "DEMO", "null_as_text", "$NULL$NULL$"),
    ("2012Q4", "DRUG", "quote_in_name", '$"VITAMINS" (NOS)$'),
    ("2011Q4", "DRUG", "control_character_in_name", "GLUCOREL\x08L"),
    ("2018Q2", "DRUG", "byte_not_utf8", "$PR\u00e9PARATION X$"),
    ("2021Q4", "DRUG", "script_in_name", "$<script>alert(1)</script>$"),
    ("2021Q4", "DRUG", "formula_in_name", '$=HYPERLINK("http://example.invalid","x")$'),
    ("2025Q4", "DRUG", "drug_not_administered", "$99$DN$HALOPERIDOL$HALOPERIDOL$"),
]


@pytest.mark.parametrize(("quarter", "table", "defect", "text"), CELLS)
def test_the_line_in_the_truth_holds_the_defect(folder: Path, quarter: str, table: str, defect: str, text: str) -> None:
    lines = planted(folder, quarter, table, defect)
    assert lines
    assert all(text in line for line in lines)


def test_glued_line_holds_two_records_of_thirteen_fields_less_the_shared_one(folder: Path) -> None:
    (line,) = planted(folder, "2011Q4", "DRUG", "glued_records")
    assert len(line.split("$")) == 12 + 13
    others = [len(text.split("$")) for text in raw_lines(folder, "2011Q4", "DRUG")[1:] if text != line]
    assert set(others) == {13}


def test_embedded_delimiter_is_the_only_long_line(folder: Path) -> None:
    header, *lines = raw_lines(folder, "2011Q4", "DEMO")
    usual = header.count("$") + 1
    assert [line for line in lines if line.count("$") != usual] == planted(folder, "2011Q4", "DEMO", "embedded_delimiter")


def test_decoys_have_neither_drugs_nor_reactions(folder: Path) -> None:
    blank = planted(folder, "2011Q4", "DEMO", "blank_case_number")
    numbers = {line.split("$")[0] for line in blank}
    assert len(numbers) == 2
    assert all(line.split("$")[1] == "" for line in blank)
    names = raw_lines(folder, "2011Q4", "DEMO")[0].split("$")
    assert all(line.split("$")[names.index("MFR_NUM")] == "" for line in blank)
    assert not numbers & {row["isr"] for row in rows(folder, "2011Q4", "DRUG") + rows(folder, "2011Q4", "REAC")}


def test_last_row_ends_in_the_middle(folder: Path) -> None:
    content = member_bytes(folder, "2025Q4", "DEMO")
    assert not content.endswith(b"\n")
    (line,) = planted(folder, "2025Q4", "DEMO", "truncated_last_row")
    assert content.endswith(line.encode())
    assert len(line.split("$")) == 13
    assert member_bytes(folder, "2021Q4", "DEMO").endswith(b"\r\n")


def test_one_file_is_not_utf8(folder: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        member_bytes(folder, "2018Q2", "DRUG").decode("utf-8")
    member_bytes(folder, "2021Q4", "DRUG").decode("ascii")


def test_repeated_rows_equal_the_row_above(folder: Path) -> None:
    for quarter, table in (("2011Q4", "DRUG"), ("2021Q4", "DRUG"), ("2021Q4", "REAC")):
        lines = raw_lines(folder, quarter, table)
        for line in planted(folder, quarter, table, "exact_duplicate_row"):
            assert lines.count(line) == 2
            assert lines[lines.index(line) + 1] == line


def test_record_that_stands_twice_differs_in_one_field(folder: Path) -> None:
    lines = raw_lines(folder, "2012Q4", "DEMO")
    for line in planted(folder, "2012Q4", "DEMO", "same_record_twice"):
        above = lines[lines.index(line) - 1]
        assert above.split("$")[0] == line.split("$")[0]
        assert sum(a != b for a, b in zip(above.split("$"), line.split("$"), strict=True)) <= 1


def test_drugs_without_report_have_numbers_that_demo_lacks(folder: Path) -> None:
    for quarter, number in (("2011Q4", "isr"), ("2021Q4", "primaryid")):
        reports = {row[number] for row in rows(folder, quarter, "DEMO")}
        strangers = {line.split("$")[0] for line in planted(folder, quarter, "DRUG", "drug_without_report")}
        assert len(strangers) == 2
        assert not strangers & reports
        assert {row[number] for row in rows(folder, quarter, "DRUG")} - reports == strangers


def test_impossible_starts(folder: Path) -> None:
    found = {line.split("$")[3] for line in planted(folder, "2021Q4", "THER", "impossible_start_date")}
    assert found == {"10190525", "30190930", "19000101"}


def test_a_drug_has_one_number_and_several_rows_since_2025(folder: Path) -> None:
    keys = [(row["primaryid"], row["drug_seq"]) for row in rows(folder, "2025Q4", "DRUG")]
    repeated = len(keys) - len(set(keys))
    assert repeated == count(folder, "2025Q4", "DRUG", "repeated_drug_number") + 2  # and two exact duplicates
    assert repeated > 100
    assert count(folder, "2021Q4", "DRUG", "repeated_drug_number") == 0


def test_defects_of_many_rows_are_counted(folder: Path) -> None:
    masked = sum(row["occr_country"] == "EU" for row in rows(folder, "2025Q4", "DEMO"))
    assert abs(masked - count(folder, "2025Q4", "DEMO", "masked_country")) <= 3  # decoys are copies of rows
    assert masked > 50
    assert not any(row["occr_country"] == "EU" for row in rows(folder, "2021Q4", "DEMO"))
    assert any(int(row["primaryid"]) > 2**31 for row in rows(folder, "2012Q4", "DEMO"))
    assert count(folder, "2012Q4", "DEMO", "record_number_beyond_int32") == 1
    capitals = [row["pt"] for row in rows(folder, "2011Q4", "REAC")]
    assert all(term == term.upper() for term in capitals)
    assert count(folder, "2011Q4", "REAC", "term_in_capitals") + 3 == len(capitals)
    assert "Hallucination, visual" in {row["pt"] for row in rows(folder, "2021Q4", "REAC")}
    assert any(row["drugname"].endswith(".") for row in rows(folder, "2018Q2", "DRUG"))
    assert not any(row["drugname"].endswith(".") for row in rows(folder, "2025Q4", "DRUG"))


def test_no_sign_of_the_writer_is_left_in_a_file(folder: Path) -> None:
    for quarter in QUARTERS:
        for table in ("DEMO", "DRUG", "REAC", "OUTC", "INDI", "THER", "RPSR"):
            assert not {2, 3, 4} & set(member_bytes(folder, quarter, table))


def test_list_of_deleted_cases_has_a_blank_line_and_tabs(folder: Path) -> None:
    assert planted(folder, "2021Q4", "DELETED", "blank_first_line") == [" "]
    tabs = planted(folder, "2021Q4", "DELETED", "tab_after_number")
    assert [line.endswith("\t") for line in tabs] == [True, True]
