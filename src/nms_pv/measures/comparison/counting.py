"""Tallies -> cells of 2x2 tables: a group and its reference, under a setting, in a stratum.

Every frame has `a` (group and definition), `group_reports` (a + b), `c` (reference and definition) and `reference_reports`
(c + d), all distinct reports, beside the columns that say which table it is.
"""

from collections.abc import Sequence

import polars as pl

from nms_pv.measures.comparison.tally import Counted, Universe
from nms_pv.spec.drug_groups import ALL, ALWAYS_SHOWN
from nms_pv.spec.params import Main
from nms_pv.tables.measures import DUPLICATES, ROLES

WEAKEST_RANK = {"ps": 0, "ps+ss": 1, "any": 2}
SETTING = ["roles", "duplicates"]
TABLE = ["definition", *SETTING, "group_no", "group_kind", "group"]
CELLS = ["a", "group_reports", "c", "reference_reports"]
EVERY_SETTING = pl.DataFrame(
    [(roles, duplicates, rank, duplicates == "kept") for roles, rank in WEAKEST_RANK.items() for duplicates in DUPLICATES],
    schema={
        "roles": pl.Enum(list(ROLES)),
        "duplicates": pl.Enum(list(DUPLICATES)),
        "weakest_rank": pl.Int8,
        "keeps_all": pl.Boolean,
    },
    orient="row",
)


def main_setting(main: Main) -> pl.DataFrame:
    """The setting shown first, alone."""
    return EVERY_SETTING.filter(pl.col("roles") == main.roles, pl.col("duplicates") == main.duplicates)


