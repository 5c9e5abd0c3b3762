"""Writes the comparison of persons with themselves (layer 6, cohort arm): results, curves and attrition."""

from pathlib import Path
from typing import NamedTuple

import polars as pl

from nms_pv.measures.own_control.attrition import case_attrition, crossover_attrition
from nms_pv.measures.own_control.cases import cases_of
from nms_pv.measures.own_control.checks import around_episode, shares
from nms_pv.measures.own_control.groups import ANTIPSYCHOTIC, WIDE, eras_of, members, taken_groups
from nms_pv.measures.own_control.results import curve_rows, of_group, rows_of
from nms_pv.measures.rows import write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.own_control import OwnControl
from nms_pv.spec.params import Params
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.evidence import EPISODES
from nms_pv.tables.labels import refuse_not_computed, scan_met
from nms_pv.tables.measures import CURVES
from nms_pv.tables.person_time import CASE_OBSERVATION, ERAS

TOPIC = "own_control"


class _Tables(NamedTuple):
    """Episodes with the definition each meets, and observation and eras of the persons."""

    met: pl.DataFrame
    observation: pl.DataFrame
    eras: pl.DataFrame


def write_own_control(
    evidence: Path,
    labels: Path,
    exposure: Path,
    out: Path,
    drugs: DrugTable,
    params: Params,
    settings: OwnControl,
    version: str,
) -> None:
    """Read episodes, verdicts, eras and observation of the cohort, write the tables of `own_control/` below `out`.

    `results.parquet` has ratios of the series and of the case-crossover for every definition of `params.definitions`: under the
    main one for all groups, under the others for any antipsychotic and the generations. The other analyses, the checks and
    `curves.parquet` are those of the main definition and any antipsychotic; `attrition.csv` is that of the main definition.

    Raises
    ------
    ContractError
        When a definition has no verdicts, or a table is not as declared.

    """
    refuse_not_computed(labels, params.definitions)
    tables = _read(evidence, labels, exposure, params.definitions)
    of_groups = members(drugs, params.generations)
    gap_days, main = params.cohort.exposure.persistence_gap_days, params.main.definition
    found = []
    for definition in params.definitions:
        cases = cases_of(tables.met.filter(definition=definition), tables.observation, tables.eras)
        for group in taken_groups(of_groups, cases.eras):
            if definition == main or group[0] in WIDE:
                eras, others = eras_of(of_groups, cases.eras, group, gap_days)
                is_main = definition == main
                found.append(of_group(cases, eras, others, definition, group, settings, params.level, is_main=is_main))
    episodes = tables.met.filter(definition=main)
    cases = cases_of(episodes, tables.observation, tables.eras)
    eras, _ = eras_of(of_groups, cases.eras, ANTIPSYCHOTIC, gap_days)
    checks = shares(cases, eras, settings.series.death_days, params.level)
    write_results(rows_of(found, checks, main, params.level), out / TOPIC / "results.parquet", version)
    CURVES.write(curve_rows(around_episode(cases, eras, settings.around), main), out / TOPIC / "curves.parquet")
    attrition = [frame for of_one in found for frame in of_one.attrition]
    attrition += [*case_attrition(main, episodes, cases), *crossover_attrition(main, cases, settings.crossover)]
    write_attrition(attrition, out / TOPIC / "attrition.csv")


def _read(evidence: Path, labels: Path, exposure: Path, definitions: list[str]) -> _Tables:
    episodes = EPISODES.scan(evidence / "episodes").select("subject_id", "person_id", "start_day", "end_day")
    met = scan_met(labels / "verdicts", definitions).join(episodes, on="subject_id").collect()
    observation = CASE_OBSERVATION.scan(exposure / "case_observation.parquet").collect()
    eras = ERAS.scan(exposure / "eras").join(met.lazy().select("person_id").unique(), on="person_id", how="semi").collect()
    return _Tables(met, observation, eras)
