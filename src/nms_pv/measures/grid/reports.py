"""Reports arm: universe, ingredients and verdicts -> the cells of every specification, from one pass over the parts."""

from dataclasses import dataclass

import polars as pl

from nms_pv.measures.grid.groups import ANTIPSYCHOTIC
from nms_pv.measures.reports.counting import SETTING, SETTINGS, by_setting
from nms_pv.measures.reports.tally import membership
from nms_pv.spec.drug_groups import ALL, Groups

# The last quarter whose files have the old layout.
LAST_LEGACY_QUARTER = "2012Q3"
ERAS = {"all": ["legacy", "current"], "legacy": ["legacy"], "current": ["current"]}
# What a group is compared with, and the group whose reports these are, but for its own.
COMPARATORS = {"all_other_reports": ALL, "other_antipsychotics": ANTIPSYCHOTIC}
CELL = ["group_no", "role", "is_representative", "era"]
CASE_CELL = ["definition", *CELL]
CELLS = ["a", "group_size", "reference_a", "reference_size"]


@dataclass(frozen=True)
class GridTally:
    """Numbers `n` of distinct reports by strongest role, representative or not, and era: of groups, and of their cases."""

    reports: pl.DataFrame
    cases: pl.DataFrame


def tally_part(universe: pl.DataFrame, ingredients: pl.DataFrame, met: pl.DataFrame, groups: Groups) -> GridTally:
    """Tally one part: universe with is_representative and quarter, report ingredients, and the cases of each definition."""
    era = pl.when(pl.col("quarter") <= LAST_LEGACY_QUARTER).then(pl.lit("legacy")).otherwise(pl.lit("current"))
    reports = universe.with_row_index("report_no").with_columns(era=era)
    members = membership(reports, ingredients, groups).join(reports, on="report_no")
    n = pl.len().cast(pl.Int64)
    return GridTally(
        reports=members.group_by(CELL).agg(n=n),
        cases=members.join(met, on="subject_id").group_by(CASE_CELL).agg(n=n),
    )


def add_up(parts: list[GridTally]) -> GridTally:
    """The tally of all parts together."""
    n = pl.col("n").sum()
    return GridTally(
        reports=pl.concat([part.reports for part in parts]).group_by(CELL).agg(n),
        cases=pl.concat([part.cases for part in parts]).group_by(CASE_CELL).agg(n),
    )


def specifications(tally: GridTally, groups: Groups, definitions: list[str]) -> pl.DataFrame:
    """The cells of every specification of every group: definition x roles x duplicates x comparator x era.

    A group's own reports are among those it is compared with, since a report of one antipsychotic is a report of an
    antipsychotic and of the universe; what is left of them without the group's own is the reference. A cell that no report
    fills is 0.
    """
    reports = _by_era(by_setting(tally.reports, ["group_no", "era"]), ["group_no"])
    cases = _by_era(by_setting(tally.cases, ["definition", "group_no", "era"]), ["definition", "group_no"])
    of_choice = [*SETTING, "era"]
    choices = (
        pl.DataFrame({"definition": definitions}).join(SETTINGS, how="cross").join(pl.DataFrame({"era": list(ERAS)}), how="cross")
    )
    compared = groups.names.filter(~pl.col("group_kind").is_in([ALL[0], ANTIPSYCHOTIC[0]]))
    whole = pl.DataFrame(
        [(name, *group) for name, group in COMPARATORS.items()],
        schema={"comparator": pl.String, "group_kind": pl.String, "group": pl.String},
        orient="row",
    ).join(groups.names, on=["group_kind", "group"])
    of_whole = (
        choices.join(whole.select("comparator", "group_no"), how="cross")
        .join(cases.rename({"n": "whole_a"}), on=["definition", *of_choice, "group_no"], how="left")
        .join(reports.rename({"n": "whole_size"}), on=[*of_choice, "group_no"], how="left")
        .drop("group_no")
    )
    return (
        choices.join(compared, how="cross")
        .join(cases.rename({"n": "a"}), on=["definition", *of_choice, "group_no"], how="left")
        .join(reports.rename({"n": "group_size"}), on=[*of_choice, "group_no"], how="left")
        .join(of_whole, on=["definition", *of_choice])
        .with_columns(pl.col("a", "group_size", "whole_a", "whole_size").fill_null(0))
        .with_columns(reference_a=pl.col("whole_a") - pl.col("a"), reference_size=pl.col("whole_size") - pl.col("group_size"))
        .select("definition", *of_choice, "comparator", "group_kind", "group", *CELLS)
    )


def _by_era(cells: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Sums of `n` by the eras that are shown, of which the first holds the others."""
    pairs = [(shown, era) for shown, eras in ERAS.items() for era in eras]
    shown = pl.DataFrame(pairs, schema=["shown", "era"], orient="row")
    return cells.join(shown, on="era").group_by(*SETTING, *by, era="shown").agg(pl.col("n").sum())
