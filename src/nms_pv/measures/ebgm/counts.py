"""Labels and exposure -> reports observed and expected in every group of drugs, under every definition."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from nms_pv.measures.reports.tally import membership
from nms_pv.spec.drug_groups import ALL, ALWAYS_SHOWN, Groups
from nms_pv.spec.params import Main
from nms_pv.tables.exposure import PAIR_STRATUM
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, ROLES_COUNTED


@dataclass(frozen=True)
class Counts:
    """Numbers `n` of distinct reports under the main roles and duplicates, by stratum, and those `of_both` in all strata.

    `reports` is of all, `groups` by group_no, `cases` by definition, `of_both` by definition and group_no.
    """

    reports: pl.DataFrame
    groups: pl.DataFrame
    cases: pl.DataFrame
    of_both: pl.DataFrame


def count_part(universe: pl.DataFrame, ingredients: pl.DataFrame, verdicts: pl.DataFrame, groups: Groups, main: Main) -> Counts:
    """Count one part.

    Parameters
    ----------
    universe, ingredients, verdicts
        Rows of `exposure/universe`, `exposure/report_ingredients` and `labels/verdicts` of the same reports.
    groups
        The groups of drugs.
    main
        Which roles and which duplicates count.

    """
    counted = universe.filter(pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[main.duplicates]))
    reports = counted.select("subject_id", *PAIR_STRATUM).with_row_index("report_no")
    exposed = membership(reports, ingredients, groups).filter(pl.col("role").is_in(ROLES_COUNTED[main.roles]))
    members = exposed.join(reports, on="report_no")
    met = verdicts.filter(pl.col("verdict") == "met").select("subject_id", "definition")
    cases = reports.join(met, on="subject_id")
    of_both = members.join(met, on="subject_id")
    return Counts(
        *(
            rows.group_by(key).agg(n=pl.len().cast(pl.Int64))
            for rows, key in zip((reports, members, cases, of_both), _KEYS, strict=True)
        )
    )


def add_up(parts: Sequence[Counts]) -> Counts:
    """The counts of all parts together: a report lies in one part only."""
    together = (pl.concat(frames) for frames in zip(*(_frames(part) for part in parts), strict=True))
    return Counts(*(frame.group_by(key).agg(pl.col("n").sum()) for frame, key in zip(together, _KEYS, strict=True)))


def observed_and_expected(counts: Counts, groups: Groups, definitions: Sequence[str]) -> pl.DataFrame:
    """One row for each definition and group.

    Returns
    -------
    Columns definition, group_kind, group, `a` (group and definition), `group_reports` (a + b), `cases` (a + c), `reports` (N),
    `expected` = ``(a + b)(a + c) / N`` and `expected_stratified`, the same in each stratum, added up. Nothing is expected where
    there is no report.

    """
    n = pl.col("n").sum()
    exposed = counts.groups["group_no"].unique().implode()
    is_shown = pl.col("group_no").is_in(exposed) | pl.col("group_kind").is_in(ALWAYS_SHOWN)
    names = groups.names.filter(is_shown, pl.col("group_kind") != ALL[0])
    rows = pl.DataFrame({"definition": list(definitions)}, schema={"definition": pl.String}).join(names, how="cross")
    return (
        rows.join(counts.of_both.rename({"n": "a"}), on=["definition", "group_no"], how="left")
        .join(counts.groups.group_by("group_no").agg(group_reports=n), on="group_no", how="left")
        .join(counts.cases.group_by("definition").agg(cases=n), on="definition", how="left")
        .join(_by_strata(counts), on=["definition", "group_no"], how="left")
        .with_columns(
            pl.col("a", "group_reports", "cases", "expected_stratified").fill_null(0), reports=counts.reports["n"].sum()
        )
        .with_columns(expected=(pl.col("group_reports") * pl.col("cases") / pl.col("reports")).fill_nan(0))
        .drop("group_no")
        .sort("definition", "group_kind", "group")
    )


_KEYS = (PAIR_STRATUM, ["group_no", *PAIR_STRATUM], ["definition", *PAIR_STRATUM], ["definition", "group_no"])


def _frames(counts: Counts) -> tuple[pl.DataFrame, ...]:
    return counts.reports, counts.groups, counts.cases, counts.of_both


def _by_strata(counts: Counts) -> pl.DataFrame:
    """Columns definition, group_no, expected_stratified; strata are added up in order, so that the last digit stays."""
    together = counts.cases.rename({"n": "cases"}).join(counts.groups, on=PAIR_STRATUM, nulls_equal=True)
    of_all = counts.reports.rename({"n": "reports"})
    return (
        together.join(of_all, on=PAIR_STRATUM, nulls_equal=True)
        .sort("definition", "group_no", *PAIR_STRATUM)
        .group_by("definition", "group_no", maintain_order=True)
        .agg(expected_stratified=(pl.col("n") * pl.col("cases") / pl.col("reports")).sum())
    )
