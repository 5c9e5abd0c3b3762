"""A small common data model, and every form in which it can be given."""

import gzip
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import polars as pl

DAY = date(2020, 1, 31)

CDM: dict[str, pl.DataFrame] = {
    "person": pl.DataFrame(
        {
            "person_id": [1, 2, 10],
            "gender_concept_id": [8507, 8532, 0],
            "year_of_birth": [1950, 1961, 1972],
            "month_of_birth": [2, None, 12],
            "race_concept_id": [8527, 8527, 0],
        }
    ),
    "observation_period": pl.DataFrame(
        {
            "observation_period_id": [1, 2, 10],
            "person_id": [1, 2, 10],
            "observation_period_start_date": [date(2010, 1, 1), date(2011, 1, 1), date(2012, 1, 1)],
            "observation_period_end_date": [date(2020, 12, 31)] * 3,
        }
    ),
    "drug_exposure": pl.DataFrame(
        {
            "drug_exposure_id": [1, 2, 3, 10],
            "person_id": [1, 1, 2, 10],
            "drug_concept_id": [101, 102, 0, 999],
            "drug_exposure_start_date": [DAY, DAY, DAY, DAY],
            "drug_exposure_end_date": [date(2020, 2, 29), None, None, DAY],
            "days_supply": [30, None, 14, 7],
            "drug_source_value": ["haloperidol 5 mg", 'Haldol, "depot"', "Clozapine é", "aspirin"],
            "drug_source_concept_id": [0, 103, None, 999],
        }
    ),
    "condition_occurrence": pl.DataFrame(
        {
            "condition_occurrence_id": [1, 2],
            "person_id": [1, 2],
            "condition_concept_id": [201, 999],
            "condition_start_date": [DAY, DAY],
            "condition_end_date": [None, DAY],
            "condition_source_value": ["G21.0", "J45"],
            "condition_source_concept_id": [202, 999],
        },
        schema_overrides={"condition_end_date": pl.Date()},
    ),
    "measurement": pl.DataFrame(
        {
            "measurement_id": [1, 2],
            "person_id": [1, 1],
            "measurement_concept_id": [301, 0],
            "measurement_date": [DAY, DAY],
            "measurement_datetime": [datetime.combine(DAY, time(8, 30)), datetime.combine(DAY, time(20, 0, 5))],
            "value_as_number": [4321.5, None],
            "unit_concept_id": [8645, None],
            "unit_source_value": ["U/L", None],
            "measurement_source_value": ["CK", "Temp"],
        }
    ),
    "procedure_occurrence": pl.DataFrame(
        {
            "procedure_occurrence_id": [1],
            "person_id": [1],
            "procedure_concept_id": [None],
            "procedure_date": [DAY],
            "procedure_source_value": ["dialysis"],
        },
        schema_overrides={"procedure_concept_id": pl.Int64()},
    ),
    "death": pl.DataFrame({"person_id": [2, 10], "death_date": [date(2020, 6, 1), date(2020, 12, 31)]}),
    "concept": pl.DataFrame(
        {
            "concept_id": [100, 101, 102, 103, 201, 202, 301, 8645, 999, 1000],
            "concept_name": [
                "Haloperidol",
                "haloperidol 5 MG Oral Tablet",
                'haloperidol "depot", 1 ML',
                "Haldol depot",
                "Neuroleptic malignant syndrome",
                "Malignant neuroleptic syndrome",
                "Creatine kinase [Enzymatic activity/volume] in Serum or Plasma",
                "unit per liter",
                "Asthma",
                "Asthma, severe",
            ],
            "domain_id": ["Drug"] * 4 + ["Condition"] * 2 + ["Measurement", "Unit", "Condition", "Condition"],
            "vocabulary_id": ["RxNorm"] * 3 + ["NDC", "SNOMED", "ICD10CM", "LOINC", "UCUM", "SNOMED", "SNOMED"],
            "concept_class_id": ["Ingredient"] + [None] * 9,
            "standard_concept": ["S"] * 3 + [None, "S", None, "S", "S", "S", "S"],
            "concept_code": ["5093", "1", "2", "3", "15244003", "G21.0", "2157-6", "U/L", "195967001", "370218001"],
        },
        schema_overrides={"concept_class_id": pl.String()},
    ),
    "concept_ancestor": pl.DataFrame(
        {"ancestor_concept_id": [100, 100, 100, 201, 999], "descendant_concept_id": [100, 101, 102, 201, 1000]}
    ),
    "concept_relationship": pl.DataFrame(
        {
            "concept_id_1": [103, 202, 202, 999],
            "concept_id_2": [102, 201, 201, 999],
            "relationship_id": ["Maps to", "Is a", "Maps to", "Maps to"],
        }
    ),
    "drug_strength": pl.DataFrame({"drug_concept_id": [101, 102, 1000], "ingredient_concept_id": [100, 100, 999]}),
    "cdm_source": pl.DataFrame({"cdm_source_name": ["small"], "cdm_version": ["v5.4.0"], "vocabulary_version": ["old"]}),
    "vocabulary": pl.DataFrame({"vocabulary_id": ["LOINC", "None"], "vocabulary_version": ["2.76", "v5.0 30-AUG-24"]}),
}
"""Keys go up, but not as text; rows of drugs, conditions and concepts that no study of NMS asks for are 999 and 1000."""

