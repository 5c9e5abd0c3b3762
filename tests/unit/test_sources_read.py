"""Whole quarters: what is read, what stops the run, and that every line is accounted for."""

import csv
from pathlib import Path

import polars as pl
import pytest

from nms_pv.sources.faers.header import read_header
from nms_pv.sources.faers.layout import lay_out
from nms_pv.sources.faers.read import write_sources
from nms_pv.sources.faers.record import KeptFile, read_record, sha256_of, write_record
from nms_pv.sources.faers.text import SourceError
from tests.lib.faers import FAERS, row, write_quarter

QUARTER = "2024Q1"


def demo(case: int, **values: str) -> str:
    return row(QUARTER, "DEMO", primaryid=f"{case}1", caseid=f"{case}", **values)


def test_layer_accounts_for_every_line(tmp_path: Path) -> None:
    write_quarter(
        tmp_path / "raw", QUARTER, {"DEMO": [demo(1), demo(1), "", "x$y", demo(2)]}, deleted=b" \r\n77$\r\n77\r\nabc\t\r\n88\t"
    )
    write_sources(tmp_path / "raw", tmp_path / "out", FAERS, None)
    attrition = pl.read_csv(tmp_path / "out" / "attrition.csv")
    assert attrition.filter(pl.col("n_in") - pl.col("n_left") != pl.col("n_kept")).is_empty()
    assert attrition.filter(pl.col("scope") == "2024Q1:DEMO").select("reason", "n_left").rows() == [
        ("blank_line", 1),
        ("quarantined", 1),
        ("exact_copy_of_a_row", 1),
        ("kept", 0),
    ]
    rows = pl.read_parquet(tmp_path / "out" / "rows" / "DEMO" / "2024Q1.parquet")
    assert rows.select("source_id", "source_line", "caseid").rows() == [
        ("faers:2024Q1:DEMO", 2, "1"),
        ("faers:2024Q1:DEMO", 6, "2"),
    ]
    quarantine = pl.read_parquet(tmp_path / "out" / "quarantine.parquet")
    assert quarantine.select("source_id", "source_line", "text", "reasons").rows() == [
        ("faers:2024Q1:DELETED", 4, "abc\t", "caseid_not_a_number"),
        ("faers:2024Q1:DEMO", 5, "x$y", "too_few_fields"),
    ]
    deleted = pl.read_parquet(tmp_path / "out" / "deleted_cases.parquet")
    assert deleted.select("caseid", "quarter", "source_line").rows() == [(77, "2024Q1", 2), (88, "2024Q1", 5)]


def test_every_quarter_of_a_table_has_the_same_columns(tmp_path: Path) -> None:
    for quarter in ("2011Q4", "2013Q1", QUARTER):
        write_quarter(tmp_path / "raw", quarter, {})
    write_sources(tmp_path / "raw", tmp_path / "out", FAERS, None)
    schemas = {tuple(pl.read_parquet_schema(path).items()) for path in (tmp_path / "out" / "rows" / "DRUG").glob("*.parquet")}
    assert len(schemas) == 1


@pytest.mark.parametrize("table", ["DEMO", "DRUG", "REAC"])
def test_missing_core_table_stops_the_run(tmp_path: Path, table: str) -> None:
    folder = write_quarter(tmp_path / "raw", QUARTER, {})
    (folder / "ascii" / f"{table}24Q1.txt").unlink()
    with pytest.raises(SourceError, match=rf"the tables \['{table}'\] of 2024Q1 are missing.*Download"):
        lay_out(tmp_path / "raw", FAERS)


def test_two_files_for_one_table_stop_the_run(tmp_path: Path) -> None:
    folder = write_quarter(tmp_path / "raw", QUARTER, {})
    (folder / "DEMO24Q1_new.txt").write_bytes(b"x")
    with pytest.raises(SourceError, match="both .* are table DEMO; keep one"):
        lay_out(tmp_path / "raw", FAERS)


def test_nothing_to_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nms-pv add faers"):
        lay_out(tmp_path / "raw", FAERS)


def test_registered_files_must_be_those_that_were_added(tmp_path: Path) -> None:
    raw, record = tmp_path / "raw", tmp_path / "files.csv"
    write_quarter(raw, QUARTER, {})
    files = [
        KeptFile(QUARTER, p.relative_to(raw).as_posix(), p.stat().st_size, sha256_of(p), "faers_ascii_2024q1.zip", "2026-11-22")
        for p in raw.rglob("*.txt")
    ]
    write_record(files, record)
    assert read_record(record) == sorted(files, key=lambda f: f.file)
    write_sources(raw, tmp_path / "out", FAERS, read_record(record))
    first = pl.read_parquet(tmp_path / "out" / "files.parquet").row(0, named=True)
    assert (first["origin"], first["retrieved"]) == ("faers_ascii_2024q1.zip", "2026-11-22")

    changed = raw / QUARTER / "ascii" / "REAC24Q1.txt"
    changed.write_bytes(changed.read_bytes().replace(b"Nausea", b"Nauseb"))
    (raw / QUARTER / "ascii" / "DRUG24Q1.txt").unlink()
    (raw / QUARTER / "new.txt").write_bytes(b"")
    with pytest.raises(SourceError) as error:
        write_sources(raw, tmp_path / "out", FAERS, read_record(record))
    for part in (
        "DRUG24Q1.txt was added but is absent",
        "REAC24Q1.txt is not the file that was added",
        "new.txt was never added",
    ):
        assert part in str(error.value)


@pytest.mark.shared
def test_column_map_covers_every_header_of_all_quarters(shared: Path) -> None:
    with (shared / "data" / "faers_layout" / "layout.csv").open(encoding="utf-8", newline="") as file:
        layout = [r for r in csv.DictReader(file) if r["table"] != "stat"]
    assert len({r["quarter"] for r in layout}) == 90
    for entry in layout:
        table, quarter = entry["table"].upper(), entry["quarter"].upper()
        head = read_header(entry["columns"].replace(";", "$"), FAERS, quarter, table, entry["member"])
        assert head.width == len(entry["columns"].split(";"))
