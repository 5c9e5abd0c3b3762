"""What cannot be used is refused with its name and what to do; nothing of a source is run, followed or repeated."""

import gzip
import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from nms_pv.sources.omop.open import open_source
from nms_pv.sources.omop.register import needed_by
from nms_pv.sources.omop.select import Needed, first_rows, literal, select
from nms_pv.sources.omop.source import CdmError, Dialect, Found, lowered, said
from nms_pv.sources.omop.tables import find_tables
from nms_pv.sources.omop.take import take_snapshot
from nms_pv.spec.strict import StudyError
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.snapshot import read_snapshot_record
from tests.lib.cdm_files import CDM, FORMS, Tables, write_csv, write_duckdb, write_parquet, write_sqlite

SECRET = "s3cr3t-Pa55"


def take(source: Path | str, out: Path, schema: str | None = None) -> pl.DataFrame:
    out.mkdir(parents=True)
    with closing(open_source(str(source), schema)) as opened:
        take_snapshot(opened, out, Needed([], {}), date(2026, 11, 23))
    return read_snapshot_record(out)


def refused(source: Path | str, said: str, out: Path, schema: str | None = None) -> None:
    with pytest.raises(CdmError, match=said):
        take(source, out, schema)


def without(name: str) -> Tables:
    return {other: frame for other, frame in CDM.items() if other != name}


@pytest.mark.parametrize("form", FORMS)
def test_missing_tables_and_columns_are_all_named(tmp_path: Path, form: str) -> None:
    tables = {**without("death"), "person": CDM["person"].drop("person_id"), "concept": CDM["concept"].drop("concept_code")}
    path = FORMS[form](tmp_path / "cdm", tables)
    said = (
        r"cdm: table person has no column person_id \(its columns: gender_concept_id, .*table death is missing; table concept "
        r"has no column concept_code .*Tables found that are read: .*add an empty table with the CDM's columns"
    )
    refused(path, said, tmp_path / "out")


@pytest.mark.parametrize("form", FORMS)
def test_optional_columns_may_be_absent_and_tables_empty(tmp_path: Path, form: str) -> None:
    drugs = CDM["drug_exposure"].drop("days_supply", "drug_source_concept_id", "drug_concept_id")
    path = FORMS[form](tmp_path / "cdm", {**CDM, "drug_exposure": drugs, "death": CDM["death"].clear()})
    record = take(path, tmp_path / "out")
    assert dict(record.select("table", "rows").iter_rows())["death"] == 0
    assert "days_supply" not in pl.read_parquet_schema(tmp_path / "out/drug_exposure.parquet")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_vocabulary_is_refused(tmp_path: Path, form: str) -> None:
    path = FORMS[form](tmp_path / "cdm", {**CDM, "concept": CDM["concept"].clear()})
    refused(path, "table concept has no rows that the study needs, so the vocabulary is empty .*athena", tmp_path / "out")


def as_eunomia(name: str) -> pl.DataFrame:
    """A table that was empty, as Eunomia's DuckDB file has it: the header as its only row."""
    names = [column.upper() for column in CDM[name].columns]
    return pl.DataFrame({f"column{number}": [column] for number, column in enumerate(names)})


def test_a_header_as_the_only_row_names_the_columns(tmp_path: Path) -> None:
    path = write_duckdb(tmp_path / "cdm.duckdb", {**CDM, "death": as_eunomia("death")})
    assert dict(take(path, tmp_path / "out").select("table", "rows").iter_rows())["death"] == 1
    assert pl.read_parquet(tmp_path / "out/death.parquet").rows(named=True) == [
        {"person_id": "PERSON_ID", "death_date": "DEATH_DATE"}
    ]
    concept = write_duckdb(tmp_path / "concept.duckdb", {**CDM, "concept": as_eunomia("concept")})
    refused(concept, "the vocabulary is empty", tmp_path / "other")


def test_columns_without_names_and_with_rows_are_refused(tmp_path: Path) -> None:
    twice = pl.concat([as_eunomia("death"), as_eunomia("death")])
    path = write_duckdb(tmp_path / "cdm.duckdb", {**CDM, "death": twice})
    refused(path, r"table death has no column person_id, death_date \(its columns: column0, column1\)", tmp_path / "out")


