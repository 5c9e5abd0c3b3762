"""Time and peak memory of exposure and measures of the cohort arm, from files, on a SIMULATED population of any size.

python benchmarks/bench_cohort.py                     1.08 million persons, 15 million drug exposures
python benchmarks/bench_cohort.py 100000 1400000      a smaller one

The input is made directly as canonical tables, with one period under observation each, courses of 30-day supplies of 60
ingredients over 15 years, and 3,000 candidate episodes with the verdicts of the definitions of params.yaml. It is a load, not a
truth: no rate is planted in it (that is what `nms_pv.simulate.omop` does).

What is timed is more than what is often counted as 16 analyses, a target group x a time at risk x an outcome, here printed as
groups x settings x definitions: every group of drugs (any antipsychotic, each ingredient, class, generation, state of generations
and form) under every setting of study/time_at_risk that params.yaml names, for every case definition, and within each of these by
age, sex, calendar year and days since start.
"""

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from bench_pipeline import run

from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import load_params
from nms_pv.tables.cohort import DRUG_EXPOSURES, OBSERVATION_PERIODS, PERSONS
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from nms_pv.tables.person_time import PERSON_TIME

PROJECT = Path(__file__).parents[1]
SEED = 20260103
PERSONS_IN_A_PART = 500_000
INGREDIENTS, EPISODE_COUNT, COURSES_EACH, SUPPLY_DAYS = 60, 3_000, 2, 30
FIRST_DAY, LATEST_ENTRY, SHORTEST_STAY, LONGEST_STAY = 12_784, 2_500, 700, 2_900  # from 2005-01-01, for 15 years at most
TIMED = ["5_cohort_exposure", "6_cohort_measures"]


@dataclass(frozen=True)
class Share:
    """The persons, exposures and episodes of one part; numbers go on from those of the parts before."""

    number: int
    persons: int
    exposures: int
    episodes: int
    first_person: int
    first_exposure: int

    @property
    def name(self) -> str:
        """Name of the part's files."""
        return f"persons-{self.number:04d}.parquet"


