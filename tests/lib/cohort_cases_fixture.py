"""The episodes behind some rates of the cohort arm, from the records to the cases that count, and how many of them there are."""

from collections import Counter
from itertools import product
from pathlib import Path

import polars as pl

from nms_pv.spec.params import band_names, load_params
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.evidence import EPISODES, EXPOSURES, FINDINGS
from nms_pv.tables.person_time import CASE_OBSERVATION, CASES
from tests.lib.case_evidence import GENERATION, HOSTILE_WORDS, ONSET, exposures, findings, ingredient, met, persons, subject_ids
from tests.lib.declared_rows import rows

ROOT = Path(__file__).parents[2]
SEXES = ("female", "male", "unknown")


def write_cohort_cases(data: Path) -> None:
    """Write the episodes and what is known of them, and the records that are cited."""
    evidence, exposure, sources = data / "3_evidence" / "cohort", data / "5_exposure" / "cohort", data / "1_sources" / "cohort"
    found, exposed = findings("cohort"), exposures("cohort")
    FINDINGS.write(found, evidence / "findings" / "a.parquet")
    EXPOSURES.write(exposed, evidence / "exposures" / "a.parquet")
    EPISODES.write(episodes(), evidence / "episodes" / "a.parquet")
    CASES.write(cases(), exposure / "cases.parquet")
    CASE_OBSERVATION.write(case_observation(), exposure / "case_observation.parquet")
    for name, cited, said in (("condition_occurrence", found, "term"), ("drug_exposure", exposed, "ingredient")):
        table, kind = CDM_TABLES[name], name.partition("_")[0]
        stated = [
            {"source_line": line, f"{kind}_source_value": f"{word} {HOSTILE_WORDS}"}
            for line, word in cited.select("source_line", said).iter_rows()
        ]
        table.write(rows(table, *stated), sources / f"{name}.parquet")


def episodes() -> pl.DataFrame:
    """Rows of `evidence/episodes`."""
    return rows(
        EPISODES,
        *(
            {
                "subject_id": subject_id,
                "person_id": person,
                "episode_no": int(subject_id[-1]),
                "start_day": ONSET,
                "end_day": ONSET + 3,
                "candidate_by": "nms_diagnosis",
            }
            for subject_id, person in zip(subject_ids("cohort"), persons(), strict=True)
        ),
    )


def cases() -> pl.DataFrame:
    """Rows of `exposure/cases`: each tenth episode starts outside all time at risk."""
    cohort = load_params(ROOT / "params.yaml").cohort
    bands, of_definition = band_names(cohort.age_bands), met("cohort")
    described = {
        subject_id: (n, person) for n, (subject_id, person) in enumerate(zip(subject_ids("cohort"), persons(), strict=True))
    }
    stated = []
    for analysis, (definition, subjects) in product(cohort.analyses, sorted(of_definition.items())):
        for subject_id in sorted(subjects):
            n, person = described[subject_id]
            counted = {"fate": "counted", "age_band": bands[n % 3], "sex": SEXES[n % 3], "year": str(2010 + n % 4)}
            fate = {"fate": "outside_time_at_risk"} if n % 10 == 9 else counted
            kinds = {
                "antipsychotic": "antipsychotic",
                "generation": GENERATION[ingredient(n)],
                "generation_state": GENERATION[ingredient(n)],
                "ingredient": ingredient(n),
            }
            stated += [
                {"analysis": analysis, "definition": definition, "group_kind": kind, "group": group, "day": ONSET}
                | {"subject_id": subject_id, "person_id": person, **fate}
                for kind, group in kinds.items()
            ]
    return rows(CASES, *stated)


def case_observation() -> pl.DataFrame:
    """Rows of `exposure/case_observation`: one stretch of each person."""
    return rows(
        CASE_OBSERVATION,
        *(
            {"person_id": person, "start_day": ONSET - 900, "end_day": ONSET + 900, "sex": SEXES[person % 3], "birth_day": 100}
            for person in sorted(set(persons()))
        ),
    )


Cell = tuple[str, str, str, str, str | None]


def counted_cases() -> tuple[dict[Cell, int], dict[Cell, int]]:
    """Episodes and people that count by definition, analysis, kind, group and stratum, where there are five or more."""
    of_cell: Counter[Cell] = Counter()
    people: dict[Cell, set[int]] = {}
    for row in cases().filter(pl.col("fate") == "counted").iter_rows(named=True):
        here = (row["definition"], row["analysis"], row["group_kind"], row["group"])
        for stratum in (None, f"age={row['age_band']}", f"sex={row['sex']}", f"year={row['year']}"):
            of_cell[*here, stratum] += 1
            people.setdefault((*here, stratum), set()).add(row["person_id"])
    enough = {cell: n for cell, n in of_cell.items() if n >= 5}  # noqa: PLR2004
    return enough, {cell: len(people[cell]) for cell in enough}