def test_versions_are_told_where_they_are_stated(tmp_path: Path) -> None:
    for number, tables in enumerate(
        (
            without("vocabulary"),
            {**CDM, "vocabulary": CDM["vocabulary"].head(1)},
            {**CDM, "vocabulary": CDM["vocabulary"].rename({"vocabulary_id": "a", "vocabulary_version": "b"})},
        )
    ):
        record = take(write_parquet(tmp_path / f"cdm{number}", tables), tmp_path / f"out{number}")
        assert set(record["vocabulary_version"]) == {"old"}
    bare = {name: frame for name, frame in CDM.items() if name in CDM_TABLES}
    assert set(take(write_parquet(tmp_path / "bare", bare), tmp_path / "out")["cdm_version"]) == {None}


@pytest.mark.parametrize(
    ("version", "warning"), [("5.3.1", None), ("CDM v5.4", None), ("v6.0", "states version 'v6.0'"), (None, "states no version")]
)
def test_another_version_is_a_warning(tmp_path: Path, version: str | None, warning: str | None) -> None:
    stated = CDM["cdm_source"].with_columns(pl.lit(version, pl.String).alias("cdm_version"))
    opened = open_source(str(write_parquet(tmp_path / "cdm", {**CDM, "cdm_source": stated})), None)
    (tmp_path / "out").mkdir()
    warnings = take_snapshot(opened, tmp_path / "out", Needed([], {}), date(2026, 11, 23))
    assert [warning in found for found in warnings] == ([True] if warning else []) if warning else warnings == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file or folder"),
        (b"", "neither a DuckDB nor an SQLite file"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git-LFS pointer.*git lfs pull"),
        (b"PK\x03\x04", "is packed: unpack it first"),
        (b"PAR1" + b"\0" * 20, "give the folder that holds all tables"),
        (b"SQLite format 3\x00" + b"\0" * 20, "SQLite cannot open it"),
        (b"\0" * 8 + b"DUCK" + b"\0" * 40, "DuckDB cannot open it"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "cdm.duckdb"
    if content is not None:
        path.write_bytes(content)
    refused(path, said, tmp_path / "out")


def test_files_are_recognised_by_content(tmp_path: Path) -> None:
    duck, lite = write_duckdb(tmp_path / "a@b=c.sqlite"), write_sqlite(tmp_path / "data.duckdb")
    assert set(take(duck, tmp_path / "duck")["format"]) == {"duckdb"}
    assert set(take(lite, tmp_path / "lite")["format"]) == {"sqlite"}


def test_a_folder_may_hold_other_files_and_folders_of_files(tmp_path: Path) -> None:
    folder = write_parquet(tmp_path / "cdm")
    (folder / "README.csv").write_text("not a table")
    (folder / "person" / "_SUCCESS.csv").write_text("x")
    (folder / "cost").mkdir()
    (folder / "cost" / "death.parquet").write_text("x")
    assert take(folder, tmp_path / "out")["rows"].to_list() == [CDM[name].height for name in sorted(CDM_TABLES)]


@pytest.mark.parametrize("name", ["PERSON.csv", "Person.parquet", "person/more.csv", "person/deep/part.parquet"])
def test_two_files_for_one_table_are_refused(tmp_path: Path, name: str) -> None:
    folder = write_parquet(tmp_path / "cdm")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes((folder / "person/part-0.parquet").read_bytes())
    refused(folder, "all look like table person, and only one can be. Move the others away", tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no header of distinct column names"),
        (b"person_id,PERSON_ID\n1,2\n", "is no header of distinct column names"),
        (b"person_id,\n1,2\n", "is no header of distinct column names"),
        (b"person_id,\xff\n1,2\n", "cannot be read as UTF-8 text"),
        (b"person_id,death_date\n1,caf\xe9\n", "table death cannot be read: .*Line: 2"),
        (b"person_id,death_date\n1,2020-01-01\n2\n", "table death cannot be read: .*Expected Number of Columns: 2 Found: 1"),
        (b"person_id,death_date\n1,2020-01-01,3\n", "table death cannot be read: .*Expected Number of Columns: 2 Found: 3"),
    ],
)
def test_text_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    folder = write_csv(tmp_path / "cdm")
    (folder / "DEATH.csv").write_bytes(content)
    refused(folder, said, tmp_path / "out")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "cdm")
    (folder / "MEASUREMENT.CSV.GZ").write_bytes(gzip.compress(b"a,b\n")[:12])
    refused(folder, "MEASUREMENT.CSV.GZ: cannot be read as UTF-8 text", tmp_path / "out")
    folder = write_parquet(tmp_path / "parquet")
    (folder / "death.parquet").write_bytes(b"PAR1 not")
    refused(folder, "death.parquet: cannot be read as parquet", tmp_path / "other")


