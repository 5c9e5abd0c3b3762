"""Universe, ingredients and cases -> numbers of reports by year, reporter, kind of report and sender, in one pass."""

from dataclasses import dataclass

import polars as pl

from nms_pv.measures.reports.tally import membership
from nms_pv.spec.drug_groups import Groups
from nms_pv.spec.params import Main
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, ROLES_COUNTED

UNIVERSE_COLUMNS = ["subject_id", "received_year", "is_representative", "quarter", "reporter_type", "report_type", "sender"]
CELL = ["group_no", "is_representative", "received_year", "reporter_type", "report_type"]
SENDER_CELL = ["group_no", "received_year", "sender"]
QUARTERS = 4


@dataclass(frozen=True)
class YearTally:
    """Under the main roles and definition: reports and cases of each cell, cases that count by sender, quarters at hand."""

    cells: pl.DataFrame
    senders: pl.DataFrame
    quarters: frozenset[str]


def tally_part(universe: pl.DataFrame, ingredients: pl.DataFrame, cases: pl.DataFrame, groups: Groups, main: Main) -> YearTally:
    """Tally one part.

    Parameters
    ----------
    universe
        `UNIVERSE_COLUMNS`.
    ingredients
        Rows of `exposure/report_ingredients`.
    cases
        Column subject_id: reports that meet the main definition.
    groups, main
        The groups, and the main setting.

    """
    reports = universe.with_row_index("report_no").with_columns(is_case=pl.col("subject_id").is_in(cases["subject_id"].implode()))
    counted = ingredients.filter(pl.col("role").is_in(ROLES_COUNTED[main.roles]))
    members = membership(reports, counted, groups).drop("role").join(reports, on="report_no")
    is_counted = pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[main.duplicates])
    return YearTally(
        cells=members.group_by(CELL).agg(reports=pl.len().cast(pl.Int64), cases=pl.col("is_case").sum().cast(pl.Int64)),
        senders=members.filter(is_counted, "is_case").group_by(SENDER_CELL).agg(cases=pl.len().cast(pl.Int64)),
        quarters=frozenset(universe["quarter"].unique()),
    )


def add_up(parts: list[YearTally]) -> YearTally:
    """The tally of all parts together."""
    return YearTally(
        cells=pl.concat([part.cells for part in parts]).group_by(CELL).agg(pl.col("reports", "cases").sum()),
        senders=pl.concat([part.senders for part in parts]).group_by(SENDER_CELL).agg(pl.col("cases").sum()),
        quarters=frozenset().union(*(part.quarters for part in parts)),
    )


def years_at_hand(quarters: frozenset[str], fewest: int) -> list[int]:
    """Years of which the files of so many quarters at least are at hand: others hold only what was sent late."""
    years = [int(quarter[:4]) for quarter in quarters]
    return sorted({year for year in years if years.count(year) >= fewest})


def by_group(tally: YearTally, groups: Groups, kinds: list[str]) -> YearTally:
    """The tally with the names of the groups of these kinds in place of their numbers."""
    names = groups.names.filter(pl.col("group_kind").is_in(kinds))
    cells, senders = (frame.join(names, on="group_no").drop("group_no") for frame in (tally.cells, tally.senders))
    return YearTally(cells, senders, tally.quarters)
