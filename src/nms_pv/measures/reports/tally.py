"""labels and exposure -> numbers of distinct reports, by what settings are made of.

Reports are tallied by strongest role, representative or not, year and outcome, so that one pass over a part serves every
setting: a setting is a sum of tallies, and the tallies of parts add up because a report lies in one part only.
"""

from dataclasses import dataclass

import polars as pl

from nms_pv.spec.drug_groups import Groups
from nms_pv.tables.contract import ContractError
from nms_pv.tables.exposure import REPORT_INGREDIENTS

ROLE = REPORT_INGREDIENTS.types["role"]
REPORT_CELL = ["group_no", "role", "is_representative", "received_year"]
CASE_CELL = ["definition", *REPORT_CELL, "is_serious", "is_fatal"]


@dataclass(frozen=True)
class Tally:
    """Numbers `n` of distinct reports: all of a group (`reports`), and those of it that meet a definition (`cases`)."""

    definitions: pl.DataFrame
    reports: pl.DataFrame
    cases: pl.DataFrame


def tally_part(universe: pl.DataFrame, ingredients: pl.DataFrame, verdicts: pl.DataFrame, groups: Groups) -> Tally:
    """Tally one part.

    Raises
    ------
    ContractError
        For ingredients that the drug table does not list.
    """
    unlisted = set(ingredients["ingredient"].unique()) - set(groups.members["ingredient"].unique())
    if unlisted:
        raise ContractError(
            f"exposure/report_ingredients: column 'ingredient' holds {sorted(unlisted)}, which study/drugs.csv does not list. "
            "Run `dvc repro`: the drugs were coded with another drug table"
        )
    reports = universe.with_row_index("report_no")
    members = membership(reports, ingredients, groups).join(reports, on="report_no")
    met = verdicts.filter(pl.col("verdict") == "met").select("subject_id", "definition")
    return Tally(
        definitions=verdicts.select("definition").unique(),
        reports=members.group_by(REPORT_CELL).agg(n=pl.len().cast(pl.Int64)),
        cases=members.join(met, on="subject_id").group_by(CASE_CELL).agg(n=pl.len().cast(pl.Int64)),
    )


def add_up(parts: list[Tally]) -> Tally:
    """The tally of all parts together."""
    n = pl.col("n").sum()
    return Tally(
        definitions=pl.concat([part.definitions for part in parts]).unique(),
        reports=pl.concat([part.reports for part in parts]).group_by(REPORT_CELL).agg(n),
        cases=pl.concat([part.cases for part in parts]).group_by(CASE_CELL).agg(n),
    )


def membership(reports: pl.DataFrame, ingredients: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """One row for each report and group it belongs to, with the strongest role that puts it there."""
    named = (
        ingredients.join(reports.select("subject_id", "report_no"), on="subject_id")
        .join(groups.members, on=["ingredient", "formulation"])
        .group_by("report_no", "group_no")
        .agg(pl.col("role").min())
    )
    # Every report of the universe has a suspect drug, so it belongs to the group of all reports under every roles setting.
    everyone = reports.select(
        "report_no",
        pl.lit(groups.number_of_all, named.schema["group_no"]).alias("group_no"),
        pl.lit("PS", ROLE).alias("role"),
    )
    return pl.concat([everyone, named])
