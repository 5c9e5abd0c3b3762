"""A small cohort arm for the report, written through the declared tables, with numbers that are plausible and made up."""

import random
from pathlib import Path

import polars as pl

from nms_pv.spec.params import band_names, load_params
from nms_pv.tables.attrition import steps, write_attrition
from nms_pv.tables.canonical import VALUE_ISSUES
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.cohort import RESOLVED_CONCEPTS
from nms_pv.tables.measures import QUESTION_OF, RESULTS
from nms_pv.tables.sources import QUARANTINE
from tests.lib.cohort_cases_fixture import counted_cases
from tests.lib.small_study import VERSION

ROOT = Path(__file__).parents[2]
DEFINITIONS = ["pt_only", "iec_2011"]
STATES = {"FGA": 150.0, "SGA": 60.0, "TGA": 40.0, "mixed": 120.0, "switch": 200.0}
INGREDIENTS = {"haloperidol": 160.0, "olanzapine": 50.0, "aripiprazole": 40.0, "metoclopramide": 10.0, "clozapine": 0.0}
HOSTILE_TERM = "<script>alert(4)</script>"


def write_cohort(data: Path) -> None:
    """Write every table of the cohort arm that the report reads."""
    sources, canonical = data / "1_sources" / "cohort", data / "2_canonical" / "cohort"
    snapshot = [
        {
            "source_id": f"omop:{table}",
            "table": table,
            "format": "simulated",
            "origin": "simulator",
            "rows": 1_000 * (number + 1),
            "bytes": 5_000,
            "sha256": f"{number:064x}",
            "content_sha256": f"{number + 16:064x}",
            "cdm_version": "5.4",
            "vocabulary_version": None,
            "retrieved": None,
        }
        for number, table in enumerate(("person", "drug_exposure"))
    ]
    SNAPSHOT.write(pl.DataFrame(snapshot, schema=SNAPSHOT.types), sources / "snapshot.parquet")
    rejected = [("omop:person", 7, HOSTILE_TERM, "no_key")]
    QUARANTINE.write(pl.DataFrame(rejected, schema=QUARANTINE.types, orient="row"), sources / "quarantine.parquet")
    issues = [("omop:drug_exposure", "days_supply", "supply_too_long", 12, "999")]
    for folder in (sources, canonical):
        frame = pl.DataFrame(issues if folder == canonical else [], schema=VALUE_ISSUES.types, orient="row")
        VALUE_ISSUES.write(frame, folder / "value_issues.parquet")
    concepts = [
        ("condition", "nms_diagnosis", "SNOMED", "15244003", 2_000_000_001, HOSTILE_TERM, "code", None, None, 40),
        ("condition", "nms_diagnosis", "ICD10CM", "G21.0", 0, "", "not_found", None, None, 0),
        ("condition", "rigidity", "SNOMED", "1", 7, "rigid", "code", None, None, 3),
        ("condition", "rigidity", "SNOMED", "2", 8, "rigid too", "code", None, None, 3_333),
    ]
    RESOLVED_CONCEPTS.write(
        pl.DataFrame(concepts, schema=RESOLVED_CONCEPTS.types, orient="row"), canonical / "resolved_concepts.parquet"
    )
    write_cohort_attrition(data)
    RESULTS.write(cohort_results(), data / "6_measures" / "cohort" / "results.parquet")


def write_cohort_attrition(data: Path) -> None:
    """Write the attrition of every layer; three episodes start outside time at risk, which is a small count."""
    people = {"unknown_sex_or_birth": 13}
    parts = {
        "1_sources": [steps("sources", table, "row", 10_000, {}) for table in ("person", "drug_exposure")],
        "2_canonical": [
            steps("canonical", "persons-0001:drug_exposure", "record", 10_000, {"person_unknown": 90}),
            steps("canonical", "persons-0001:person", "person", 10_000, {"no_observation_period": 120}),
        ],
        "3_evidence": [steps("evidence", "persons-0001:episodes", "record", 55, {"chained_to_an_earlier_record": 15})],
        "4_labels": [steps("labels", "persons-0001:pt_only", "subject", 40, {"not_met": 4, "indeterminate": 0})],
        "5_exposure": [
            steps("exposure", "exact:persons", "person", 9_880, people),
            steps("exposure", "exact:pt_only:episodes", "episode", 36, {"outside_time_at_risk": 3}),
        ],
    }
    for layer, of_layer in parts.items():
        write_attrition(of_layer, data / layer / "cohort" / "attrition.csv")


