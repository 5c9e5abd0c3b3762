"""Writes layer 5, one part after the other: a report lies in one part only, so parts never meet."""

from pathlib import Path

import polars as pl

from nms_pv.exposure.reports.ingredients import drug_attrition, report_ingredients
from nms_pv.exposure.reports.universe import DESCRIBED, counted_reports, report_attrition
from nms_pv.tables.attrition import write_attrition
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORT_OUTCOMES, REPORTS
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.parts import keep_only, part_names


def write_exposure(canonical: Path, out: Path) -> None:
    """Read `canonical`, write `universe/`, `report_ingredients/` and `attrition.csv` below `out`."""
    parts = part_names(REPORTS, canonical / "reports")
    attrition = [frame for part in parts for frame in _write_part(canonical, out, part)]
    keep_only(parts, out / "universe")
    keep_only(parts, out / "report_ingredients")
    write_attrition(attrition, out / "attrition.csv")


def _write_part(canonical: Path, out: Path, part: str) -> list[pl.DataFrame]:
    reports = (
        REPORTS.scan(canonical / "reports" / part)
        .select("subject_id", "first_received_day", "is_representative", "is_serious", *DESCRIBED)
        .collect()
    )
    drugs = (
        REPORT_DRUGS.scan(canonical / "report_drugs" / part).select("subject_id", "ingredient", "formulation", "role").collect()
    )
    events = REPORT_EVENTS.scan(canonical / "report_events" / part).select("subject_id").collect()
    outcomes = REPORT_OUTCOMES.scan(canonical / "report_outcomes" / part).select("subject_id", "outcome").collect()

    quarter = Path(part).stem
    universe = counted_reports(reports, drugs, events, outcomes, quarter)
    ingredients = report_ingredients(universe, drugs)

    UNIVERSE.write(universe, out / "universe" / part)
    REPORT_INGREDIENTS.write(ingredients, out / "report_ingredients" / part)
    return [
        report_attrition(f"{quarter}:reports", reports, drugs, events),
        drug_attrition(f"{quarter}:report_drugs", drugs, universe, ingredients),
    ]
