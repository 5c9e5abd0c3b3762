"""Writes layer 5, one part after the other: a report lies in one part only, so parts never meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.exposure.reports.controls import report_controls
from nms_pv.exposure.reports.indications import indication_attrition, report_indications
from nms_pv.exposure.reports.ingredients import drug_attrition, report_ingredients
from nms_pv.exposure.reports.universe import DESCRIBED, counted_reports, report_attrition
from nms_pv.spec.controls import Control
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORT_INDICATIONS, REPORT_OUTCOMES, REPORTS
from nms_pv.tables.exposure import REPORT_CONTROLS, REPORT_INDICATION_GROUPS, REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.parts import keep_only, part_names


@dataclass(frozen=True)
class ReportStudy:
    """What reports are looked at for: terms of each group of indications, control drugs, lower bounds of age bands in years."""

    indications: Mapping[str, Sequence[str]]
    controls: Sequence[Control]
    age_bands: Sequence[int]


def write_exposure(canonical: Path, out: Path, study: ReportStudy) -> None:
    """Read `canonical`, write `universe/`, `report_ingredients/` and `attrition.csv` below `out`.

    Beside them `report_indications/` and `report_controls/`.

    Parameters
    ----------
    canonical, out
        Folders of the layers of the reports arm.
    study
        What reports are looked at for.

    """
    parts = part_names(REPORTS, canonical / "reports")
    attrition = [frame for part in parts for frame in _write_part(canonical, out, part, study)]
    for folder in ("universe", "report_ingredients", "report_indications", "report_controls"):
        keep_only(parts, out / folder)
    write_attrition(attrition, out / "attrition.csv")


def _write_part(canonical: Path, out: Path, part: str, study: ReportStudy) -> list[pl.DataFrame]:
    reports = (
        REPORTS.scan(canonical / "reports" / part)
        .select("subject_id", "first_received_day", "is_representative", "is_serious", *DESCRIBED)
        .collect()
    )
    drugs = (
        REPORT_DRUGS.scan(canonical / "report_drugs" / part)
        .select("subject_id", "ingredient", "ingredient_reported", "formulation", "role")
        .collect()
    )
    events = REPORT_EVENTS.scan(canonical / "report_events" / part).select("subject_id").collect()
    indications = REPORT_INDICATIONS.scan(canonical / "report_indications" / part).select("subject_id", "term_key").collect()
    outcomes = REPORT_OUTCOMES.scan(canonical / "report_outcomes" / part).select("subject_id", "outcome").collect()

    quarter = Path(part).stem
    universe = counted_reports(reports, drugs, events, outcomes, quarter, study.age_bands)
    ingredients = report_ingredients(universe, drugs)

    UNIVERSE.write(universe, out / "universe" / part)
    REPORT_INGREDIENTS.write(ingredients, out / "report_ingredients" / part)
    REPORT_INDICATION_GROUPS.write(
        report_indications(universe, indications, study.indications), out / "report_indications" / part
    )
    REPORT_CONTROLS.write(report_controls(universe, drugs, study.controls), out / "report_controls" / part)
    return [
        report_attrition(f"{quarter}:reports", reports, drugs, events),
        drug_attrition(f"{quarter}:report_drugs", drugs, universe, ingredients),
        indication_attrition(f"{quarter}:report_indications", indications, universe, study.indications),
    ]
