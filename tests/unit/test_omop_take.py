"""Rows of any type are written with types that every reader knows, sorted and in pieces of one size."""

from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from nms_pv.sources.omop import take
from nms_pv.sources.omop.open import open_source
from nms_pv.sources.omop.select import Needed
from nms_pv.sources.omop.source import CdmError
from tests.lib.cdm_files import CDM, write_duckdb, write_parquet


def taken(source: Path, out: Path) -> Path:
    out.mkdir()
    with closing(open_source(str(source), None)) as opened:
        take.take_snapshot(opened, out, Needed([], {}), date(2026, 11, 23))
    return out


def plain(column: pa.Array) -> pa.Array:
    batch = pa.record_batch({"x": column})
    return take._plain(pa.RecordBatchReader.from_batches(batch.schema, [batch])).read_all()["x"].combine_chunks()


@pytest.mark.parametrize(
    ("received", "written"),
    [
        (pa.array(["a", ""]).dictionary_encode(), pa.array(["a", None])),
        (pa.array(["a", None], pa.large_string()), pa.array(["a", None])),
        (pa.array(["a", ""], pa.string_view()), pa.array(["a", None])),
        (pa.array([None, None]), pa.array([None, None], pa.string())),
        (pa.array([1_500, None], pa.timestamp("ns")), pa.array([1, None], pa.timestamp("us"))),
        (pa.array([0], pa.timestamp("s", "+02:00")), pa.array([7_200_000_000], pa.timestamp("us"))),
        (pa.ExtensionArray.from_storage(pa.opaque(pa.string(), "numeric", "x"), pa.array(["1.50"])), pa.array(["1.50"])),
        (pa.array([1, None], pa.int16()), pa.array([1, None], pa.int16())),
    ],
    ids=lambda column: str(column.type),
)
def test_types_become_plain(received: pa.Array, written: pa.Array) -> None:
    assert plain(received).equals(written)


def test_pieces_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = taken(write_parquet(tmp_path / "cdm"), tmp_path / "whole")
    monkeypatch.setattr(take, "_ROWS_AT_A_TIME", 2)
    pieces = taken(tmp_path / "cdm", tmp_path / "pieces")
    for name in ("drug_exposure", "concept", "death", "person"):
        assert pl.read_parquet(pieces / f"{name}.parquet").equals(pl.read_parquet(whole / f"{name}.parquet"))


def test_a_record_of_versions_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = write_duckdb(tmp_path / "cdm.duckdb", {name: frame for name, frame in CDM.items() if name != "cdm_source"})
    with duckdb.connect(path) as connection:
        connection.execute("CREATE VIEW cdm_source AS SELECT CAST(current_setting('schema') AS INT) AS cdm_version")
    with pytest.raises(CdmError, match="table cdm_source cannot be read: Conversion Error"):
        taken(path, tmp_path / "out")


def test_a_path_through_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CdmError, match="cannot be read: Not a directory. Check its permissions"):
        open_source(str(tmp_path / "file" / "cdm.duckdb"), None)