def test_files_of_one_table_have_one_header(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "cdm")
    (folder / "DEATH.csv").unlink()
    (folder / "death").mkdir()
    for number, header in enumerate(("person_id,death_date", "PERSON_ID,death_date")):
        (folder / "death" / f"{number}.csv").write_text(f"{header}\n1,2020-01-01\n")
    refused(folder, "1.csv: its first line is not that of 0.csv", tmp_path / "out")


def test_a_tab_separated_file_is_quoted_only_if_its_header_is(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "cdm")
    header = ["concept_id", "concept_name", "vocabulary_id", "concept_code"]
    (folder / "CONCEPT.csv").write_text("\t".join(header) + '\n1\t6" tube\tSNOMED\tx\n')
    take(folder, tmp_path / "plain")
    assert pl.read_parquet(tmp_path / "plain/concept.parquet")["concept_name"].to_list() == ['6" tube']
    (folder / "CONCEPT.csv").write_text("\t".join(f'"{name}"' for name in header) + '\n1\t"6"" tube"\t"SNOMED"\t"x"\n')
    take(folder, tmp_path / "quoted")
    assert pl.read_parquet(tmp_path / "quoted/concept.parquet")["concept_name"].to_list() == ['6" tube']


def test_names_that_differ_only_in_case_are_refused() -> None:
    with pytest.raises(CdmError, match="death has 'person_id' and 'PERSON_ID', and only one can be meant. Rename one"):
        lowered(["person_id", "PERSON_ID"], "death", "cdm")


class OneTable:
    """A source with given tables and no rows."""

    name = "given"
    dialect = Dialect()

    def __init__(self, *tables: Found) -> None:
        self._tables = list(tables)

    def tables(self) -> list[Found]:
        return self._tables

    def read(self, query: str) -> pa.RecordBatchReader:
        raise AssertionError(query)

    def close(self) -> None:
        pass


def test_two_tables_of_one_name_are_refused() -> None:
    found = [Found(("s", name), {"person_id": "person_id"}, "postgresql", "x") for name in ("Person", "PERSON")]
    with pytest.raises(CdmError, match="'Person' and 'PERSON' both look like table person"):
        find_tables(OneTable(*found))


@pytest.mark.parametrize(
    "source",
    [
        f"postgresql://me:{SECRET}@host/db",
        f"postgresql://host/db?password={SECRET}",
        f"postgresql://host/db#{SECRET}",
        f"postgresql://host/{SECRET}/more",
        f"postgres://me:{SECRET}@host/db",
        f"jdbc:postgresql://host/db?password={SECRET}",
        f"host=h password={SECRET}",
        f"me:{SECRET}@host",
        f"spark:a;{SECRET}",
    ],
)
def test_an_address_with_a_secret_is_refused_without_repeating_it(
    source: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(CdmError) as refusal:
        open_source(source, None)
    told = [refusal.value, refusal.value.__cause__, refusal.value.__context__, caplog.text, *capfd.readouterr()]
    assert SECRET not in repr(told)


def test_the_password_of_the_environment_is_never_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    assert said(ValueError(f"no entry for {SECRET}\nhere. Possible fixes: none")) == "no entry for *** here."
    with pytest.raises(CdmError) as refusal:
        open_source("postgresql://127.0.0.1:1/nothing", None)
    assert "postgresql://127.0.0.1:1/nothing: cannot be opened" in str(refusal.value)
    assert SECRET not in repr([refusal.value, refusal.value.__cause__, refusal.value.__context__])


@pytest.mark.parametrize("source", ["spark:cdm", "{folder}", "{sqlite}"])
def test_a_schema_is_refused_where_there_is_none(tmp_path: Path, source: str) -> None:
    named = source.format(folder=write_parquet(tmp_path / "cdm"), sqlite=write_sqlite(tmp_path / "cdm.db"))
    refused(named, "--schema is for PostgreSQL databases and DuckDB files", tmp_path / "out", "public")


def test_without_pyspark_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(CdmError, match=r"pip install nms-pv\[spark\]"):
        open_source("spark:cdm", None)


HOSTILE = 'x"; DROP TABLE person; --'


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    tables = {**CDM, "person": CDM["person"].with_columns(pl.lit("1").alias(HOSTILE)), HOSTILE: CDM["death"]}
    quoted = HOSTILE.replace('"', '""')
    path = tmp_path / "cdm.db"
    connection = sqlite3.connect(write_sqlite(path, CDM))
    connection.execute(f'CREATE TABLE "{quoted}" ("{quoted}" TEXT)')
    connection.execute(f'ALTER TABLE person ADD COLUMN "{quoted}" TEXT')
    connection.commit()
    connection.close()
    assert take(path, tmp_path / "out")["rows"].sum() == sum(CDM[name].height for name in CDM_TABLES)
    folder = write_csv(tmp_path / "o'clock; DROP", {name: frame for name, frame in tables.items() if name != HOSTILE})
    assert take(folder, tmp_path / "other")["rows"].sum() == sum(CDM[name].height for name in CDM_TABLES)


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Path]:
    """A DuckDB file in which a table of the model is a view that reads a file of the machine."""
    (tmp_path / "private.csv").write_text("person_id,death_date\n1,2020-01-01\n")
    path = write_duckdb(tmp_path / "cdm.duckdb", without("death"))
    with duckdb.connect(path) as connection:
        connection.execute(f"CREATE VIEW death AS SELECT * FROM read_csv('{tmp_path}/private.csv')")
    yield path
    assert (tmp_path / "private.csv").exists()


