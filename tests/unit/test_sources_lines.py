"""Every way in which a raw FAERS line is broken, and what becomes of it (data defects listed in docs/rules.md)."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.sources.faers.header import read_header
from nms_pv.sources.faers.lines import read_records
from nms_pv.sources.faers.rows import Rows, check_rows
from nms_pv.sources.faers.text import SourceError, stage_text
from tests.lib.faers import FAERS, header, row, text

CURRENT, LEGACY = "2024Q1", "2011Q4"


def read(folder: Path, quarter: str, table: str, content: bytes) -> Rows:
    raw = folder / "raw"
    raw.write_bytes(content)
    with raw.open("rb") as stream:
        staged = stage_text(stream, folder / "text", "the file")
    first = staged.path.read_text(encoding="utf-8").split("\n", 1)[0]
    head = read_header(first, FAERS, quarter, table, "the file")
    return check_rows(read_records(staged.path, head), head, FAERS, "the file")


def balance(rows: Rows) -> None:
    assert rows.lines + rows.glued == rows.kept.height + rows.rejected_records + rows.blank + rows.copies


def reac(case: int, term: str) -> str:
    return row(CURRENT, "REAC", primaryid=f"{case}1", caseid=f"{case}", pt=term)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_line_ends_do_not_reach_the_last_column(tmp_path: Path, end: str) -> None:
    rows = read(tmp_path, CURRENT, "OUTC", text(CURRENT, "OUTC", ["11$1$DE", "21$2$HO"], end))
    assert rows.kept["outc_cod"].to_list() == ["DE", "HO"]
    assert rows.kept["source_line"].to_list() == [2, 3]
    balance(rows)


def test_mixed_line_ends(tmp_path: Path) -> None:
    rows = read(tmp_path, CURRENT, "OUTC", b"primaryid$caseid$outc_cod\r\n11$1$DE\n21$2$HO\r\n31$3$OT")
    assert rows.kept["outc_cod"].to_list() == ["DE", "HO", "OT"]


def test_byte_order_mark_and_misspelled_headers_of_2012q4(tmp_path: Path) -> None:
    raw = "\ufeff" + "$".join(header("2012Q4", "DRUG")) + "\n" + row("2012Q4", "DRUG", primaryid="11", caseid="1", lot_num="L7")
    rows = read(tmp_path, "2012Q4", "DRUG", raw.encode())
    assert "lot_nbr" in raw
    assert rows.kept.select("primaryid", "lot_num").row(0) == ("11", "L7")


def test_blank_before_a_header_name(tmp_path: Path) -> None:
    names = ["primaryid", "caseid", " outc_cod"]
    rows = read(tmp_path, CURRENT, "OUTC", ("$".join(names) + "\n11$1$DE\n").encode())
    assert rows.kept["outc_cod"].to_list() == ["DE"]


def test_trailing_delimiter_of_legacy_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, LEGACY, "REAC", b"ISR$PT\r\n11$NAUSEA$\r\n12$FEVER$\r\n")
    assert rows.kept["pt"].to_list() == ["NAUSEA", "FEVER"]
    balance(rows)


def test_trailing_delimiter_in_the_header_too(tmp_path: Path) -> None:
    rows = read(tmp_path, LEGACY, "REAC", b"ISR$PT$\r\n11$NAUSEA$\r\n")
    assert rows.kept["pt"].to_list() == ["NAUSEA"]


def test_the_name_r_gives_to_the_empty_field_after_a_trailing_delimiter(tmp_path: Path) -> None:
    rows = read(tmp_path, LEGACY, "REAC", b"isr$pt$v3\n11$NAUSEA$\n12$FEVER$\n")
    assert rows.kept.columns == ["source_line", "primaryid", "pt"]
    with pytest.raises(SourceError, match="trailing"):
        read(tmp_path, LEGACY, "REAC", b"isr$pt$v3\n11$NAUSEA$surprise\n")


def test_two_glued_legacy_records_are_split(tmp_path: Path) -> None:
    first, second = (
        row(LEGACY, "DRUG", primaryid=i, drugname=n, nda_num="021487") for i, n in (("7941353", "A"), ("7941354", "B"))
    )
    last = row(LEGACY, "DRUG", primaryid="7941355", drugname="C")
    rows = read(tmp_path, LEGACY, "DRUG", text(LEGACY, "DRUG", [first + second, last]))
    assert rows.kept.select("primaryid", "drugname", "source_line").rows() == [
        ("7941353", "A", 2),
        ("7941354", "B", 2),
        ("7941355", "C", 3),
    ]
    assert (rows.lines, rows.glued) == (2, 1)
    balance(rows)


def test_two_glued_current_records_are_split_where_the_break_is_certain(tmp_path: Path) -> None:
    glued = reac(11003106, "Fall") + "5" + reac(26127610, "Rash")
    rows = read(tmp_path, CURRENT, "REAC", text(CURRENT, "REAC", [glued]))
    assert rows.kept.select("primaryid", "pt", "drug_rec_act").rows() == [
        ("110031061", "Fall", "5"),
        ("261276101", "Rash", None),
    ]
    balance(rows)


def test_glued_current_records_without_a_certain_break_are_rejected(tmp_path: Path) -> None:
    glued = reac(11, "Fall") + "11" + reac(11, "Rash")
    rows = read(tmp_path, CURRENT, "REAC", text(CURRENT, "REAC", [glued, reac(12, "Fever")]))
    assert rows.kept["pt"].to_list() == ["Fever"]
    assert rows.rejected.select("source_line", "text", "reasons").rows() == [(2, glued, "too_many_fields")]
    balance(rows)


@pytest.mark.parametrize("quarter", [CURRENT, LEGACY])
def test_delimiter_inside_a_value_is_rejected_not_guessed(tmp_path: Path, quarter: str) -> None:
    bad = row(quarter, "DEMO", primaryid="81299321", caseid="8129932", mfr_num="JP-CUBIST-$E2B0000000182")
    good = row(quarter, "DEMO", primaryid="81299331", caseid="8129933")
    rows = read(tmp_path, quarter, "DEMO", text(quarter, "DEMO", [bad, good]))
    assert rows.kept["caseid"].to_list() == ["8129933"]
    assert rows.rejected.select("text", "reasons").rows() == [(bad, "too_many_fields")]
    balance(rows)


def test_delimiter_inside_a_value_before_empty_fields_is_not_taken_for_a_trailing_one(tmp_path: Path) -> None:
    bad = "11$1$Hot $ flush$"
    rows = read(tmp_path, CURRENT, "REAC", text(CURRENT, "REAC", [bad, reac(12, "Fever"), reac(13, "Rash")]))
    assert rows.rejected["text"].to_list() == [bad]


def test_a_legacy_row_that_lost_a_field_has_too_few(tmp_path: Path) -> None:
    rows = read(tmp_path, LEGACY, "REAC", b"ISR$PT\r\n11$\r\n12$FEVER$\r\n13$RASH$\r\n")
    assert rows.rejected.select("source_line", "reasons").rows() == [(2, "too_few_fields")]


def test_glued_records_come_apart_behind_a_letter_of_several_bytes(tmp_path: Path) -> None:
    glued = "110031061$11003106$Fall$Café2612761012$26127610$Rash$"
    rows = read(tmp_path, CURRENT, "REAC", text(CURRENT, "REAC", [glued]))
    assert rows.kept.select("primaryid", "pt", "drug_rec_act").rows() == [
        ("110031061", "Fall", "Café"),
        ("2612761012", "Rash", None),
    ]


def test_last_row_cut_in_the_middle(tmp_path: Path) -> None:
    content = text(CURRENT, "DEMO", [row(CURRENT, "DEMO", primaryid="11", caseid="1")]) + b"21$2$1$I$2024"
    rows = read(tmp_path, CURRENT, "DEMO", content)
    assert rows.kept["caseid"].to_list() == ["1"]
    assert rows.rejected.select("source_line", "reasons").rows() == [(3, "too_few_fields;last_line_cut")]
    balance(rows)


def test_last_row_without_line_end_is_kept_when_complete(tmp_path: Path) -> None:
    rows = read(tmp_path, CURRENT, "OUTC", b"primaryid$caseid$outc_cod\n11$1$DE")
    assert rows.kept.height == 1


def test_quotes_are_text(tmp_path: Path) -> None:
    line = row(CURRENT, "DRUG", primaryid="11", caseid="1", drugname='"VITAMINS" (NOS)')
    rows = read(tmp_path, CURRENT, "DRUG", text(CURRENT, "DRUG", [line]))
    assert rows.kept["drugname"].to_list() == ['"VITAMINS" (NOS)']


def test_bytes_that_are_not_utf8_are_read_as_cp1252(tmp_path: Path) -> None:
    line = row(CURRENT, "DRUG", primaryid="11", caseid="1", drugname="CAF#").encode().replace(b"#", b"\xc9")
    rows = read(tmp_path, CURRENT, "DRUG", text(CURRENT, "DRUG", []) + line + b"\n")
    assert rows.kept["drugname"].to_list() == ["CAFÉ"]


def test_exact_copies_are_dropped_and_counted_but_other_rows_of_the_drug_stay(tmp_path: Path) -> None:
    drug = [row(CURRENT, "DRUG", primaryid="11", caseid="1", dose_vbm=dose) for dose in ("5 mg", "5 mg", "10 mg")]
    rows = read(tmp_path, CURRENT, "DRUG", text(CURRENT, "DRUG", drug))
    assert rows.kept["source_line"].to_list() == [2, 4]
    assert rows.copies == 1
    balance(rows)


def test_blank_lines_are_counted(tmp_path: Path) -> None:
    rows = read(tmp_path, CURRENT, "OUTC", b"primaryid$caseid$outc_cod\n11$1$DE\n\n  \n21$2$HO\n")
    assert (rows.blank, rows.kept.height) == (2, 2)
    balance(rows)


def test_a_rejected_row_has_all_its_reasons(tmp_path: Path) -> None:
    rows = read(tmp_path, CURRENT, "REAC", text(CURRENT, "REAC", ["x1$$$", reac(2, "Rash")]))
    assert rows.rejected["reasons"].to_list() == ["primaryid_not_a_number;caseid_missing;pt_missing"]
    balance(rows)


def test_identifiers_beyond_int32_and_with_the_zero_of_pandas_stay_text(tmp_path: Path) -> None:
    rows = read(tmp_path, CURRENT, "OUTC", b"primaryid$caseid$outc_cod\n13825291115$13825291$DE\n21.0$2.0$HO\n")
    assert rows.kept["primaryid"].to_list() == ["13825291115", "21.0"]
    assert rows.kept.schema["primaryid"] == pl.String


def test_git_lfs_pointer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Git-LFS pointer"):
        read(tmp_path, CURRENT, "OUTC", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n")


def test_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is empty"):
        read(tmp_path, CURRENT, "OUTC", b"")


@pytest.mark.parametrize("nothing", ["", "NA", "NULL"])
def test_a_column_that_is_never_empty_stops_the_run(tmp_path: Path, nothing: str) -> None:
    lines = [row(CURRENT, "DRUG", primaryid=f"{i}1", caseid=f"{i}", prod_ai=nothing) for i in (1, 2)]
    with pytest.raises(SourceError, match=r"the file: the columns \['prod_ai'\] are empty in all 2 rows"):
        read(tmp_path, CURRENT, "DRUG", text(CURRENT, "DRUG", lines))


def test_a_usually_filled_column_may_be_empty_in_a_small_file_only(tmp_path: Path) -> None:
    lines = [row(CURRENT, "THER", primaryid=f"{i}1", caseid=f"{i}", end_dt="2023") for i in range(1, 1001)]
    assert read(tmp_path, CURRENT, "THER", text(CURRENT, "THER", lines[:999])).kept.height == 999
    with pytest.raises(SourceError, match="start_dt"):
        read(tmp_path, CURRENT, "THER", text(CURRENT, "THER", lines))


def test_unknown_and_absent_columns_are_named_together() -> None:
    with pytest.raises(SourceError, match=r"unknown columns \['outcome'\].*columns \['outc_cod'\] are expected in 2024Q1"):
        read_header("primaryid$caseid$outcome", FAERS, CURRENT, "OUTC", "OUTC24Q1.txt")
    with pytest.raises(SourceError, match="more than once"):
        read_header("primaryid$caseid$caseid$outc_cod", FAERS, CURRENT, "OUTC", "OUTC24Q1.txt")


def test_a_file_in_capitals_or_small_letters_has_the_same_columns() -> None:
    assert read_header("PRIMARYID$CASEID$OUTC_COD", FAERS, CURRENT, "OUTC", "x") == read_header(
        "primaryid$caseid$outc_cod", FAERS, CURRENT, "OUTC", "x"
    )
