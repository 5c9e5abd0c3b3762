"""Times of cases -> one row for each case, clock and group of drugs: the shortest time, or why there is none."""

import polars as pl

from nms_pv.measures.onset.clocks import CLOCK, KNOWN, STATES
from nms_pv.spec.drug_groups import drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations

# Groups that are told whatever their size; the others need this many cases with a time.
ALWAYS_SHOWN = ["antagonist", "generation", "formulation"]
FEWEST_KNOWN = 5
EVERY_CASE = ("antagonist", "all"), ("withdrawal", "all")
GROUP = ["clock", "group_kind", "group"]


def onset_groups(drugs: DrugTable, generations: Generations) -> pl.DataFrame:
    """The groups of each clock that an ingredient in a form belongs to: ingredient, formulation, clock, group_kind, group.

    Long-acting forms make a group of their own and are in no other group, but for those of a withdrawal.
    """
    groups = drug_groups(drugs, generations)
    members = groups.members.join(groups.names, on="group_no").drop("group_no")
    forms = members.filter(group_kind="formulation")
    form = members.select("ingredient", "formulation").unique()
    kind = ["group_kind", "group"]
    taken = pl.concat(
        [
            members.filter(pl.col("group_kind") != "formulation", pl.col("formulation") == "other"),
            forms,
            form.filter(formulation="other").with_columns(group_kind=pl.lit("antagonist"), group=pl.lit("all")),
        ]
    )
    withdrawn = form.with_columns(group_kind=pl.lit("withdrawal"))
    of_clock = {
        "start": taken,
        "dose_increase": taken,
        "stop": pl.concat([withdrawn.with_columns(group=pl.lit("all")), withdrawn.with_columns(group="ingredient")]),
        "injection": forms.filter(group="long_acting"),
    }
    return pl.concat(
        of_clock[clock].select("ingredient", "formulation", *kind, clock=pl.lit(clock, pl.Enum(list(CLOCK)))) for clock in CLOCK
    )


def grouped_times(cases: pl.DataFrame, times: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """One row for each definition, clock, group and case of the group.

    Of several drugs of a group, the one whose clock began last counts: it is the change that lies nearest to the event. Every
    case is a case of all antagonists and of all withdrawals; of the other groups, those that took such a drug in a role that
    counts.

    Parameters
    ----------
    cases
        definition, subject_id.
    times
        Rows of `TIMES`.
    groups
        As `onset_groups` gives.

    Returns
    -------
    definition, clock, group_kind, group, subject_id, state, days, limit, in_interval.

    """
    nearest = (
        times.join(groups, on=["ingredient", "formulation", "clock"])
        .sort(*GROUP, "subject_id", "state", "days", "limit", "ingredient", nulls_last=True)
        .unique([*GROUP, "subject_id"], keep="first", maintain_order=True)
    )
    found = cases.join(nearest, on="subject_id")
    return pl.concat([found, _without(cases, times, groups, nearest)], how="diagonal").select(
        "definition", *GROUP, "subject_id", "state", "days", "limit", "in_interval"
    )


def shown_groups(cases: pl.DataFrame, grouped: pl.DataFrame, groups: pl.DataFrame, definitions: list[str]) -> pl.DataFrame:
    """The groups to tell of: definition, clock, group_kind, group, cases, known.

    Antagonists together, generations, forms and withdrawals together always are; others where enough cases have a time.
    """
    wide = pl.col("group_kind").is_in(ALWAYS_SHOWN) | ((pl.col("group_kind") == "withdrawal") & (pl.col("group") == "all"))
    always = pl.DataFrame({"definition": definitions}).join(groups.filter(wide).select(GROUP).unique(), how="cross")
    counted = grouped.group_by("definition", *GROUP).agg(cases=pl.len(), known=(pl.col("state") == KNOWN).sum())
    others = counted.filter(~wide, pl.col("known") >= FEWEST_KNOWN)
    kept = always.join(counted, on=["definition", *GROUP], how="left").with_columns(pl.col("cases", "known").fill_null(0))
    return pl.concat([kept, others.select(kept.columns)]).cast({"cases": pl.Int64, "known": pl.Int64}).sort("definition", *GROUP)


def _without(cases: pl.DataFrame, times: pl.DataFrame, groups: pl.DataFrame, nearest: pl.DataFrame) -> pl.DataFrame:
    """Cases without a drug of the groups that hold every case."""
    every = pl.DataFrame(EVERY_CASE, schema=["group_kind", "group"], orient="row")
    wanted = cases.join(groups.join(every, on=["group_kind", "group"]).select(GROUP).unique(), how="cross")
    only_long_acting = times.select("subject_id", "clock").unique().with_columns(state=pl.lit("only_long_acting", STATES))
    return (
        wanted.join(nearest, on=[*GROUP, "subject_id"], how="anti")
        .join(only_long_acting, on=["subject_id", "clock"], how="left")
        .with_columns(pl.col("state").fill_null(pl.lit("no_course", STATES)))
    )