def shares(persons: int, exposures: int) -> list[Share]:
    """Cut a population into parts."""
    found = []
    for number, first in enumerate(range(0, persons, PERSONS_IN_A_PART)):
        last = min(first + PERSONS_IN_A_PART, persons)
        of = [total * last // persons - total * first // persons for total in (exposures, EPISODE_COUNT)]
        found.append(Share(number + 1, last - first, *of, first + 1, exposures * first // persons + 1))
    return found


def make_bench_input(persons: int, exposures: int, folder: Path) -> None:
    """Write canonical tables, candidate episodes and verdicts of a SIMULATED population below `folder` (as in `data/`)."""
    drugs = load_drugs(PROJECT / "study").drugs.values()
    relevant = [drug for drug in drugs if drug.blocks_or_depletes_dopamine or "withdrawal" in drug.relations]
    ingredients = [drug.ingredient for drug in sorted(relevant, key=lambda drug: not drug.is_antipsychotic)][:INGREDIENTS]
    definitions = load_params(PROJECT / "params.yaml").definitions
    DEFINITIONS.write(_computed(definitions), folder / "4_labels" / "cohort" / "definitions.parquet")
    for share in shares(persons, exposures):
        rng = np.random.default_rng([SEED, share.number])
        person = np.arange(share.first_person, share.first_person + share.persons)
        entry = FIRST_DAY + rng.integers(0, LATEST_ENTRY, share.persons)
        leaving = entry + rng.integers(SHORTEST_STAY, LONGEST_STAY, share.persons)
        canonical = folder / "2_canonical" / "cohort"
        _write(PERSONS, _persons(person, rng), canonical / "persons", share)
        periods = pl.DataFrame({"person_id": person, "start_day": entry, "end_day": leaving})
        _write(OBSERVATION_PERIODS, periods, canonical / "observation_periods", share)
        _write(DRUG_EXPOSURES, _exposures(periods, share, ingredients, rng), canonical / "drug_exposures", share)
        episodes = _episodes(periods, share, rng)
        _write(EPISODES, episodes, folder / "3_evidence" / "cohort" / "episodes", share)
        _write(VERDICTS, _verdicts(episodes, definitions, rng), folder / "4_labels" / "cohort" / "verdicts", share)


def _computed(definitions: list[str]) -> pl.DataFrame:
    said = {"syndrome": "nms", "status": "found", "is_computed": True, "why_not": None}
    return pl.DataFrame([{"definition": name, "title": name, **said} for name in definitions], schema=DEFINITIONS.types)


def _persons(person: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    n = len(person)
    return pl.DataFrame(
        {
            "person_id": person,
            "sex": pl.Series(["female", "male"]).gather(pl.Series(rng.integers(0, 2, n))),
            "birth_year": rng.integers(1920, 1995, n),
            "birth_month": rng.integers(1, 13, n),
            "birth_day_of_month": rng.integers(1, 29, n),
            "source_line": person,
        }
    ).with_columns(
        pl.lit("day").alias("birth_precision"),
        pl.lit(None, pl.Int32).alias("death_day"),
        pl.lit("omop:person").alias("source_id"),
    )


def _exposures(periods: pl.DataFrame, share: Share, ingredients: list[str], rng: np.random.Generator) -> pl.DataFrame:
    """Courses of supplies, one after another, of random ingredients and lengths: as many supplies as asked for, on average."""
    course = np.repeat(np.arange(share.persons), COURSES_EACH)
    fills = rng.geometric(COURSES_EACH * share.persons / share.exposures, len(course))
    number = np.arange(fills.sum()) - np.repeat(np.cumsum(fills) - fills, fills)
    entry, leaving = (periods[name].to_numpy()[course] for name in ("start_day", "end_day"))
    begins = entry + np.floor(rng.random(len(course)) * (leaving - entry)).astype(np.int64)
    start = np.repeat(begins, fills) + number * (SUPPLY_DAYS + 2)
    ingredient = np.floor(rng.random(len(course)) ** 2 * len(ingredients)).astype(np.int64)  # some are common, most are rare
    exposure_id = np.arange(share.first_exposure, share.first_exposure + len(start))
    return pl.DataFrame(
        {
            "drug_exposure_id": exposure_id,
            "ingredient": pl.Series(ingredients).gather(pl.Series(np.repeat(ingredient, fills))),
            "person_id": periods["person_id"].to_numpy()[np.repeat(course, fills)],
            "formulation": pl.Series(["other", "long_acting"]).gather(
                pl.Series(np.repeat((rng.random(len(course)) < 0.1).astype(np.int64), fills))
            ),
            "start_day": start,
            "end_day": start + SUPPLY_DAYS - 1,
            "source_line": exposure_id,
        }
    ).with_columns(
        pl.lit("reported_end").alias("end_rule"),
        pl.lit("concept").alias("coding_method"),
        pl.lit(None, pl.Int64).alias("drug_concept_id"),
        pl.lit(None, pl.String).alias("drug_source_value"),
        pl.lit("omop:drug_exposure").alias("source_id"),
    )


def _episodes(periods: pl.DataFrame, share: Share, rng: np.random.Generator) -> pl.DataFrame:
    ill = periods[np.sort(rng.permutation(share.persons)[: share.episodes])]
    day = ill["start_day"].to_numpy() + np.floor(rng.random(len(ill)) * SHORTEST_STAY).astype(np.int64)
    return ill.select(
        pl.format("omop:{}#1", "person_id").alias("subject_id"),
        "person_id",
        pl.lit(1).alias("episode_no"),
        pl.Series("start_day", day),
        pl.Series("end_day", day + 5),
        pl.lit("nms_diagnosis").alias("candidate_by"),
    )


def _verdicts(episodes: pl.DataFrame, definitions: list[str], rng: np.random.Generator) -> pl.DataFrame:
    verdict = rng.integers(0, 3, len(episodes) * len(definitions))
    return episodes.join(pl.DataFrame({"definition": definitions}), how="cross").select(
        "subject_id",
        "definition",
        pl.Series(["met", "not_met", "indeterminate"]).gather(pl.Series(verdict)).alias("verdict"),
        *(pl.lit(None, pl.Int32).alias(name) for name in ("points_low", "points_high")),
        *(pl.lit("").alias(name) for name in ("met", "failed", "missing")),
    )


def _write(table: Table, rows: pl.DataFrame, folder: Path, share: Share) -> None:
    table.write(rows, folder / share.name)


def main(persons: int, exposures: int) -> None:
    """Make the input, run the stages, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(PROJECT / "study", folder / "study")
        shutil.copy2(PROJECT / "params.yaml", folder)
        make_bench_input(persons, exposures, folder / "data")
        made = DRUG_EXPOSURES.scan(folder / "data/2_canonical/cohort/drug_exposures").select(pl.len()).collect().item()
        print(f"{persons:,} persons, {made:,} drug exposures, {os.cpu_count()} cores", flush=True)
        os.chdir(folder)
        for script in TIMED:
            seconds, memory = run(script, folder)
            print(f"{script}: {seconds:.1f} s, {memory:,.0f} MB", flush=True)
        found = PERSON_TIME.scan(folder / "data/5_exposure/cohort/person_time.parquet")
        analyses = found.select("group_kind", "group", "analysis", "definition").unique().select(pl.len()).collect().item()
        print(f"{analyses:,} analyses (groups x settings x definitions)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_080_000, int(sys.argv[2]) if len(sys.argv) > 2 else 15_000_000)
