"""Reports arm: universe, ingredients, verdicts and drug courses -> the counts beside every zero."""

from dataclasses import dataclass

import polars as pl

from nms_pv.measures.reports.counting import SETTING, SETTINGS, by_setting
from nms_pv.measures.reports.tally import membership
from nms_pv.measures.why_zero.reasons import with_reason
from nms_pv.spec.drug_groups import Groups
from nms_pv.tables.why_zero import REPORTS_REASON

CELL = ["group_no", "role", "is_representative"]
MET, OPEN, ELSEWHERE = "met", "open", "elsewhere"
OF_DEFINITION = ["definition", "group_no"]


@dataclass(frozen=True)
class ZeroTally:
    """Numbers `n` of distinct reports by strongest role and representative or not.

    `reports` of each group; `states` of each definition and group that are met, open, or not met but met elsewhere, under another
    definition; `outside` cases of a definition and group outside the universe.
    """

    reports: pl.DataFrame
    states: pl.DataFrame
    outside: pl.DataFrame


def tally_part(
    universe: pl.DataFrame, ingredients: pl.DataFrame, verdicts: pl.DataFrame, courses: pl.DataFrame, groups: Groups
) -> ZeroTally:
    """Tally one part.

    Parameters
    ----------
    universe
        Columns subject_id, is_representative.
    ingredients
        Rows of `exposure/report_ingredients`.
    verdicts
        Columns subject_id, definition, verdict.
    courses
        Columns subject_id, ingredient, formulation of `evidence/exposures`: also of reports outside the universe.
    groups
        The groups.

    """
    reports = universe.with_row_index("report_no")
    members = membership(reports, ingredients, groups).join(reports, on="report_no")
    met = verdicts.filter(pl.col("verdict") == "met").select("subject_id", "definition")
    undecided = verdicts.filter(pl.col("verdict") == "indeterminate").select("subject_id", "definition")
    others = met.select("subject_id").unique().join(verdicts.select("definition").unique(), how="cross")
    elsewhere = others.join(met, on=["subject_id", "definition"], how="anti")
    states = pl.concat(
        [
            met.with_columns(state=pl.lit(MET)),
            undecided.with_columns(state=pl.lit(OPEN)),
            elsewhere.with_columns(state=pl.lit(ELSEWHERE)),
        ]
    )
    n = pl.len().cast(pl.Int64)
    outside = met.join(universe, on="subject_id", how="anti")
    of_outside = courses.join(outside, on="subject_id", how="semi")
    of_group = of_outside.join(groups.members, on=["ingredient", "formulation"]).select("subject_id", "group_no")
    everyone = outside.select("subject_id", group_no=pl.lit(groups.number_of_all, groups.names.schema["group_no"]))
    return ZeroTally(
        reports=members.group_by(CELL).agg(n=n),
        states=members.join(states, on="subject_id").group_by("definition", "state", *CELL).agg(n=n),
        outside=outside.join(pl.concat([of_group, everyone]).unique(), on="subject_id").group_by(OF_DEFINITION).agg(n=n),
    )


def add_up(parts: list[ZeroTally]) -> ZeroTally:
    """The tally of all parts together."""
    n = pl.col("n").sum()
    return ZeroTally(
        reports=pl.concat([part.reports for part in parts]).group_by(CELL).agg(n),
        states=pl.concat([part.states for part in parts]).group_by("definition", "state", *CELL).agg(n),
        outside=pl.concat([part.outside for part in parts]).group_by(OF_DEFINITION).agg(n),
    )


def zeros(tally: ZeroTally, groups: Groups, definitions: list[str]) -> pl.DataFrame:
    """Rows of `measures/why_zero`: every group, definition and setting of roles and duplicates without a case.

    Expected are the reports of the group times the share of cases among all reports of the setting.
    """
    reports = by_setting(tally.reports, ["group_no"])
    by_state = {state: by_setting(tally.states.filter(state=state), OF_DEFINITION) for state in (MET, OPEN, ELSEWHERE)}
    of_all = pl.col("group_no") == groups.number_of_all
    met = by_state[MET]
    kept = met.filter(duplicates="kept").drop("duplicates")
    in_any_role = reports.filter(roles="any", duplicates="kept").select("group_no", in_any_role="n")
    any_role = kept.filter(roles="any").drop("roles")
    whole = reports.filter(of_all).select(*SETTING, all_reports="n")
    all_cases = met.filter(of_all).select(*SETTING, "definition", all_cases="n")
    keys = ["definition", *SETTING, "group_no"]
    counts = (
        pl.DataFrame({"definition": definitions})
        .join(SETTINGS, how="cross")
        .join(groups.names, how="cross")
        .join(met, on=keys, how="anti")
        .join(reports.rename({"n": "size"}), on=[*SETTING, "group_no"], how="left")
        .join(in_any_role, on="group_no", how="left")
        .join(kept.rename({"n": "duplicates_left_out"}), on=["definition", "roles", "group_no"], how="left")
        .join(any_role.rename({"n": "cases_of_any_role"}), on=OF_DEFINITION, how="left")
        .join(tally.outside.rename({"n": "cases_outside_universe"}), on=OF_DEFINITION, how="left")
        .join(by_state[OPEN].rename({"n": "indeterminate"}), on=keys, how="left")
        .join(by_state[ELSEWHERE].rename({"n": "cases_of_other_definitions"}), on=keys, how="left")
        .join(whole, on=SETTING, how="left")
        .join(all_cases, on=[*SETTING, "definition"], how="left")
    )
    numbers = [name for name in counts.columns if name not in {*keys, "group_kind", "group"}]
    filled = counts.with_columns(pl.col(numbers).fill_null(0)).with_columns(
        arm=pl.lit("reports"),
        unit=pl.lit("distinct reports"),
        cases_in_other_roles=pl.col("cases_of_any_role") - pl.col("duplicates_left_out"),
        expected=pl.when(pl.col("all_reports") > 0).then(pl.col("size") * pl.col("all_cases") / pl.col("all_reports")),
    )
    nowhere = pl.col("cases_outside_universe") == 0
    return with_reason(
        filled,
        {
            "never_coded": (pl.col("in_any_role") == 0) & nowhere,
            "role_not_counted": (pl.col("size") == 0) & (pl.col("cases_of_any_role") == 0) & nowhere,
        },
        [name for name in REPORTS_REASON if name not in {"never_coded", "role_not_counted", "no_case"}],
        "no_case",
    )
