"""Tallies -> the counts that measures are made of."""

import polars as pl

from nms_pv.measures.reports.tally import ROLE, Tally
from nms_pv.spec.drug_groups import ALWAYS_SHOWN, Groups
from nms_pv.spec.params import Main
from nms_pv.tables.measures import DUPLICATES, REPRESENTATIVE_COUNTED, ROLES, ROLES_COUNTED

SETTING_TYPES = {"roles": pl.Enum(list(ROLES)), "duplicates": pl.Enum(list(DUPLICATES))}
SETTING = list(SETTING_TYPES)
CELLS_OF_SETTING = pl.DataFrame(
    [
        (roles, duplicates, role, representative)
        for roles, roles_counted in ROLES_COUNTED.items()
        for role in roles_counted
        for duplicates, representative_counted in REPRESENTATIVE_COUNTED.items()
        for representative in representative_counted
    ],
    schema={**SETTING_TYPES, "role": ROLE, "is_representative": pl.Boolean},
    orient="row",
)
SETTINGS = CELLS_OF_SETTING.select(SETTING).unique()


def count_grid(tally: Tally, groups: Groups) -> pl.DataFrame:
    """The cells of every 2x2 table: definition x roles x duplicates x group.

    `a` (group and definition), `group_reports` (a + b), `cases` (a + c), `reports` (N, the whole universe whatever the
    roles). A group is there when at least one setting counts a report of it; generations and formulations always are.
    """
    has_reports = pl.col("group_no").is_in(tally.reports["group_no"].unique().implode())
    shown = groups.names.filter(has_reports | pl.col("group_kind").is_in(ALWAYS_SHOWN))
    reports = by_setting(tally.reports, ["group_no"])
    cases = by_setting(tally.cases, ["definition", "group_no"])
    of_all = pl.col("group_no") == groups.number_of_all
    return (
        tally.definitions.join(SETTINGS, how="cross")
        .join(shown, how="cross")
        .join(cases.rename({"n": "a"}), on=["definition", *SETTING, "group_no"], how="left")
        .join(reports.rename({"n": "group_reports"}), on=[*SETTING, "group_no"], how="left")
        .join(cases.filter(of_all).select("definition", *SETTING, cases="n"), on=["definition", *SETTING], how="left")
        .join(reports.filter(of_all).select(*SETTING, reports="n"), on=SETTING, how="left")
        .with_columns(pl.col("a", "group_reports", "cases", "reports").fill_null(0))
        .drop("group_no")
    )


def count_years(tally: Tally, groups: Groups, main: Main) -> pl.DataFrame:
    """`a` and `group_reports` by `received_year`, under the main roles and duplicates, overall and for each generation."""
    year_of_group = ["received_year", "group_no"]
    reports = _in_main(tally.reports, main).group_by(year_of_group).agg(group_reports=pl.col("n").sum())
    cases = _in_main(tally.cases, main).group_by("definition", *year_of_group).agg(a=pl.col("n").sum())
    return (
        _overall_and_generations(tally, groups, main)
        .join(reports.select("received_year").unique(), how="cross")
        .join(cases, on=["definition", *year_of_group], how="left", nulls_equal=True)
        .join(reports, on=year_of_group, how="left", nulls_equal=True)
        .with_columns(pl.col("a", "group_reports").fill_null(0))
        .drop("group_no")
    )


def count_outcomes(tally: Tally, groups: Groups, main: Main) -> pl.DataFrame:
    """Outcomes of cases, under the main roles and duplicates, overall and for each generation.

    `a` (cases), and for `serious` and `fatal`: how many are, and `<outcome>_known`, of how many it is known.
    """
    n = pl.col("n")
    counts = (
        _in_main(tally.cases, main)
        .group_by("definition", "group_no")
        .agg(
            a=n.sum(),
            serious=n.filter(pl.col("is_serious")).sum(),
            serious_known=n.filter(pl.col("is_serious").is_not_null()).sum(),
            fatal=n.filter(pl.col("is_fatal")).sum(),
            fatal_known=n.filter(pl.col("is_fatal").is_not_null()).sum(),
        )
    )
    return (
        _overall_and_generations(tally, groups, main)
        .join(counts, on=["definition", "group_no"], how="left")
        .with_columns(pl.col("a", "serious", "serious_known", "fatal", "fatal_known").fill_null(0))
        .drop("group_no")
    )


def by_setting(cells: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Sums of `n` under every setting of roles and duplicates, from cells with columns role and is_representative."""
    return cells.join(CELLS_OF_SETTING, on=["role", "is_representative"]).group_by(*SETTING, *by).agg(pl.col("n").sum())


def _in_main(cells: pl.DataFrame, main: Main) -> pl.DataFrame:
    return cells.filter(
        pl.col("role").is_in(ROLES_COUNTED[main.roles]),
        pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[main.duplicates]),
    )


def _overall_and_generations(tally: Tally, groups: Groups, main: Main) -> pl.DataFrame:
    shown = groups.names.filter(pl.col("group_kind").is_in(["all", "generation"]))
    setting = pl.DataFrame([(main.roles, main.duplicates)], schema=SETTING_TYPES, orient="row")
    return tally.definitions.join(setting, how="cross").join(shown, how="cross")