def cohort_results() -> pl.DataFrame:
    """Rows of the kinds, units and methods that the measures write; every number from a fixed seed."""
    draw, (episodes, people) = random.Random(11), counted_cases()
    cohort = load_params(ROOT / "params.yaml").cohort
    groups = [("antipsychotic", "antipsychotic", 80.0)]
    groups += [("generation_state", state, rate) for state, rate in STATES.items()]
    groups += [("generation", state, rate) for state, rate in STATES.items() if state in ("FGA", "SGA", "TGA")]
    groups += [("ingredient", name, rate) for name, rate in INGREDIENTS.items()]
    groups += [("chemical_class", "butyrophenone", 160.0), ("formulation", "long_acting", 70.0), ("withdrawal", "levodopa", 90.0)]
    rows = []
    for definition in DEFINITIONS:
        for analysis in cohort.analyses:
            for kind, group, rate in groups:
                here = (definition, analysis, kind, group)
                rows.append(_rate(here, None, rate, draw.randint(1, 40) * 10**6, episodes.get((*here, None))))
                rows.append(_proportion(here, people.get((*here, None), round(rate / 4))))
                for split, values in (
                    ("year", [str(year) for year in range(2005, 2021)]),
                    ("age", band_names(cohort.age_bands)),
                    ("sex", ["female", "male", "unknown"]),
                    ("since_start", band_names(cohort.since_start_days)),
                ):
                    rows += [
                        _rate(here, stratum, rate, draw.randint(1, 40) * 10**5, episodes.get((*here, stratum)))
                        for stratum in (f"{split}={value}" for value in values)
                    ]
    main = (DEFINITIONS[0], cohort.main_analysis)
    for state, rate in STATES.items():
        if state != "FGA":
            rows += [
                _compared(measure, (*main, "generation_state", state), "FGA", None, rate / 150.0)
                for measure in ("rate_ratio", "adjusted_rate_ratio")
            ]
        rows.append(_compared("standardised_rate", (*main, "generation_state", state), None, None, rate))
    for measure, value in (("rate_change", -30.0), ("rate_change_by_mix", -28.0), ("rate_change_within", -2.0)):
        rows.append(_compared(measure, (*main, "antipsychotic", "antipsychotic"), "2005-2009", "years=2016-2020", value))
    for measure, value in (("annual_rate_ratio", 0.97), ("annual_rate_ratio_given_mix", 1.0)):
        rows.append(_compared(measure, (*main, "antipsychotic", "antipsychotic"), None, None, value))
    rows.append(_compared("pooled_rate", (*main, "ingredient", "haloperidol"), None, None, 140.0))
    return pl.DataFrame(rows, schema=RESULTS.types)


def _row(measure: str, here: tuple[str, str, str, str], reference: str | None, stratum: str | None) -> dict[str, object]:
    definition, analysis, kind, group = here
    address = [measure, *here, *([f"vs {reference}"] if reference else []), *([stratum] if stratum else [])]
    return {
        **dict.fromkeys(RESULTS.types),
        "result_id": "/".join(address),
        "arm": "cohort",
        "question": QUESTION_OF[measure],
        "measure": measure,
        "definition": definition,
        "analysis": analysis,
        "group_kind": kind,
        "group": group,
        "reference": reference,
        "stratum": stratum,
        "unit": "episodes; person-days at risk",
        "level": 0.95,
        "method": "Garwood",
        "data_version": VERSION,
        "suppressed": False,
    }


def _rate(here: tuple[str, str, str, str], stratum: str | None, rate: float, days: int, counted: int | None) -> dict[str, object]:
    """A rate, near the one that is given; of so many episodes where some are `counted` in the rows of this study."""
    days = days if counted is None else round(counted / rate * 36_525_000)
    years = days / 365.25 / 100_000
    events = round(rate * years) if counted is None else counted
    return _row("incidence_rate", here, None, stratum) | {
        "numerator": events,
        "denominator": days,
        "estimate": events / years,
        "low": max(0.0, events - 2 * events**0.5) / years,
        "high": (events + 2 * events**0.5 + 3) / years,
        "suppressed": 0 < events < 5,
    }


def _proportion(here: tuple[str, str, str, str], cases: int) -> dict[str, object]:
    persons = 20_000
    return _row("incidence_proportion", here, None, None) | {
        "numerator": cases,
        "denominator": persons,
        "estimate": cases / persons,
        "low": cases / persons * 0.8,
        "high": (cases + 3) / persons * 1.2,
        "method": "Clopper-Pearson interval",
        "suppressed": 0 < cases < 5,
    }


def _compared(
    measure: str, here: tuple[str, str, str, str], reference: str | None, stratum: str | None, value: float
) -> dict[str, object]:
    return _row(measure, here, reference, stratum) | {
        "estimate": value,
        "low": value - 0.1 * abs(value) - 0.01,
        "high": value + 0.1 * abs(value) + 0.01,
        "method": "made up",
    }
