"""Why a count is zero: studies of one to three reports, each with the reason that the report must give for haloperidol."""

import polars as pl
import pytest

from nms_pv.measures.grid.groups import with_antipsychotic
from nms_pv.measures.why_zero import cohort
from nms_pv.measures.why_zero.reports import add_up, tally_part, zeros
from nms_pv.spec.drug_groups import Groups, drug_groups
from nms_pv.tables.person_time import CASES, PERSON_TIME
from nms_pv.tables.why_zero import WHY_ZERO
from tests.lib.declared_rows import rows
from tests.lib.grid_study import VERDICT_OF, Study
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

GROUPS = drug_groups(drug_table(), TABLE_GENERATIONS)
NEVER = {"drugs": "risperidone PS"}
CONCOMITANT = {"drugs": "risperidone PS, haloperidol other"}
REPORTS = {
    "never_coded": ([NEVER], None),
    "role_not_counted": ([CONCOMITANT], None),
    "duplicates_left_out": ([{"pt_only": "met", "representative": False}, {}], 1),
    "cases_in_other_roles": ([CONCOMITANT | {"pt_only": "met"}, {}], 1),
    "cases_outside_universe": ([{"pt_only": "met", "in_universe": False}, {"pt_only": "met", "in_universe": False}, {}], 2),
    "indeterminate": ([{"pt_only": "indeterminate", "strict": "met"}, {"pt_only": "indeterminate"}, {}], 2),
    "cases_of_other_definitions": ([{"strict": "met"}, {}], 1),
    "no_case": ([{}, {"pt_only": None, "strict": None}], None),
}


def reasons(study: Study, groups: Groups = GROUPS) -> pl.DataFrame:
    tally = add_up([tally_part(study.universe, study.ingredients, study.verdicts, study.courses, groups)])
    return WHY_ZERO.check(zeros(tally, groups, VERDICT_OF))


@pytest.mark.parametrize("reason", REPORTS)
def test_reason_of_the_reports_arm(reason: str) -> None:
    stated, n = REPORTS[reason]
    # Some other case, so that the definitions are met at all.
    found = reasons(Study(*stated, {"drugs": "biperiden PS", "pt_only": "met", "strict": "met"}))
    ours = found.filter(zero_id="reports/pt_only/ps+ss/collapsed/ingredient/haloperidol").row(0, named=True)
    assert (ours["reason"], ours["n"]) == (reason, n)


def test_what_was_expected_tells_a_small_group_from_an_absence() -> None:
    # 2 of 4 reports are cases; the group has 1 report.
    cases = [{"drugs": "risperidone PS", "pt_only": "met"}] * 2
    found = reasons(Study(*cases, {"drugs": "risperidone PS"}, {}))
    ours = found.filter(zero_id="reports/pt_only/ps+ss/collapsed/ingredient/haloperidol").row(0, named=True)
    assert (ours["size"], ours["expected"]) == (1, 0.5)


def test_a_group_with_a_case_has_no_reason() -> None:
    found = reasons(Study({"pt_only": "met"}))
    assert found.filter(definition="pt_only", group="haloperidol").is_empty()
    assert found.filter(definition="strict", group="haloperidol")["reason"].unique().to_list() == ["cases_of_other_definitions"]


SETTING = {"analysis": "exact", "definition": "pt_only"}
WHOLE = {"age_band": "all", "sex": "all", "year": "all", "since_start": "all"}
HALOPERIDOL = {"group_kind": "ingredient", "group": "haloperidol"}
COHORT = {
    "no_time": (0, None, None, None, None),
    "in_clean_window": (100, "in_clean_window", None, None, 1),
    "later_event": (100, "later_event", None, None, 1),
    "outside_time_at_risk": (100, "outside_time_at_risk", None, None, 1),
    "indeterminate": (100, None, "indeterminate", None, 1),
    "cases_of_other_definitions": (100, None, None, "strict", 1),
    "candidates_not_met": (100, None, "not_met", None, 1),
    "no_candidate": (100, None, None, None, None),
}


@pytest.mark.parametrize("reason", COHORT)
def test_reason_of_the_cohort_arm(reason: str) -> None:
    days, fate, candidate, elsewhere, n = COHORT[reason]
    time = [
        SETTING | WHOLE | HALOPERIDOL | {"person_days": days, "events": 0},
        SETTING | WHOLE | {"group_kind": "antipsychotic", "group": "antipsychotic", "person_days": 1000, "events": 5},
    ]
    counted = [SETTING | HALOPERIDOL | {"fate": fate}] if fate else []
    if elsewhere:
        counted.append(SETTING | HALOPERIDOL | {"definition": elsewhere, "fate": "counted"})
    episodes = Study({"pt_only": candidate}) if candidate else Study()
    candidates = cohort.candidates_of_groups(episodes.verdicts, episodes.courses, GROUPS)
    found = WHY_ZERO.check(cohort.zeros(rows(PERSON_TIME, *time), rows(CASES, *counted), candidates))
    ours = found.filter(zero_id="cohort/pt_only/exact/ingredient/haloperidol").row(0, named=True)
    assert (ours["reason"], ours["n"], ours["expected"]) == (reason, n, days * 5 / 1000)


def test_candidates_stand_for_withdrawal_and_states_too() -> None:
    episodes = Study({"pt_only": "indeterminate"})
    groups = with_antipsychotic(GROUPS, drug_table())
    found = cohort.candidates_of_groups(episodes.verdicts, episodes.courses, groups).filter(definition="pt_only")
    named = {(kind, group) for kind, group in found.select("group_kind", "group").iter_rows()}
    assert {("withdrawal", "haloperidol"), ("generation_state", "FGA"), ("generation_state", "mixed")} <= named
    assert ("generation_state", "SGA") not in named
