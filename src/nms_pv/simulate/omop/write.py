"""A SIMULATED OMOP common data model with planted truth, written as a registered snapshot. Nobody in it is real.

Planted are the mix of drugs and its drift, rates of NMS by ingredient and days since start (`products`), courses, switches and
companions (`courses`, `dispensings`), true episodes and what follows them (`episodes`), their records (`signs`), what only looks
like them (`background`), and defects (`defects`).
"""

from pathlib import Path

import polars as pl

from nms_pv.simulate.omop import cdm, defects
from nms_pv.simulate.omop.background import background_records, lookalike_records
from nms_pv.simulate.omop.chance import Purpose, stream
from nms_pv.simulate.omop.courses import draw_courses, draw_other_courses
from nms_pv.simulate.omop.dispensings import draw_dispensings, draw_supplies
from nms_pv.simulate.omop.episodes import History, draw_episodes
from nms_pv.simulate.omop.people import draw_people
from nms_pv.simulate.omop.products import check_listed
from nms_pv.simulate.omop.signs import Records, episode_records, joined, treatments
from nms_pv.simulate.omop.truth import write_truth
from nms_pv.simulate.omop.vocabulary import make_vocabulary
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import CohortSimulation
from nms_pv.tables.contract import replacing
from nms_pv.tables.snapshot import write_snapshot_record

TREATMENT_DAYS = 10


def simulate_omop(simulation: CohortSimulation, drugs: DrugTable, out: Path, truth: Path) -> None:
    """Write a SIMULATED common data model, and what was planted in it.

    Parameters
    ----------
    simulation
        Seed, number of persons, first and last year.
    drugs
        The drug table: names and generations of the planted ingredients.
    out
        Folder for `<table>.parquet` of every table in `nms_pv.tables.cdm.CDM_TABLES`, and `snapshot.json`. The same
        arguments give the same bytes.
    truth
        Folder for the tables that `truth.write_truth` lists.

    Raises
    ------
    ValueError
        When the last year is before the first, or the drug table lacks a planted ingredient.

    """
    if simulation.last_year < simulation.first_year:
        raise ValueError(f"cohort.simulation: last_year {simulation.last_year} is before first_year {simulation.first_year}")
    check_listed(drugs)
    history = _what_happens(simulation, drugs)
    tables, planted = _what_is_recorded(history, simulation.seed)
    for name, table in tables.items():
        with replacing(out / f"{name}.parquet") as partial:
            table.write_parquet(partial, compression="zstd", statistics=True)
    write_snapshot_record(out, {name: {"format": "simulated", "origin": "simulator", "retrieved": None} for name in tables})
    write_truth(history, planted, drugs, simulation, truth)


def _what_happens(simulation: CohortSimulation, drugs: DrugTable) -> History:
    """People, their drugs and their true episodes."""
    seed = simulation.seed
    people = draw_people(simulation, stream(seed, Purpose.PEOPLE))
    courses = pl.concat(
        [
            draw_courses(people.periods, drugs, simulation, stream(seed, Purpose.COURSES)),
            draw_other_courses(people.periods, stream(seed, Purpose.OTHER_COURSES)),
        ]
    )
    dispensings = draw_dispensings(courses, people.periods, stream(seed, Purpose.DISPENSINGS))
    return draw_episodes(people, dispensings, stream(seed, Purpose.EPISODES))


def _what_is_recorded(history: History, seed: int) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """The tables of the common data model, and how many rows of each kind of defect they hold."""
    rng = stream(seed, Purpose.DEFECTS)
    vocabulary = make_vocabulary()
    given = draw_supplies(treatments(history.episodes, stream(seed, Purpose.TREATMENTS)), TREATMENT_DAYS, rng)
    records = _records(history, seed)
    periods, of_periods = defects.spoil_periods(history.people, rng)
    dispensings, of_drugs = defects.spoil_dispensings(pl.concat([history.dispensings, given]), history.people, rng)
    conditions, of_conditions = defects.spoil_conditions(records.conditions, rng)
    measurements, of_measurements = defects.spoil_measurements(records.measurements, rng)
    tables = cdm.person_tables(history.people, periods) | {
        "drug_exposure": cdm.drug_exposure(dispensings, vocabulary),
        "condition_occurrence": cdm.condition_occurrence(conditions, vocabulary),
        "measurement": cdm.measurement(measurements, vocabulary),
        "procedure_occurrence": cdm.procedure_occurrence(records.procedures, vocabulary),
        "concept": vocabulary.concept,
        "concept_ancestor": vocabulary.concept_ancestor,
        "concept_relationship": vocabulary.concept_relationship,
        "drug_strength": vocabulary.drug_strength,
    }
    return tables, of_periods | of_drugs | of_conditions | of_measurements


def _records(history: History, seed: int) -> Records:
    periods = history.people.periods
    return joined(
        [
            episode_records(history.episodes, stream(seed, Purpose.EPISODE_RECORDS)),
            lookalike_records(periods, stream(seed, Purpose.LOOKALIKES)),
            background_records(periods, stream(seed, Purpose.BACKGROUND)),
        ]
    )
