"""Reports under the main setting: which count, which are cases, and what they name."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl

from nms_pv.spec.params import Main
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS, refuse_not_computed, scan_met
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, ROLES_COUNTED
from nms_pv.tables.parts import common_parts


class MainPart(NamedTuple):
    """One part under the main setting.

    `reports`: rows of the universe that count, with `is_case`. `ingredients`: subject_id, ingredient and `counted`, whether
    its role counts as exposure; forms of one ingredient are one.
    """

    reports: pl.DataFrame
    ingredients: pl.DataFrame


def main_parts(labels: Path, exposure: Path, main: Main) -> Iterator[MainPart]:
    """Read labels and exposure, one part after the other.

    Raises
    ------
    ContractError
        When they do not have the same parts, or the main definition has no verdicts.
    """
    refuse_not_computed(labels, [main.definition])
    for part in common_parts((UNIVERSE, exposure / "universe"), (VERDICTS, labels / "verdicts")):
        yield _main_part(labels, exposure, part, main)


def _main_part(labels: Path, exposure: Path, part: str, main: Main) -> MainPart:
    is_case = scan_met(labels / "verdicts" / part, [main.definition]).select("subject_id", is_case=True)
    reports = (
        UNIVERSE.scan(exposure / "universe" / part)
        .filter(pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[main.duplicates]))
        .join(is_case, on="subject_id", how="left")
        .with_columns(pl.col("is_case").fill_null(False))
    )
    counted = pl.col("role").cast(pl.String).is_in(ROLES_COUNTED[main.roles]).any()
    ingredients = (
        REPORT_INGREDIENTS.scan(exposure / "report_ingredients" / part)
        .join(reports.select("subject_id"), on="subject_id", how="semi")
        .group_by("subject_id", "ingredient")
        .agg(counted=counted)
    )
    return MainPart(reports.collect(), ingredients.collect())
