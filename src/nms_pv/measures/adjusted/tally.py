"""Reports -> unique covariate patterns with their counts: what the regressions are fitted to, whatever the number of reports.

A pattern depends on the group only in reports that name the group: there the group's own ingredients are no co-medication.
So all reports are tallied once, and reports that name a group are taken out and put back as the group sees them.
"""

from dataclasses import dataclass

import polars as pl

from nms_pv.measures.adjusted.covariates import ANTIPSYCHOTIC, BIT, REPORT_COVARIATES

# `named` is whether a counted role names an antipsychotic, `several` whether the report names two or more in any role.
PATTERN = [*REPORT_COVARIATES, "kinds", "several", "named"]
_COUNTS = ["cases", "reports"]


@dataclass(frozen=True)
class Tally:
    """Counts `cases` and `reports` by pattern.

    `everyone`: all reports. `taken`: reports that name a group in any role, as in `everyone`. `members`: the same reports,
    without the group's own ingredients among the co-medication, and `exposed`: whether a counted role names the group.
    """

    everyone: pl.DataFrame
    taken: pl.DataFrame
    members: pl.DataFrame


def tally_part(reports: pl.DataFrame, ingredients: pl.DataFrame, groups: pl.DataFrame, kinds: pl.DataFrame) -> Tally:
    """Tally one part.

    Parameters
    ----------
    reports
        Columns subject_id, `REPORT_COVARIATES` and is_case: the reports that count.
    ingredients
        Columns subject_id, ingredient and counted (whether its role counts as exposure); one row for each.
    groups
        Columns group_no and ingredient.
    kinds
        Columns ingredient and kinds (`covariates.bits`).
    """
    named = ingredients.join(reports.select("subject_id"), on="subject_id").join(kinds, on="ingredient")
    is_antipsychotic = (pl.col("kinds") // BIT[ANTIPSYCHOTIC]) % 2 == 1
    of_report = named.group_by("subject_id").agg(
        pl.col("kinds").bitwise_or(),
        several=is_antipsychotic.sum() >= 2,
        named=(is_antipsychotic & pl.col("counted")).any(),
    )
    seen = reports.join(of_report, on="subject_id", how="left").with_columns(
        pl.col("kinds").fill_null(0), pl.col("several", "named").fill_null(False)
    )
    joined = named.join(groups, on="ingredient")
    members = joined.group_by("subject_id", "group_no").agg(exposed=pl.col("counted").any())
    others = (
        members.select("subject_id", "group_no")
        .join(named.select("subject_id", "ingredient", "kinds"), on="subject_id")
        .join(groups, on=["group_no", "ingredient"], how="anti")
        .group_by("subject_id", "group_no")
        .agg(pl.col("kinds").bitwise_or())
    )
    without_own = (
        members.join(seen.drop("kinds"), on="subject_id")
        .join(others, on=["subject_id", "group_no"], how="left")
        .with_columns(pl.col("kinds").fill_null(0))
    )
    return Tally(
        everyone=_counted(seen, PATTERN),
        taken=_counted(members.join(seen, on="subject_id"), ["group_no", *PATTERN]),
        members=_counted(without_own, ["group_no", "exposed", *PATTERN]),
    )


def add_up(parts: list[Tally]) -> Tally:
    """The tally of all parts together, in order."""
    return Tally(
        everyone=_summed([part.everyone for part in parts], PATTERN),
        taken=_summed([part.taken for part in parts], ["group_no", *PATTERN]),
        members=_summed([part.members for part in parts], ["group_no", "exposed", *PATTERN]),
    )


def patterns_of(tally: Tally, group_no: int) -> pl.DataFrame:
    """Patterns of all reports as this group sees them: `exposed`, `PATTERN`, cases, reports; ordered."""
    taken = tally.taken.filter(group_no=group_no).with_columns(-pl.col(*_COUNTS), exposed=pl.lit(False))
    members = tally.members.filter(group_no=group_no)
    everyone = tally.everyone.with_columns(exposed=pl.lit(False))
    columns = ["exposed", *PATTERN, *_COUNTS]
    together = _summed([frame.select(columns) for frame in (everyone, taken, members)], ["exposed", *PATTERN])
    return together.filter(pl.col("reports") > 0)


def _counted(reports: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return reports.group_by(by).agg(cases=pl.col("is_case").sum().cast(pl.Int64), reports=pl.len().cast(pl.Int64))


def _summed(frames: list[pl.DataFrame], by: list[str]) -> pl.DataFrame:
    return pl.concat(frames).group_by(by).agg(pl.col(*_COUNTS).sum()).sort(by)
