"""The table of reasons for zeros."""

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.measures import ARM, DUPLICATES, GROUP_KIND, ROLES

# In order: the first that applies is the reason.
REPORTS_REASON = {
    "never_coded": "no report of the universe names a drug of the group in any role",
    "role_not_counted": "reports name the group, but none in a role that counts",
    "duplicates_left_out": "cases in a role that counts, all left out as probable duplicates of others",
    "cases_in_other_roles": "cases only where the group is named in a role that does not count",
    "cases_outside_universe": "cases only in reports outside the universe: without a suspect drug or a reaction",
    "indeterminate": "no case, but reports of the group that what is not documented leaves open",
    "cases_of_other_definitions": "no case and none left open, but cases under other definitions",
    "no_case": "reports of the group were looked at, and none is a case, open, or a case under another definition",
}
COHORT_REASON = {
    "no_time": "nobody was exposed to the group under observation: no time at risk",
    "in_clean_window": "episodes that meet the definition, all in time excluded by an earlier one",
    "later_event": "episodes that meet the definition, but only the first of a person counts",
    "outside_time_at_risk": "episodes that meet the definition in persons ever exposed, all outside time at risk of the group",
    "indeterminate": "candidate episodes after the group that what is not documented leaves open",
    "cases_of_other_definitions": "no case and none left open, but episodes that count under other definitions",
    "candidates_not_met": "candidate episodes after the group, none of which meets the definition",
    "no_candidate": "time at risk, but no candidate episode after the group",
}
REASON = {**REPORTS_REASON, **COHORT_REASON, "indeterminate": "no case, but subjects that what is not documented leaves open"}
# Reasons of which the table counts the subjects.
COUNTED = [name for name in REASON if name not in {"never_coded", "role_not_counted", "no_case", "no_time", "no_candidate"}]


def _n(reason: str) -> dy.Int64:
    return dy.Int64(nullable=True, min=0, description=f"Subjects: {REASON[reason]}. Empty where it does not apply to the arm.")


class _WhyZero(dy.Schema):
    zero_id = dy.String(
        primary_key=True, description="`<arm>/<definition>/<roles>/<duplicates>/<group kind>/<group>`; cohort: `<analysis>`."
    )
    arm = code(ARM, "Which arm.")
    definition = dy.String(description="Case definition.")
    analysis = dy.String(nullable=True, description="Cohort arm: time-at-risk setting.")
    roles = code(ROLES, "Reports arm: which roles expose.", nullable=True)
    duplicates = code(DUPLICATES, "Reports arm: what is done with probable duplicates.", nullable=True)
    group_kind = code(GROUP_KIND, "What the groups are.")
    group = dy.String(description="The group.")
    reason = code(REASON, "The first reason that applies.")
    n = dy.Int64(nullable=True, min=0, description="Subjects of that reason; empty for reasons that are the lack of any.")
    size = dy.Int64(min=0, description="What was looked at: reports of the group in roles that count; cohort: person-days.")
    expected = dy.Float64(
        nullable=True,
        description="Cases expected if the group had the share of all reports, or the rate of all antipsychotics; empty without.",
    )
    in_any_role = dy.Int64(nullable=True, min=0, description="Reports arm: reports of the group in any role, duplicates kept.")
    duplicates_left_out = _n("duplicates_left_out")
    cases_in_other_roles = _n("cases_in_other_roles")
    cases_outside_universe = _n("cases_outside_universe")
    in_clean_window = _n("in_clean_window")
    later_event = _n("later_event")
    outside_time_at_risk = _n("outside_time_at_risk")
    indeterminate = _n("indeterminate")
    cases_of_other_definitions = _n("cases_of_other_definitions")
    candidates_not_met = _n("candidates_not_met")
    unit = dy.String(description="What was counted.")


WHY_ZERO = Table("measures/why_zero", "one count of zero: one group under one definition and setting", _WhyZero)