def in_settings(counted: Counted, by: Sequence[str], settings: pl.DataFrame) -> Counted:
    """The numbers under each of these settings, by these columns."""
    is_counted = (pl.col("role_rank") <= pl.col("weakest_rank")) & (pl.col("is_representative") | pl.col("keeps_all"))

    def add(cells: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        return cells.join(settings, how="cross").filter(is_counted).group_by(*SETTING, *columns).agg(pl.col("n").sum())

    return Counted(add(counted.reports, by), add(counted.cases, ["definition", *by]))


def against_universe(counted: Counted, universe: Universe, definitions: Sequence[str], splits: pl.DataFrame) -> pl.DataFrame:
    """2x2 tables of each group against the rest of its universe.

    A group is there when anything counts a report of it; generations and formulations always are.

    Parameters
    ----------
    counted
        Numbers under settings (`in_settings`), by the columns of `splits` and `group_no`.
    universe
        What is compared with what.
    definitions
        Case definitions.
    splits
        The settings, and strata of each, that are wanted: roles, duplicates, and the columns of the strata.

    """
    by = [name for name in splits.columns if name not in SETTING]
    is_everyone = pl.col("group_no") == universe.groups.number_of_all
    has_reports = pl.col("group_no").is_in(counted.reports["group_no"].unique().implode())
    shown = universe.groups.names.filter(has_reports | pl.col("group_kind").is_in(ALWAYS_SHOWN), pl.col("group_kind") != ALL[0])
    everyone = Counted(*(frame.filter(is_everyone).drop("group_no") for frame in (counted.reports, counted.cases)))
    every_definition = splits.join(pl.DataFrame({"definition": list(definitions)}), how="cross")
    whole = _with_numbers(every_definition, everyone, splits.columns, "cases", "reports")
    tables = _with_numbers(whole.join(shown, how="cross"), counted, [*splits.columns, "group_no"], "a", "group_reports")
    rest = {"c": pl.col("cases") - pl.col("a"), "reference_reports": pl.col("reports") - pl.col("group_reports")}
    return tables.with_columns(**rest).select(*TABLE, *by, *CELLS).sort(*TABLE, *by)


def against_comparator(tables: pl.DataFrame, pairs: Counted, universe: Universe, comparator: str) -> pl.DataFrame:
    """2x2 tables of each group against reports that name the comparator and not the group.

    Groups that the comparator belongs to are left out.

    Parameters
    ----------
    tables
        2x2 tables of every group in its universe (`against_universe`).
    pairs
        Numbers of reports that name both groups of a pair, under the same settings.
    universe
        The universe of both.
    comparator
        An ingredient.

    """
    own = universe.groups.members.filter(pl.col("ingredient") == comparator)["group_no"].unique().implode()
    is_comparator = (pl.col("group_kind") == "ingredient") & (pl.col("group") == comparator)
    other = tables.filter(is_comparator).select(
        "definition", *SETTING, other_no="group_no", other_cases="a", other_reports="group_reports"
    )
    compared = (
        tables.filter(~pl.col("group_no").is_in(own))
        .join(other, on=["definition", *SETTING], how="left")
        .with_columns(pl.col("other_cases", "other_reports").fill_null(0))
    )
    both = _with_numbers(compared, pairs, [*SETTING, "group_no", "other_no"], "both_cases", "both_reports")
    return both.with_columns(
        c=pl.col("other_cases") - pl.col("both_cases"), reference_reports=pl.col("other_reports") - pl.col("both_reports")
    ).select(tables.columns)


def with_masker(tables: pl.DataFrame, pairs: Counted) -> pl.DataFrame:
    """Of each group, the other group of its kind that masks it most, and the reports that name that one.

    The strongest masker leaves the reference with the smallest proportion of reports that meet the definition; of equals,
    the first by name. Without a report of the group or of another one, there is none.

    Columns beside those of the tables: `masker`; `masker_c` and `masker_n`, the reports of the reference that name it and
    meet the definition, and all that do; `both_cases` and `both_reports`, those of the group.
    """
    other = tables.filter(pl.col("group_reports") > 0).select(
        "definition", *SETTING, "group_kind", other_no="group_no", masker="group", other_cases="a", other_reports="group_reports"
    )
    every = tables.join(other, on=["definition", *SETTING, "group_kind"]).filter(pl.col("group_no") != pl.col("other_no"))
    both = _with_numbers(every, pairs, [*SETTING, "group_no", "other_no"], "both_cases", "both_reports")
    left = {
        "masker_c": pl.col("other_cases") - pl.col("both_cases"),
        "masker_n": pl.col("other_reports") - pl.col("both_reports"),
    }
    proportion_left = (pl.col("c") - pl.col("masker_c")) / (pl.col("reference_reports") - pl.col("masker_n"))
    return (
        both.with_columns(**left)
        .sort(*TABLE, proportion_left, "masker")
        .group_by(TABLE, maintain_order=True)
        .first()
        .select(*TABLE, *CELLS, "masker", *left, "both_cases", "both_reports")
    )


def without_masker(masked: pl.DataFrame) -> pl.DataFrame:
    """2x2 tables of each group with every report that names its strongest masker left out."""
    return masked.with_columns(
        a=pl.col("a") - pl.col("both_cases"),
        group_reports=pl.col("group_reports") - pl.col("both_reports"),
        c=pl.col("c") - pl.col("masker_c"),
        reference_reports=pl.col("reference_reports") - pl.col("masker_n"),
    )


def without_outsiders(everyone: pl.DataFrame, antipsychotics: pl.DataFrame, outsiders: Counted) -> pl.DataFrame:
    """2x2 tables of each group of antipsychotics with every report that names an antipsychotic outside it left out.

    Parameters
    ----------
    everyone, antipsychotics
        2x2 tables of the groups in both universes.
    outsiders
        Numbers of reports that name a group and an antipsychotic outside it.

    """
    whole = everyone.select(
        "definition",
        *SETTING,
        cases=pl.col("a") + pl.col("c"),
        reports=pl.col("group_reports") + pl.col("reference_reports"),
    ).unique()
    here = antipsychotics.join(whole, on=["definition", *SETTING])
    mixed = _with_numbers(here, outsiders, [*SETTING, "group_no"], "mixed_cases", "mixed_reports")
    return mixed.with_columns(
        a=pl.col("a") - pl.col("mixed_cases"),
        group_reports=pl.col("group_reports") - pl.col("mixed_reports"),
        c=pl.col("cases") - pl.col("a") - pl.col("c"),
        reference_reports=pl.col("reports") - pl.col("group_reports") - pl.col("reference_reports"),
    ).select(antipsychotics.columns)


def _with_numbers(frame: pl.DataFrame, counted: Counted, on: list[str], cases: str, reports: str) -> pl.DataFrame:
    """The frame with the numbers that belong to its rows, in two new columns; where there are none, 0."""
    return (
        frame.join(counted.cases.rename({"n": cases}), on=["definition", *on], how="left")
        .join(counted.reports.rename({"n": reports}), on=on, how="left")
        .with_columns(pl.col(cases, reports).fill_null(0))
    )