def test_a_view_cannot_reach_other_files(trap: Path, tmp_path: Path) -> None:
    refused(trap, "table death cannot be read: Permission Error", tmp_path / "out")


def test_identifiers_and_texts_are_quoted() -> None:
    found = Found(("a`b", 'c"d'), {"person_id": "Person`Id"}, "spark", "x")
    assert select("person", found, Dialect("`")) == 'SELECT `Person``Id` AS `person_id` FROM `a``b`.`c"d`'
    assert first_rows(found, Dialect(), 2) == 'SELECT "Person`Id" FROM "a`b"."c""d" LIMIT 2'
    assert literal("L'Oréal") == "'L''Oréal'"
    for text in ("a\\", "a\nb", "\x00"):
        with pytest.raises(StudyError, match="remove it"):
            literal(text)


def names(tables: Tables = CDM) -> dict[str, Found]:
    return {name: Found((name,), {c.lower(): c for c in frame.columns}, "x", "x") for name, frame in tables.items()}


def asked(needed: Needed, tables: Tables = CDM) -> dict[str, list[int]]:
    """The first column of what is asked for, answered by DuckDB."""
    with duckdb.connect() as connection:
        for name, frame in tables.items():
            connection.register(name, frame.to_arrow())
        return {
            name: sorted(row[0] for row in connection.execute(needed.query(name, names(tables), Dialect())).fetchall())
            for name in CDM_TABLES
        }


def test_only_needed_rows_are_asked_for() -> None:
    rows = asked(Needed(["haloperidol"], {"ICD10CM": ["G21.0"], "LOINC": ["2157-6"]}))
    assert rows["concept"] == [100, 101, 102, 201, 202, 301, 8645]
    assert rows["concept_ancestor"] == [100, 100, 100, 201]
    assert rows["concept_relationship"] == [103, 202]
    assert rows["drug_strength"] == [101, 102]
    assert rows["drug_exposure"] == [1, 2, 3]
    assert rows["condition_occurrence"] == [1]
    assert rows["measurement"] == [1, 2]
    assert rows["procedure_occurrence"] == [1]
    assert [len(rows[name]) for name in ("person", "observation_period", "death")] == [3, 3, 2]


def test_a_source_concept_alone_makes_a_row_needed() -> None:
    drugs = CDM["drug_exposure"].with_columns(pl.lit(999).alias("drug_concept_id"))
    needed = Needed([], {"NDC": ["3"]})
    assert asked(needed, {**CDM, "drug_exposure": drugs})["drug_exposure"] == [2]
    bare = CDM["drug_exposure"].drop("drug_concept_id", "drug_source_concept_id")
    assert asked(needed, {**CDM, "drug_exposure": bare})["drug_exposure"] == [1, 2, 3, 10]


def test_a_study_needs_its_drugs_and_concept_sets(repository: Path) -> None:
    needed = needed_by(repository / "study")
    assert {"haloperidol", "dantrolene"} <= set(needed.names)
    assert "N05AD01" in needed.codes["ATC"]
    assert "G21.0" in needed.codes["ICD10CM"]
    assert 999 not in asked(needed)["concept"]
