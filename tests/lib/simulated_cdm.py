"""A SIMULATED cohort in a folder, and what the planted hazards make one expect of it, computed apart from the pipeline."""

from pathlib import Path

import polars as pl

from nms_pv.simulate.omop.write import simulate_omop
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import CohortSimulation

PER_PERSON_YEARS = 100_000 * 365.25


def simulate_cdm(
    folder: Path, study: Path, persons: int = 3000, seed: int = 7, first_year: int = 2005, last_year: int = 2020
) -> Path:
    settings = CohortSimulation(seed=seed, persons=persons, first_year=first_year, last_year=last_year)
    simulate_omop(settings, load_drugs(study), folder / "cdm", folder / "truth")
    return folder


def cdm_table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "cdm" / f"{name}.parquet")


def truth_table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / "truth" / f"planted_{name}.csv", infer_schema_length=None)


def expected(person_time: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Add the expected episodes to person-time of people who take one ingredient at a time.

    `person_time`: columns ingredient, since_start, person_days. `rates`: planted_rates.csv.
    """
    exposed = rates.filter(pl.col("kind") == "exposure").select("ingredient", "since_start", "rate")
    return person_time.join(exposed, on=["ingredient", "since_start"], how="left", maintain_order="left").with_columns(
        (pl.col("rate") * pl.col("person_days") / PER_PERSON_YEARS).alias("expected")
    )
