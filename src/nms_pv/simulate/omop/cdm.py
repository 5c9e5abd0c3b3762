"""What happened and was recorded -> the tables of the common data model, with its names and types."""

import polars as pl

from nms_pv.simulate.omop.people import People
from nms_pv.simulate.omop.vocabulary import ICD10_FROM, NO_CONCEPT, Vocabulary

MINUTES_PER_HOUR = 60


def person_tables(people: People, periods: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Tables person, observation_period and death."""
    return {
        "person": people.persons,
        "observation_period": _numbered(
            periods.select(
                "person_id",
                _date("start_day").alias("observation_period_start_date"),
                _date("end_day").alias("observation_period_end_date"),
            ),
            "observation_period_id",
        ),
        "death": people.deaths.select("person_id", _date("death_day").alias("death_date")),
    }


def drug_exposure(dispensings: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Table drug_exposure; a row without concept has the name of the ingredient as its source value."""
    rows = dispensings.lazy().join(vocabulary.products.lazy(), on="product", how="left", maintain_order="left")
    return _numbered(
        rows.select(
            "person_id",
            pl.when("has_concept").then("drug_concept_id").otherwise(NO_CONCEPT).alias("drug_concept_id"),
            _date("start_day").alias("drug_exposure_start_date"),
            _date("recorded_end").alias("drug_exposure_end_date"),
            pl.col("days_supply").cast(pl.Int32),
            pl.when("has_concept").then("drug_code").otherwise("source_name").alias("drug_source_value"),
            pl.lit(NO_CONCEPT, pl.Int64).alias("drug_source_concept_id"),
        ).collect(),
        "drug_exposure_id",
    )


def condition_occurrence(conditions: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Table condition_occurrence: the code of claims of its time as source value, the standard concept it maps to."""
    is_icd10 = _date("day") >= pl.lit(ICD10_FROM).str.to_date()
    coded = (
        conditions.sort("person_id", "day", "condition", "has_concept")
        .with_columns(is_icd10.alias("is_icd10"))
        .join(vocabulary.conditions, on=["condition", "is_icd10"], how="left", maintain_order="left")
    )
    return _numbered(
        coded.select(
            "person_id",
            _concept("condition_concept_id"),
            _date("day").alias("condition_start_date"),
            pl.lit(None, pl.Date).alias("condition_end_date"),
            "condition_source_value",
            _concept("condition_source_concept_id"),
        ),
        "condition_occurrence_id",
    )


def measurement(measurements: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Table measurement."""
    hour, minute = pl.col("minute") // MINUTES_PER_HOUR, pl.col("minute") % MINUTES_PER_HOUR
    coded = (
        measurements.sort("person_id", "day", "minute", "measurement", "value", nulls_last=True)
        .join(vocabulary.measurements, on="measurement", how="left", maintain_order="left")
        .join(vocabulary.units, on="unit", how="left", maintain_order="left")
    )
    return _numbered(
        coded.select(
            "person_id",
            "measurement_concept_id",
            _date("day").alias("measurement_date"),
            (_date("day").cast(pl.Datetime("us")) + pl.duration(hours=hour, minutes=minute)).alias("measurement_datetime"),
            pl.col("value").alias("value_as_number"),
            pl.col("unit_concept_id").fill_null(NO_CONCEPT),
            pl.col("unit").alias("unit_source_value"),
            pl.lit(None, pl.Float64).alias("range_low"),
            "range_high",
            "measurement_source_value",
            pl.col("measurement_concept_id").alias("measurement_source_concept_id"),
        ),
        "measurement_id",
    )


def procedure_occurrence(procedures: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Table procedure_occurrence."""
    coded = procedures.sort("person_id", "day").join(vocabulary.procedures, on="procedure", how="left", maintain_order="left")
    return _numbered(
        coded.select(
            "person_id",
            "procedure_concept_id",
            _date("day").alias("procedure_date"),
            "procedure_source_value",
            pl.col("procedure_concept_id").alias("procedure_source_concept_id"),
        ),
        "procedure_occurrence_id",
    )


def _concept(name: str) -> pl.Expr:
    return pl.when("has_concept").then(name).otherwise(NO_CONCEPT).alias(name)


def _date(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int32).cast(pl.Date)


def _numbered(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows with an id that counts from 1."""
    return rows.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(name), pl.all())
