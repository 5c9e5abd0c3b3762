"""Reports with drugs, covariates and a planted odds ratio, as layers 4 and 5 hold them."""

from pathlib import Path

import numpy as np

from nms_pv.tables.exposure import REPORT_CONTROLS, REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from tests.lib.declared_rows import rows

PARTS = ("2023Q4.parquet", "2024Q1.parquet")
NAMED = {"haloperidol": 0.2, "risperidone": 0.25, "metoclopramide": 0.1, "biperiden": 0.15}


def write_layers(folder: Path, reports: int = 600, seed: int = 1) -> None:
    """Labels and exposure of so many reports; NMS is reported six times as often with haloperidol, twice with risperidone."""
    rng = np.random.default_rng(seed)
    has = {ingredient: rng.random(reports) < share for ingredient, share in NAMED.items()}
    odds = 0.05 * np.where(has["haloperidol"], 6, 1) * np.where(has["risperidone"], 2, 1)
    is_case = rng.random(reports) < odds / (1 + odds)
    for place, part in enumerate(PARTS):
        here = [number for number in range(reports) if number % len(PARTS) == place]
        universe = [_report(number, rng) for number in here]
        ingredients = [
            {"subject_id": _subject(number), "ingredient": ingredient, "formulation": "other", "role": role}
            for number in here
            for (ingredient, named), role in zip(has.items(), ("PS", "SS", "PS", "other"), strict=True)
            if named[number]
        ]
        verdicts = [
            {"subject_id": _subject(number), "definition": "pt_only", "verdict": "met" if is_case[number] else "not_met"}
            for number in here
        ]
        UNIVERSE.write(rows(UNIVERSE, *universe), folder / "exposure" / "universe" / part)
        REPORT_INGREDIENTS.write(rows(REPORT_INGREDIENTS, *ingredients), folder / "exposure" / "report_ingredients" / part)
        VERDICTS.write(rows(VERDICTS, *verdicts), folder / "labels" / "verdicts" / part)
        controls = [
            {"subject_id": _subject(number), "name": f"neutral {number % 7}", "role": "PS" if number % 3 else "other"}
            for number in here
        ]
        REPORT_CONTROLS.write(rows(REPORT_CONTROLS, *controls), folder / "exposure" / "report_controls" / part)
    DEFINITIONS.write(
        rows(DEFINITIONS, {"definition": "pt_only", "is_computed": True}), folder / "labels" / "definitions.parquet"
    )


def _subject(number: int) -> str:
    return f"faers:{number:05d}"


def _report(number: int, rng: np.random.Generator) -> dict[str, object]:
    return {
        "subject_id": _subject(number),
        "received_year": int(rng.integers(2012, 2024)) if number % 10 else None,
        "is_representative": bool(number % 12),
        "age_band": ("0-39", "40-64", "65+")[int(rng.integers(3))] if number % 4 else "unknown",
        "sex": ("female", "male", "unknown")[int(rng.integers(3))],
        "reporter_type": ("physician", "consumer", "lawyer")[int(rng.integers(3))],
        "occurrence_country": ("US", "JP", "FR", "BR", None)[int(rng.integers(5))],
        "reporter_country": "US" if number % 2 else None,
    }
