"""Writes the comparisons: reads labels and exposure one part after the other, and keeps only tallies."""

from pathlib import Path

import polars as pl

from nms_pv.measures.comparison.compared import Settings, Study, comparisons, tally_part, together
from nms_pv.measures.comparison.tally import Part, all_reports, antipsychotic_reports
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.strict import StudyError
from nms_pv.tables.exposure import REPORT_INDICATION_GROUPS, REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS, refuse_not_computed, scan_met
from nms_pv.tables.parts import common_parts


def write_comparison(
    labels: Path, exposure: Path, out: Path, drugs: DrugTable, params: Params, settings: Settings, version: str
) -> None:
    """Read `labels/verdicts` and `exposure`, write `comparison/results.parquet` below `out`.

    Raises
    ------
    ContractError
        When a definition of `params.definitions` has no verdicts, or a table lacks a part.
    StudyError
        When a comparator is no antipsychotic of the drug table.

    """
    refuse_not_computed(labels, params.definitions)
    _refuse_strangers(settings, drugs)
    study = Study(
        everyone=all_reports(drugs, params.generations),
        antipsychotics=antipsychotic_reports(drugs, params.generations),
        definitions=params.definitions,
        main=params.main,
        settings=settings,
        level=params.level,
    )
    parts = common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts"))
    tallies = together([tally_part(_read(labels, exposure, part, study), study) for part in parts])
    found = comparisons(tallies, study, _classes(drugs))
    rows = [
        result_rows(one.frame, one.measure, arm="reports", unit=one.unit, method=one.method, level=one.level) for one in found
    ]
    write_results(pl.concat(rows), out / "comparison" / "results.parquet", version)


def _refuse_strangers(settings: Settings, drugs: DrugTable) -> None:
    antipsychotics = {name for name, drug in drugs.drugs.items() if drug.is_antipsychotic}
    if strangers := sorted(set(settings.comparators) - antipsychotics):
        raise StudyError(
            f"params.yaml, reports.comparators: {strangers} are no antipsychotics of study/drugs.csv; name ingredients that "
            "have the role antipsychotic there"
        )


def _read(labels: Path, exposure: Path, part: str, study: Study) -> Part:
    return Part(
        universe=UNIVERSE.scan(exposure / "universe" / part)
        .select("subject_id", "received_year", "is_representative", "age_band", "sex")
        .collect(),
        ingredients=REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part).collect(),
        indications=REPORT_INDICATION_GROUPS.scan(exposure / "report_indications" / part).collect(),
        met=scan_met(labels / "verdicts" / part, study.definitions).collect(),
    )


def _classes(drugs: DrugTable) -> pl.DataFrame:
    """The chemical class of each ingredient that has one in the comparisons."""
    rows = [(drug.ingredient, drug.chemical_class) for drug in drugs.drugs.values() if drug.blocks_or_depletes_dopamine]
    return pl.DataFrame(rows, schema={"group": pl.String, "chemical_class": pl.String}, orient="row")
