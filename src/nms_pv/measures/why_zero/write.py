"""Writes why counts are zero, in both arms."""

from pathlib import Path

import polars as pl

from nms_pv.measures.grid.groups import with_antipsychotic
from nms_pv.measures.why_zero import cohort, reports
from nms_pv.spec.drug_groups import Groups, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.tables.evidence import EXPOSURES
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS, refuse_not_computed
from nms_pv.tables.parts import common_parts
from nms_pv.tables.person_time import CASES, PERSON_TIME
from nms_pv.tables.why_zero import WHY_ZERO


def write_report_zeros(labels: Path, evidence: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params) -> None:
    """Read `labels/verdicts`, `evidence/exposures` and `exposure`, write `why_zero/why_zero.parquet` below `out`.

    Raises
    ------
    ContractError
        When the layers do not have the same parts, or a definition of `params.definitions` has no verdicts.
    """
    refuse_not_computed(labels, params.definitions)
    groups = drug_groups(drugs, params.generations)
    parts = common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts"), (EXPOSURES, evidence / "exposures"))
    tallies = [
        reports.tally_part(
            UNIVERSE.scan(exposure / "universe" / part).select("subject_id", "is_representative").collect(),
            REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part).collect(),
            _verdicts(labels / "verdicts" / part, params.definitions),
            _courses(evidence / "exposures" / part),
            groups,
        )
        for part in parts
    ]
    WHY_ZERO.write(reports.zeros(reports.add_up(tallies), groups, params.definitions), out / "why_zero" / "why_zero.parquet")


def write_cohort_zeros(labels: Path, evidence: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params) -> None:
    """Read `labels/verdicts`, `evidence/exposures`, `person_time` and `cases`, write `why_zero/why_zero.parquet` below `out`."""
    refuse_not_computed(labels, params.definitions)
    groups: Groups = with_antipsychotic(drug_groups(drugs, params.generations), drugs)
    candidates = cohort.candidates_of_groups(
        _verdicts(labels / "verdicts", params.definitions), _courses(evidence / "exposures"), groups
    )
    rows = cohort.zeros(
        PERSON_TIME.scan(exposure / "person_time.parquet").collect(), CASES.scan(exposure / "cases.parquet").collect(), candidates
    )
    WHY_ZERO.write(rows, out / "why_zero" / "why_zero.parquet")


def _verdicts(path: Path, definitions: list[str]) -> pl.DataFrame:
    chosen = VERDICTS.scan(path).filter(pl.col("definition").is_in(definitions))
    return chosen.select("subject_id", "definition", "verdict").collect()


def _courses(path: Path) -> pl.DataFrame:
    return EXPOSURES.scan(path).select("subject_id", "ingredient", "formulation").collect()