Tables = Mapping[str, pl.DataFrame]


def turned(tables: Tables) -> dict[str, pl.DataFrame]:
    """The same rows in reverse, as a source may give them."""
    return {name: frame.reverse() for name, frame in tables.items()}


def write_parquet(folder: Path, tables: Tables = CDM) -> Path:
    """A folder of Parquet files, one table in several files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        if name == "person" and frame.height:
            (folder / name).mkdir()
            frame.head(1).write_parquet(folder / name / "part-0.parquet")
            frame.tail(-1).write_parquet(folder / name / "part-1.parquet")
        else:
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


def write_csv(folder: Path, tables: Tables = CDM) -> Path:
    """A folder of comma-separated files with names and columns in capitals, one of them packed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        text = _as_text(frame).rename(str.upper).write_csv()
        if name == "measurement":
            (folder / f"{name.upper()}.CSV.GZ").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / f"{name.upper()}.csv").write_text(text, encoding="utf-8")
    return folder


def write_tsv(folder: Path, tables: Tables = CDM) -> Path:
    """A folder of tab-separated files without quotes, as Athena writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        text = _as_text(frame).write_csv(separator="\t", quote_style="never")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def write_duckdb(path: Path, tables: Tables = CDM, schema: str = "main") -> Path:
    """A DuckDB file."""
    with duckdb.connect(path) as connection:
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for name, frame in tables.items():
            connection.register("given", frame.to_arrow())
            connection.execute(f'CREATE TABLE "{schema}"."{name.upper()}" AS SELECT * FROM given')
    return path


def write_sqlite(path: Path, tables: Tables = CDM) -> Path:
    """An SQLite file in which dates are text, as SQLite has no dates."""
    connection = sqlite3.connect(path)
    for name, frame in tables.items():
        columns = ", ".join(f'"{column}" {_affinity(kind)}' for column, kind in frame.schema.items())
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        holes = ", ".join("?" * frame.width)
        connection.executemany(f'INSERT INTO "{name}" VALUES ({holes})', _without_dates(frame).rows())
    connection.commit()
    connection.close()
    return path


FORMS: dict[str, Callable[[Path, Tables], Path]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "tsv": write_tsv,
    "duckdb": write_duckdb,
    "sqlite": write_sqlite,
}


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String)


def _without_dates(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"), pl.col(pl.Date).dt.strftime("%Y-%m-%d"))


def _affinity(kind: pl.DataType) -> str:
    return "INTEGER" if kind.is_integer() else "REAL" if kind.is_float() else "TEXT"
